"""The meeting is over."""

from __future__ import annotations

from visio_desktop.meeting.state import Ending, Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui.pages.outcome import OutcomePage


class EndedPage(OutcomePage):
    """Why it is over, the way back in and the way home."""

    def __init__(self) -> None:
        super().__init__(tr("pages.rejoin"), again_is_likely=False)

    def show_meeting(self, meeting: Meeting) -> None:
        """Say how it ended; one who left knows why."""
        ending = meeting.ending or Ending.LEFT
        self.heading.setText(tr(f"pages.ended_{ending.value}"))
        self.problem.show_problems(None if ending is Ending.LEFT else meeting.problem)
        self.suggest_again(ending is Ending.DROPPED)
