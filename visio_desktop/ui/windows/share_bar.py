"""The bar over other programs while one shares: what the others see, pause, stop."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui import marking, theme
from visio_desktop.ui.widgets.share_card import ShareCard

_FROM_TOP_PX: Final = 12
_FLAGS: Final = (
    Qt.WindowType.Tool
    | Qt.WindowType.FramelessWindowHint
    | Qt.WindowType.WindowStaysOnTopHint
    | Qt.WindowType.WindowDoesNotAcceptFocus
)


class ShareBar(QWidget):
    """Never takes the keyboard from the program that is shown; can be dragged aside."""

    intent = Signal(object)

    def __init__(self) -> None:
        super().__init__(None, _FLAGS)
        self.setObjectName("room")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        self.setStyleSheet(theme.style("room"))
        self.setWindowTitle(tr("stage.you_share"))
        self.card = ShareCard(self)
        self.card.intent.connect(self.intent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        column.addWidget(self.card)
        marking.put_above(column)

    def show_meeting(self, meeting: Meeting, *, minimised: bool) -> None:
        """Show a snapshot; `minimised`: what is shared is out of sight."""
        self.card.set_minimised(minimised=minimised)
        self.card.show_meeting(meeting)

    def sit_at(self, screen: QRect) -> None:
        """In the middle of a screen's upper edge."""
        self.adjustSize()
        self.move(screen.center().x() - self.width() // 2, screen.top() + _FROM_TOP_PX)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of it."""
        handle = self.windowHandle()
        if event.button() is Qt.MouseButton.LeftButton and handle is not None:
            handle.startSystemMove()
        event.accept()
