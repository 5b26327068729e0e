"""The meeting is over."""

from __future__ import annotations

from typing import Final

from visio_desktop.meeting.state import Ending, Meeting
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.system.texts import tr
from visio_desktop.ui.pages.outcome import OutcomePage

# What the heading says already: only the next step is told below it.
_TOLD: Final = {
    Ending.REMOVED: ProblemCode.REMOVED,
    Ending.ROOM_ENDED: ProblemCode.ROOM_ENDED,
    Ending.ELSEWHERE: ProblemCode.DUPLICATE_IDENTITY,
    Ending.DROPPED: ProblemCode.CONNECTION_LOST,
}
_COME_BACK: Final = (Ending.DROPPED, Ending.ALONE)


class EndedPage(OutcomePage):
    """Why it is over, the way back in and the way home."""

    def __init__(self) -> None:
        super().__init__(tr("pages.rejoin"), again_is_likely=False)

    def show_meeting(self, meeting: Meeting) -> None:
        """Say how it ended; one who left knows why."""
        ending, problem = meeting.ending or Ending.LEFT, meeting.problem
        self.heading.setText(tr(f"pages.ended_{ending.value}"))
        if ending is Ending.ALONE:
            self.problem.show_text(tr("lobby.alone_next"))
        elif problem is not None and problem.code is _TOLD.get(ending):
            self.problem.show_text(tr(f"problems.{problem.code.value}.next"))
        else:
            self.problem.show_problems(None if ending is Ending.LEFT else problem)
        self.suggest_again(ending in _COME_BACK)
