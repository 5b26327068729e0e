"""What wants an id or a time gets it as it enters the engine: the domain has neither."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from visio_desktop.meeting.events import ChatReceived, Event, NoticeReceived, Reacted
from visio_desktop.meeting.intents import AskServer, Intent, SendChat, SetHand
from visio_desktop.system.clock import Clock


def stamped(message: Intent | Event, epoch_ms: Clock, new_id: Callable[[], str]) -> Intent | Event:
    """The message with the time it came at, and the id it has from now on."""
    match message:
        case SendChat():
            return replace(message, message_id=new_id(), at_ms=epoch_ms())
        case SetHand() | AskServer() | Reacted() | NoticeReceived():
            return replace(message, at_ms=epoch_ms())
        case ChatReceived():
            return replace(message, came_at_ms=epoch_ms())
        case _:
            return message
