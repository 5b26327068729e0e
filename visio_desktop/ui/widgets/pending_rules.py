"""Rules that were asked for and are not confirmed yet: shown at once, taken back if the server refuses or is silent."""

from __future__ import annotations

from typing import Final

from visio_desktop.meeting.rooms import Rules
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.system.clock import Clock, monotonic_ms

SILENT_AFTER_MS: Final = 10_000
_NO_REFUSAL: Final = frozenset(
    code
    for code in ProblemCode
    if code.value.split("_")[0] in ("camera", "microphone", "speaker", "screen", "file", "chat")
)


class PendingRules:
    """`shown` is what the switches show: what was asked for, else what holds."""

    def __init__(self, now: Clock = monotonic_ms) -> None:
        self._now = now
        self._meeting = Meeting()
        self._asked: Rules | None = None
        self._asked_at_ms = 0.0
        self._first_toast = 0
        self.refused = False

    @property
    def shown(self) -> Rules | None:
        """What the switches show; None while the server has not said what holds."""
        return self._asked if self._asked is not None else self._meeting.room.rules

    @property
    def pending(self) -> bool:
        """Whether an answer is waited for."""
        return self._asked is not None

    def ask(self, rules: Rules) -> None:
        """These were asked for now."""
        self._asked = rules
        self._asked_at_ms = self._now()
        self._first_toast = self._meeting.next_id
        self.refused = False

    def take_in(self, meeting: Meeting) -> None:
        """A snapshot came, or time passed."""
        self._meeting = meeting
        if self._asked is None:
            return
        if meeting.room.rules == self._asked:
            self._asked = None
        elif self._was_refused(meeting) or self._now() - self._asked_at_ms >= SILENT_AFTER_MS:
            self._asked = None
            self.refused = True

    def _was_refused(self, meeting: Meeting) -> bool:
        problems = (t.problem for t in meeting.toasts if t.id >= self._first_toast and t.problem is not None)
        return any(problem.code not in _NO_REFUSAL for problem in problems)
