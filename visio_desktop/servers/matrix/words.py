"""What a homeserver tells of one room: events, and the answers of `/sync`. Each part is checked by itself. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from visio_desktop.servers.fields import Fields
from visio_desktop.servers.matrix.keys import SyncNews

LONGEST_ID = 255
MOST_EVENTS = 20_000
_MOST_KEYS = 100
_AFTER = ("state_after", "org.matrix.msc4222.state_after")


@dataclass(frozen=True, slots=True)
class RoomEvent:
    """One event of a room; `state_key` is None for what is no state. `at_ms` is the server's time (epoch).

    `raw` is the whole of it as it came; `ours` the id under which we sent it, "" for what others sent.
    """

    type: str
    sender: str
    event_id: str
    at_ms: float
    content: Mapping[str, Any] = field(repr=False)
    state_key: str | None = None
    redacts: str = ""
    ours: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def fields(self) -> Fields:
        """The content, to be read field by field."""
        return Fields(self.content)

    @property
    def relation(self) -> Fields:
        """What it relates to."""
        return self.fields.object("m.relates_to")


@dataclass(frozen=True, slots=True)
class Synced:
    """What one sync brought of the room. `is_in`: whether one is in it; `was_invited` may come in now.

    `state` is how things are before the timeline, or, with `is_after`, after it: then the timeline changes none of it.
    """

    next_batch: str
    state: tuple[RoomEvent, ...] = ()
    timeline: tuple[RoomEvent, ...] = ()
    is_in: bool = True
    was_invited: bool = False
    is_after: bool = False
    keys: SyncNews = field(default_factory=SyncNews)


def parse_event(value: object) -> RoomEvent | None:
    """An event, None for what is none."""
    fields = Fields(value)
    kind = fields.text("type", longest=LONGEST_ID)
    sender, event_id = fields.text("sender", longest=LONGEST_ID), fields.text("event_id", longest=LONGEST_ID)
    if not isinstance(value, dict) or not kind or not sender.startswith("@") or not event_id:
        return None
    content = fields.object("content").plain()
    state_key = fields.text("state_key", longest=2 * LONGEST_ID) if "state_key" in fields else None
    redacts = fields.text("redacts", longest=LONGEST_ID) or fields.object("content").text("redacts", longest=LONGEST_ID)
    ours = fields.object("unsigned").text("transaction_id", longest=LONGEST_ID)
    at_ms = fields.number("origin_server_ts", largest=1e14) or 0.0
    return RoomEvent(kind, sender, event_id, at_ms, content, state_key, redacts, ours, value)


def parse_sync(answer: Mapping[str, Any], room_id: str) -> Synced | None:
    """One sync's words on this room, None for what is no answer of a sync."""
    fields = Fields(answer)
    next_batch, rooms = fields.text("next_batch"), fields.object("rooms")
    if not next_batch:
        return None
    inside, outside = rooms.object("join").object(room_id), rooms.object("leave")
    after = next((name for name in _AFTER if name in inside), "")
    return Synced(
        next_batch,
        _events(inside.object(after or "state")),
        _events(inside.object("timeline")),
        is_in=room_id not in outside,
        was_invited=room_id in rooms.object("invite"),
        is_after=bool(after),
        keys=_keys(fields),
    )


def _events(part: Fields) -> tuple[RoomEvent, ...]:
    listed = part.plain().get("events")
    found = (parse_event(each) for each in (listed[:MOST_EVENTS] if isinstance(listed, list) else []))
    return tuple(event for event in found if event is not None)


def _keys(fields: Fields) -> SyncNews:
    listed = fields.object("to_device").plain().get("events")
    counts = fields.plain().get("device_one_time_keys_count")
    fallback = fields.texts("device_unused_fallback_key_types")
    devices = fields.object("device_lists")
    return SyncNews(
        tuple(each for each in (listed[:MOST_EVENTS] if isinstance(listed, list) else []) if isinstance(each, dict)),
        {str(k): v for k, v in list(counts.items())[:_MOST_KEYS] if isinstance(v, int) and not isinstance(v, bool)}
        if isinstance(counts, dict)
        else None,
        fallback,
        devices.texts("changed") or (),
        devices.texts("left") or (),
    )
