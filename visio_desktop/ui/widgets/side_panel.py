"""What the white panels beside the stage share."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout

from visio_desktop.meeting.intents import ShowPanel
from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui import icons, theme

_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_LONGEST_NAME = 100


def tamed(text: str) -> str:
    """Somebody else's text without the signs that turn the writing direction of what follows."""
    return text.translate(_BIDI)


def tamed_name(text: str) -> str:
    """Somebody's name as it is shown: on one line, not endless, and not without any sign."""
    return " ".join(tamed(text).split())[:_LONGEST_NAME] or "?"


class SidePanel(QFrame):
    """A panel with a heading and a cross; the pages below fill it."""

    intent = Signal(object)
    draft = ""
    """What somebody has begun to write here."""

    def __init__(self, heading: str) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setStyleSheet(theme.style("panel"))
        self.setAccessibleName(tr(heading))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 12, 12, 16)
        top = QHBoxLayout()
        self._heading = QLabel(tr(heading))
        self._heading.setObjectName("heading")
        top.addWidget(self._heading, 1)
        top.addWidget(self._make_close())
        self._column.addLayout(top)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show a snapshot."""

    def opened(self, before: Meeting) -> None:
        """The panel was opened; `before` is the snapshot before that."""

    def take_focus(self) -> None:
        """The panel was opened: put the keyboard where it is wanted."""
        self._close.setFocus(Qt.FocusReason.OtherFocusReason)

    def _make_close(self) -> QToolButton:
        self._close = QToolButton()
        self._close.setIcon(icons.icon("close", theme.INK))
        self._close.setIconSize(QSize(theme.ICON_PX, theme.ICON_PX))
        self._close.setFixedSize(40, 40)
        self._close.setAccessibleName(tr("room.close_panel"))
        self._close.setToolTip(tr("room.close_panel"))
        self._close.clicked.connect(lambda: self.intent.emit(ShowPanel(None)))
        return self._close
