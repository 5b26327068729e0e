"""The list of the people panel: Return, the menu key, a right click or a press on a row's dots ask for its menu."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.elided import plain
from visio_desktop.ui.widgets.people_rows import LOOK, MENU_PX, Row, RowPainter
from visio_desktop.ui.widgets.tile_overlay import encryption_words

_OPENING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class PeopleList(QListWidget):
    """`menu_asked` gives the row's person and where on the screen; `rename_asked` comes with F2 on one's own row."""

    menu_asked = Signal(str, QPoint)
    rename_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.own_id = ""
        self._shown: tuple[Row, ...] = ()
        self.setAccessibleName(tr("room.people"))
        self.setAccessibleDescription(tr("people.list_hint"))
        self.setItemDelegate(RowPainter(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setMinimumHeight(60)

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show these; a row that is the same stays as it is, and the chosen person stays chosen."""
        if rows == self._shown:
            return
        chosen = self.chosen()
        self._shown = rows
        while self.count() > len(rows):
            self.takeItem(self.count() - 1)
        for index, row in enumerate(rows):
            item = self.item(index) if index < self.count() else QListWidgetItem(self)
            if item.data(LOOK) == row:
                continue
            item.setData(LOOK, row)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, row.spoken())
            item.setToolTip(plain(", ".join([row.name, *row.about, *encryption_words(row.encrypted)])))
        place = next((index for index, row in enumerate(rows) if row.id == chosen), None)
        if place is not None and place != self.currentRow():
            self.setCurrentRow(place)

    def chosen(self) -> str:
        """The id of the chosen person, "" without one."""
        item = self.currentItem()
        return str(item.data(LOOK).id) if item is not None else ""

    def event(self, event: QEvent) -> bool:
        """On one's own row F2 changes the name, and does not lead to the bar."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._renames(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return opens the menu of the chosen row."""
        if self._renames(event):
            self.rename_asked.emit()
        elif event.key() in _OPENING and self.currentItem() is not None:
            self._ask_at_current()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A press on the dots opens the menu."""
        super().mouseReleaseEvent(event)
        place = event.position().toPoint()
        item = self.itemAt(place)
        on_dots = place.x() >= self.viewport().width() - MENU_PX
        if item is not None and on_dots and event.button() is Qt.MouseButton.LeftButton:
            self.menu_asked.emit(item.data(LOOK).id, self.viewport().mapToGlobal(place))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu key, or a right click."""
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self._ask_at_current()
        elif (item := self.itemAt(event.pos())) is not None:
            self.menu_asked.emit(item.data(LOOK).id, event.globalPos())

    def _ask_at_current(self) -> None:
        item = self.currentItem()
        if item is not None:
            corner = self.visualItemRect(item).bottomLeft() + QPoint(MENU_PX, 0)
            self.menu_asked.emit(item.data(LOOK).id, self.viewport().mapToGlobal(corner))

    def _renames(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_F2 and bool(self.own_id) and self.chosen() == self.own_id
