"""The connection test of the page before the meeting: asked for, on its way, over. It ends with that page."""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting.changes import Step, nothing
from visio_desktop.meeting.effects import RunCheck
from visio_desktop.meeting.events import CheckOver, HopTried
from visio_desktop.meeting.hops import Check
from visio_desktop.meeting.intents import CheckConnection, EndCheck
from visio_desktop.meeting.state import Meeting, Page

_MOST_HOPS = 40


def carry_out(meeting: Meeting, intent: CheckConnection | EndCheck) -> Step:
    """Begin a test, or end the one there is. What runs for a test that is gone from the snapshot is stopped."""
    match intent:
        case CheckConnection(inside) if meeting.page is Page.PREJOIN and meeting.link is not None:
            check = Check(meeting.next_id, inside)
            begun = replace(meeting, check=check, next_id=meeting.next_id + 1)
            return begun, (RunCheck(meeting.link, meeting.name_there, check.number, inside),)
        case EndCheck():
            return replace(meeting, check=None), ()
        case _:
            return nothing(meeting)


def take_in(meeting: Meeting, event: HopTried | CheckOver) -> Step:
    """Take in how the test goes; what an earlier one still says changes nothing."""
    check = meeting.check
    if check is None or check.over or check.number != event.number:
        return nothing(meeting)
    match event:
        case HopTried(_, hop):
            return replace(meeting, check=replace(check, hops=(*check.hops, hop)[:_MOST_HOPS])), ()
        case CheckOver():
            return replace(meeting, check=replace(check, over=True)), ()
