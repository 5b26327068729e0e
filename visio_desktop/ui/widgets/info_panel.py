"""The meeting's link, to be copied."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton

from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui import theme
from visio_desktop.ui.widgets.side_panel import SidePanel


class InfoPanel(SidePanel):
    """The meeting's link, to be copied."""

    def __init__(self) -> None:
        super().__init__("room.info")
        heading = QLabel(tr("room.info_link"))
        heading.setObjectName("note")
        self._column.addWidget(heading)
        self._link = QLabel()
        self._link.setObjectName("link")
        self._link.setWordWrap(True)
        self._link.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._link.setAccessibleName(tr("room.info_link"))
        self._copy = QPushButton(tr("room.info_copy"))
        self._copy.setStyleSheet(theme.style("page"))
        self._copy.setAutoDefault(True)
        self._copy.clicked.connect(self._copy_link)
        self._column.addWidget(self._link)
        self._column.addWidget(self._copy, alignment=Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show the link of the meeting."""
        self._link.setText("" if meeting.link is None else meeting.link.text)

    def _copy_link(self) -> None:
        QGuiApplication.clipboard().setText(self._link.text())
        self._copy.setText(tr("room.info_copied"))
