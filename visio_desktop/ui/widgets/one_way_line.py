"""Says over the stage what is sent where, or what is watched: where media goes one way, nobody is met."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import MeetingLink
from visio_desktop.system.texts import tr


class OneWayLine(QLabel):
    """Hidden in meetings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("title")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hide()

    def show_meeting(self, meeting: Meeting) -> None:
        """Come and go with the stream."""
        text = said(meeting.link) if meeting.link is not None else ""
        self.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))


def said(link: MeetingLink) -> str:
    """What goes where; "" for a link at which people meet."""
    if not link.is_one_way:
        return ""
    return tr(
        "links.sending" if link.sends else "links.watching", where=" · ".join(filter(None, (link.room, link.host)))
    )
