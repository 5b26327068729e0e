"""The one way a meeting changes: `update(meeting, input) -> (meeting, effects)`.

This module sorts the inputs; what each of them does stands in `wishes` (a person's intents), `news` (a server's
events), `machine` (devices and the engine) and `account_update` (what goes on around meetings).
"""

from __future__ import annotations

from typing import get_args

from visio_desktop.meeting import account_update, headset, machine, news, still, wishes
from visio_desktop.meeting.account_news import AccountNews
from visio_desktop.meeting.changes import Step, nothing
from visio_desktop.meeting.decided import undecided
from visio_desktop.meeting.events import Event, HeadsetPressed, LinkRecognised, ServerEvent
from visio_desktop.meeting.intents import Intent
from visio_desktop.meeting.state import Meeting

_INTENTS: tuple[type, ...] = get_args(Intent)
_SERVER_EVENTS: tuple[type, ...] = get_args(ServerEvent)
_ACCOUNT_NEWS: tuple[type, ...] = get_args(AccountNews)


def update(meeting: Meeting, message: Intent | Event) -> Step:
    """The next meeting and what the engine has to do, in order. Never raises; what does not apply changes nothing."""
    return headset.follow(meeting, still.follow(meeting, _update(meeting, message)))


def _update(meeting: Meeting, message: Intent | Event) -> Step:
    if isinstance(message, HeadsetPressed):
        pressed = headset.wished(meeting, message.button)
        return nothing(meeting) if pressed is None else wishes.carry_out(meeting, pressed)
    if isinstance(message, _INTENTS):
        wish = undecided(meeting, message)  # type: ignore[arg-type] # isinstance narrows no tuple of a union
        return nothing(meeting) if wish is None else wishes.carry_out(meeting, wish)
    if isinstance(message, _SERVER_EVENTS):
        return news.take_in(meeting, message)  # type: ignore[arg-type] # as above
    if isinstance(message, _ACCOUNT_NEWS):
        return account_update.take_in(meeting, message)  # type: ignore[arg-type] # as above
    step = machine.take_in(meeting, message)  # type: ignore[arg-type] # as above
    return account_update.noticed(step, message.link) if isinstance(message, LinkRecognised) else step
