"""What the light pages outside the room share."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui import icons, theme

PRODUCT = "Visio Desktop"


class OutsidePage(QScrollArea):
    """A white page with a header; it scrolls where the window is too small for it."""

    intent = Signal(object)
    settings_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page = QWidget()
        page.setObjectName("page")
        page.setStyleSheet(theme.style("page"))
        self.column = QVBoxLayout(page)
        self.column.setContentsMargins(32, 16, 32, 24)
        self.column.addLayout(self._make_header())
        self.setWidget(page)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show a snapshot."""

    def _make_header(self) -> QHBoxLayout:
        row = QHBoxLayout()
        logo = QLabel()
        logo.setPixmap(icons.pixmap("videocam_fill", theme.ACTION, 28, 2.0))
        logo.setAccessibleName(PRODUCT)
        name = QLabel(PRODUCT)
        name.setObjectName("subheading")
        row.addWidget(logo)
        row.addWidget(name)
        row.addStretch(1)
        settings = QPushButton()
        settings.setProperty("flat", True)
        settings.setIcon(icons.icon("settings", theme.ACTION))
        settings.setAccessibleName(tr("pages.settings"))
        settings.setToolTip(tr("pages.settings"))
        settings.clicked.connect(self.settings_asked.emit)
        row.addWidget(settings)
        return row


def heading(text: str, name: str = "heading") -> QLabel:
    """A heading, or with another object name another kind of text; wraps."""
    label = QLabel(text)
    label.setObjectName(name)
    label.setWordWrap(True)
    return label


def push_button(text: str, *, primary: bool = False) -> QPushButton:
    """A button; the primary one also answers to Enter."""
    button = QPushButton(text)
    button.setProperty("primary", primary)
    button.setAutoDefault(primary)
    button.setMinimumHeight(theme.BUTTON_PX)
    return button
