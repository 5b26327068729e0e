"""A share or a person in a window of its own, on any screen, also filling it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from visio_desktop.ui import brand, marking, theme
from visio_desktop.ui.widgets.casting import Part
from visio_desktop.ui.widgets.share_tile import ShareTile
from visio_desktop.ui.widgets.stage import Pictures
from visio_desktop.ui.widgets.video_surface import WakeUp
from visio_desktop.ui.widgets.video_tile import VideoTile

FIRST_PX = (960, 540)


class TileWindow(QWidget):
    """`closed` gives the key of what it showed. Escape leaves the whole screen, then closes."""

    closed = Signal(str)

    def __init__(self, pictures: Pictures, wake_up: WakeUp, part: Part) -> None:
        super().__init__()
        self.setObjectName("room")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        self.setStyleSheet(theme.style("room"))
        self.setMinimumSize(160, 90)
        self.resize(*FIRST_PX)
        self._pictures = pictures
        self._part = part
        self.tile = VideoTile(wake_up, radius_px=0) if part.look.cover else ShareTile(wake_up, radius_px=0)
        if isinstance(self.tile, ShareTile):
            self.tile.set_large(large=True)
        else:
            self.tile.pin_asked.connect(self.toggle_full)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tile, 1)
        marking.put_above(column)
        pictures.attach(part.publication_id, self.tile.mailbox)
        self.show_part(part)

    def show_part(self, part: Part) -> None:
        """Show this state of it."""
        if part.publication_id != self._part.publication_id:
            self._pictures.detach(self._part.publication_id, self.tile.mailbox)
            self._pictures.attach(part.publication_id, self.tile.mailbox)
        self._part = part
        self.tile.show_look(
            replace(part.look, may_pin=False, may_open=False, may_turn=False, pinned=False, signing=None)
        )
        self.setWindowTitle(f"{part.look.name} - {brand.product()}")

    def toggle_full(self) -> None:
        """Fill the screen, or no longer."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back; F11, or the shortcut of the room, fills the screen."""
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if event.key() == Qt.Key.Key_Escape:
            if self.windowState() & Qt.WindowState.WindowFullScreen:
                self.toggle_full()
            else:
                self.close()
        elif event.key() == Qt.Key.Key_F11 or (event.key() == Qt.Key.Key_F and event.modifiers() == both):
            self.toggle_full()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Back to the stage."""
        super().closeEvent(event)
        self._pictures.detach(self._part.publication_id, self.tile.mailbox)
        self.tile.mailbox.close()
        self.closed.emit(self._part.key)
