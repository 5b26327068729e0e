"""Alone in a meeting for long: warned, and then out of it, so that no microphone stays open in an empty room."""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting.changes import Step, nothing, over
from visio_desktop.meeting.effects import Effect, WaitAlone
from visio_desktop.meeting.events import AloneDue
from visio_desktop.meeting.state import Ending, Meeting, Page

COUNTDOWN_MS = 120_000.0


def look_around(meeting: Meeting) -> Step:
    """Somebody may have come or gone: begin to wait, or end it."""
    wait_ms, waiting = meeting.room.tally.idle_warning_ms, meeting.room.tally.alone > 0
    alone = meeting.page is Page.ROOM and not meeting.reconnecting and len(meeting.participants) == 1
    if alone and not waiting and wait_ms is not None:
        return _wait(meeting, wait_ms, None)
    if waiting and not (alone and wait_ms is not None):
        return _with(meeting, 0, None), (WaitAlone(0, 0.0),)
    return nothing(meeting)


def stay(meeting: Meeting) -> Step:
    """The person wants to stay: the wait begins anew."""
    wait_ms = meeting.room.tally.idle_warning_ms
    if meeting.room.leave_at_ms is None or wait_ms is None:
        return nothing(meeting)
    return _wait(meeting, wait_ms, None)


def due(meeting: Meeting, event: AloneDue) -> Step:
    """A wait is over: warn after the first, leave after the second."""
    if meeting.page is not Page.ROOM or event.number != meeting.room.tally.alone or event.number == 0:
        return nothing(meeting)
    if meeting.room.leave_at_ms is None:
        return _wait(meeting, COUNTDOWN_MS, event.at_ms + COUNTDOWN_MS)
    ended, effects = over(meeting, None)
    return replace(ended, ending=Ending.ALONE), effects


def _wait(meeting: Meeting, wait_ms: float, leave_at_ms: float | None) -> tuple[Meeting, tuple[Effect, ...]]:
    number = meeting.next_id
    waiting = replace(_with(meeting, number, leave_at_ms), next_id=number + 1)
    return waiting, (WaitAlone(number, wait_ms),)


def _with(meeting: Meeting, number: int, leave_at_ms: float | None) -> Meeting:
    tally = replace(meeting.room.tally, alone=number)
    return replace(meeting, room=replace(meeting.room, tally=tally, leave_at_ms=leave_at_ms))
