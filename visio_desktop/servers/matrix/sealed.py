"""Encrypted events of a room: opened, told of where they cannot be, and tried again when keys come later."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import Final

from visio_desktop.meeting.events import ServerEvent
from visio_desktop.servers.matrix.keys import Keys
from visio_desktop.servers.matrix.timeline import Timeline
from visio_desktop.servers.matrix.words import RoomEvent

_MOST: Final = 50
_RELATION: Final = "m.relates_to"
_OF_LINES: Final = {"", "m.thread"}


class Sealed:
    """One room's. What was said before one came is not told of where it cannot be read: that is how it should be."""

    def __init__(self, keys: Keys, timeline: Timeline) -> None:
        self._keys = keys
        self._timeline = timeline
        self._shut: OrderedDict[str, RoomEvent] = OrderedDict()

    async def read(self, event: RoomEvent, *, past: bool) -> list[ServerEvent]:
        """What an encrypted event says, or that it says something unreadable."""
        found = await self._opened(event, past=past)
        if found is not None:
            return found
        self._shut[event.event_id] = event
        if len(self._shut) > _MOST:
            self._shut.popitem(last=False)
        # A hand, a reaction or a correction that nobody can read is nothing to tell.
        is_line = event.relation.text("rel_type") in _OF_LINES
        return [self._timeline.unreadable(event)] if is_line and not past else []

    async def again(self) -> list[ServerEvent]:
        """What can be read by now: keys may come after what they open."""
        news: list[ServerEvent] = []
        for event in tuple(self._shut.values()):
            found = await self._opened(event, past=True)
            if found is not None:
                del self._shut[event.event_id]
                news += found
        return news

    async def _opened(self, event: RoomEvent, *, past: bool) -> list[ServerEvent] | None:
        plain = await self._keys.open(event.raw)
        if plain is None:
            return None
        # What an event relates to stands outside of what is encrypted.
        relation = {name: value for name, value in event.content.items() if name == _RELATION}
        meant = replace(event, type=plain.type, content={**relation, **plain.content})
        return self._timeline.read(meant, past=past)
