"""What dialogs share that show a table of what is so now: they look once a second, only while they are seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from visio_desktop.ui.dialogs.light import LightDialog
from visio_desktop.ui.widgets.controls import label

EVERY_MS: Final = 1000


class WatchingDialog(LightDialog):
    """A heading, what is said above and below the `view`, the view, and buttons in a row."""

    def __init__(self, title: str, view: QTableView, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.view = view
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.look)
        view.setAccessibleName(title)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setTabKeyNavigation(False)
        view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        view.setMinimumHeight(200)
        self.resize(1040, 560)

    def look(self) -> None:
        """Show what is so now."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to look."""
        super().showEvent(event)
        self.look()
        self.view.resizeColumnsToContents()
        self.view.setFocus()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Look no more."""
        super().hideEvent(event)
        self._timer.stop()

    def _lay_out(self, above: QWidget, below: tuple[QWidget, ...], buttons: tuple[QWidget, ...]) -> None:
        column = QVBoxLayout(self.body)
        column.setContentsMargins(4, 0, 12, 0)
        column.setSpacing(10)
        column.addWidget(label(self.windowTitle(), "subheading"))
        column.addWidget(above)
        column.addWidget(self.view, 1)
        for widget in below:
            column.addWidget(widget)
        column.addLayout(in_a_row(*buttons))


def in_a_row(*widgets: QWidget) -> QHBoxLayout:
    """Beside each other, from the left."""
    across = QHBoxLayout()
    for widget in widgets:
        across.addWidget(widget)
    across.addStretch(1)
    return across


def ask_where(parent: QWidget, title: str, place: str, kinds: str, write: Callable[[Path], None]) -> None:
    """Ask where to save a file, without waiting for the answer; `kinds` as Qt names them: its ending is added."""
    dialog = QFileDialog(parent, title, place, kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(place).suffix.lstrip("."))
    dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix(kind.rpartition("*.")[2].rstrip(")")))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda chosen: write(Path(chosen)))
    dialog.open()
