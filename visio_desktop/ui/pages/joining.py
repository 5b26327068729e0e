"""While the server is being joined."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from visio_desktop.meeting.intents import Leave
from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui.pages.light import LightPage
from visio_desktop.ui.widgets.controls import label, push_button
from visio_desktop.ui.widgets.recents import title
from visio_desktop.ui.widgets.spinner import Spinner


class JoiningPage(LightPage):
    """What is going on, and the way out."""

    def __init__(self) -> None:
        super().__init__()
        middle = Qt.AlignmentFlag.AlignHCenter
        heading = label(tr("pages.joining"), "large")
        self.where = label("", "soft")
        self.cancel = push_button(tr("pages.cancel"))
        self.cancel.clicked.connect(lambda: self.intent.emit(Leave()))
        column = QVBoxLayout(self.body)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(20)
        column.addStretch(1)
        for text in (heading, self.where):
            text.setAlignment(middle)
            column.addWidget(text)
        column.addWidget(Spinner(), 0, middle)
        column.addSpacing(8)
        column.addWidget(self.cancel, 0, middle)
        column.addStretch(3)

    def show_meeting(self, meeting: Meeting) -> None:
        """Say where one is going."""
        self.where.setText("" if meeting.link is None else tr("pages.joining_where", meeting=title(meeting.link)))

    def take_focus(self) -> None:
        """The keyboard starts on the way out."""
        self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)
