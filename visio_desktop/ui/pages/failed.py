"""The meeting could not be joined: why, and what to do."""

from __future__ import annotations

from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui.pages.outcome import OutcomePage


class FailedPage(OutcomePage):
    """A plain sentence, the next step, and another try."""

    def __init__(self) -> None:
        super().__init__(tr("pages.try_again"), again_is_likely=True)
        self.heading.setText(tr("pages.failed"))

    def show_meeting(self, meeting: Meeting) -> None:
        """Say why."""
        self.problem.show_problems(meeting.problem)
