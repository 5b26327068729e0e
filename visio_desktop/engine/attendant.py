"""Attends a meeting for a command line: joins by itself, leaves when the time is up, and knows the exit status.

Pure: snapshots go in, `Ask`, `BeginTime` and `Quit` come out.
"""

from __future__ import annotations

from dataclasses import dataclass

from visio_desktop.meeting.intents import Intent, Join, Leave
from visio_desktop.meeting.state import Ending, Meeting, Page
from visio_desktop.meeting.values import DeviceKind, Problem

DONE = 0
NOT_JOINED = 3
DROPPED = 4
_LEFT = (Ending.LEFT, Ending.ALONE)


@dataclass(frozen=True, slots=True)
class Ask:
    """Post this intent."""

    intent: Intent


@dataclass(frozen=True, slots=True)
class BeginTime:
    """The meeting's time begins to run."""


@dataclass(frozen=True, slots=True)
class Quit:
    """End the program."""


Action = Ask | BeginTime | Quit


class Attendant:
    """`alone`: nobody sits at the window, so that an end of the meeting ends the program.

    A device that fails ends no meeting; it is kept in `device_problems`.
    """

    def __init__(self, *, join_at_once: bool, alone: bool) -> None:
        self._join_at_once = join_at_once
        self._alone = alone
        self._joined = False
        self.status = DONE
        self.problem: Problem | None = None
        self.device_problems: list[Problem] = []

    @property
    def alone(self) -> bool:
        """Whether nobody sits at the window."""
        return self._alone

    def goes_past(self, meeting: Meeting) -> bool:
        """Whether this page need not be shown: it is left as soon as it is heard of."""
        return meeting.page is Page.PREJOIN and self._join_at_once

    def take_in(self, meeting: Meeting) -> tuple[Action, ...]:
        """What to do about this snapshot."""
        self._note_devices(meeting)
        match meeting.page:
            case Page.HOME if meeting.link_problem is not None:
                return self._over(NOT_JOINED, meeting.link_problem)
            case Page.PREJOIN if self._join_at_once:
                self._join_at_once = False
                return (Ask(Join()),)
            case Page.ROOM if not self._joined:
                self._joined = True
                self.status, self.problem = DONE, None
                return (BeginTime(),)
            case Page.FAILED:
                return self._over(NOT_JOINED, meeting.problem)
            case Page.ENDED if self._joined:
                self._joined = False
                return self._over(DONE if meeting.ending in _LEFT else DROPPED, meeting.problem)
            case _:
                return ()

    def time_is_up(self) -> tuple[Action, ...]:
        """The meeting's time is over."""
        return (Ask(Leave()),)

    def _note_devices(self, meeting: Meeting) -> None:
        for problem in (meeting.device(kind).problem for kind in DeviceKind):
            if problem is not None and problem not in self.device_problems:
                self.device_problems.append(problem)

    def _over(self, status: int, problem: Problem | None) -> tuple[Action, ...]:
        self.status, self.problem = status, problem
        return (Quit(),) if self._alone else ()
