"""The one way a meeting changes: `update(meeting, input) -> (meeting, effects)`.

This module sorts the inputs; what each of them does stands in `wishes` (a person's intents), `news` (a server's events)
and `machine` (devices and the engine).
"""

from __future__ import annotations

from typing import get_args

from visio_desktop.meeting import machine, news, wishes
from visio_desktop.meeting.changes import Step
from visio_desktop.meeting.events import Event, ServerEvent
from visio_desktop.meeting.intents import Intent
from visio_desktop.meeting.state import Meeting

_INTENTS: tuple[type, ...] = get_args(Intent)
_SERVER_EVENTS: tuple[type, ...] = get_args(ServerEvent)


def update(meeting: Meeting, message: Intent | Event) -> Step:
    """The next meeting and what the engine has to do, in order. Never raises; what does not apply changes nothing."""
    if isinstance(message, _INTENTS):
        return wishes.carry_out(meeting, message)  # type: ignore[arg-type] # isinstance narrows no tuple of a union
    if isinstance(message, _SERVER_EVENTS):
        return news.take_in(meeting, message)  # type: ignore[arg-type] # as above
    return machine.take_in(meeting, message)  # type: ignore[arg-type] # as above
