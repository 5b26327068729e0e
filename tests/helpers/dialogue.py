"""Tests of the domain as dialogues: `Dialogue() << intent_or_event >> effects`."""

from __future__ import annotations

from visio_desktop.meeting.effects import Effect
from visio_desktop.meeting.events import Event
from visio_desktop.meeting.intents import Intent
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.update import update


class Dialogue:
    """`<<` puts something in; `>>` says exactly which effects came out of it, none of them left unsaid."""

    def __init__(self, meeting: Meeting | None = None) -> None:
        self.meeting = meeting if meeting is not None else Meeting()
        self.effects: tuple[Effect, ...] = ()

    def __lshift__(self, message: Intent | Event) -> Dialogue:
        self.meeting, self.effects = update(self.meeting, message)
        return self

    def __rshift__(self, expected: Effect | tuple[Effect, ...]) -> Dialogue:
        wanted = expected if isinstance(expected, tuple) else (expected,)
        assert self.effects == wanted
        return self
