"""The meeting is over."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from visio_desktop.meeting.state import Ending, Meeting
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.system.texts import tr
from visio_desktop.ui.announce import announce
from visio_desktop.ui.pages.outcome import OutcomePage
from visio_desktop.ui.widgets.chat_saving import ask_and_save
from visio_desktop.ui.widgets.controls import label, push_button

# What the heading says already: only the next step is told below it.
_TOLD: Final = {
    Ending.REMOVED: ProblemCode.REMOVED,
    Ending.ROOM_ENDED: ProblemCode.ROOM_ENDED,
    Ending.ELSEWHERE: ProblemCode.DUPLICATE_IDENTITY,
    Ending.DROPPED: ProblemCode.CONNECTION_LOST,
}
_COME_BACK: Final = (Ending.DROPPED, Ending.ALONE)


class EndedPage(OutcomePage):
    """Why it is over, the way back in and the way home; what was written can be kept, where one `saves`."""

    def __init__(self, *, saves: bool = True) -> None:
        super().__init__(tr("pages.rejoin"), again_is_likely=False)
        self._saves = saves
        self._meeting = Meeting()
        self.save = push_button(tr("chat.save"))
        self.save.clicked.connect(lambda: ask_and_save(self, self._meeting, self._tell))
        self.told = label("", "soft")
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.told.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.told.hide()
        column = QVBoxLayout()
        column.addWidget(self.save, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.told)
        self.below_problem.addLayout(column)

    def show_meeting(self, meeting: Meeting) -> None:
        """Say how it ended; one who left knows why."""
        if meeting.chat != self._meeting.chat:
            self.told.hide()
        self._meeting = meeting
        self.save.setVisible(self._saves and bool(meeting.chat))
        ending, problem = meeting.ending or Ending.LEFT, meeting.problem
        self.heading.setText(tr(f"pages.ended_{ending.value}"))
        if ending is Ending.ALONE:
            self.problem.show_text(tr("lobby.alone_next"))
        elif problem is not None and problem.code is _TOLD.get(ending):
            self.problem.show_text(tr(f"problems.{problem.code.value}.next"))
        else:
            self.problem.show_problems(None if ending is Ending.LEFT else problem)
        self.suggest_again(ending in _COME_BACK)

    def _tell(self, text: str) -> None:
        self.told.setText(text)
        self.told.show()
        announce(self, text)
