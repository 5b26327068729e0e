"""What the dialogs share: paper, a heading, a Close button; Escape closes."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QScrollArea, QVBoxLayout, QWidget

from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui import marking, theme
from visio_desktop.ui.widgets.controls import push_button

_TITLE_PX: Final = 40
"""What the desktop may put above a window."""


class LightDialog(QDialog):
    """A dialog that is shown beside the meeting; `body` scrolls when the screen is small. `close` names the button."""

    def __init__(self, title: str, parent: QWidget | None = None, *, close: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(False)
        self.setStyleSheet(theme.style("page"))
        self.body = QWidget()
        self.body.setObjectName("body")
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self.body)
        self.buttons = QDialogButtonBox()
        closing = push_button(close or tr("pages.close"))
        closing.setAutoDefault(False)  # Return in a field must not close the dialog
        self.buttons.addButton(closing, QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 20)
        column.addWidget(scroll, 1)
        column.addWidget(self.buttons)
        marking.put_above(column)

    def showEvent(self, event: QShowEvent) -> None:
        """No larger than the screen, whose edges hold what closes it."""
        room = self.screen().availableGeometry().size() - QSize(0, _TITLE_PX)
        self.resize(self.size().boundedTo(room))
        super().showEvent(event)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show a snapshot."""
