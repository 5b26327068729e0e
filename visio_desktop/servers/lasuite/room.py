"""A room as the server describes it (its `api/serializers.py`), and what is decided in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from visio_desktop.meeting.rooms import EVERY_SOURCE, Access, Rules
from visio_desktop.meeting.values import Source
from visio_desktop.servers.fields import Fields, is_id
from visio_desktop.servers.lasuite.config import source_names, sources

_MAX_TOKEN_CHARACTERS = 16_384
_ACCESS = {access.value: access for access in Access}


@dataclass(frozen=True, slots=True)
class Way:
    """Where the meeting is: LiveKit's web address, the room's name there, a token."""

    url: str
    room: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RoomAnswer:
    """A room. `id` is "" for one that is not registered; without `way` one may not go in."""

    id: str
    slug: str
    access: Access | None = None
    configuration: dict[str, Any] = field(default_factory=dict)
    pin: str = ""
    way: Way | None = None


def parse_room(answer: object) -> RoomAnswer:
    """The room in an answer; every field may be missing. An id that would lead elsewhere in an address is none."""
    fields = Fields(answer)
    room_id = fields.text("id")
    return RoomAnswer(
        id=room_id if is_id(room_id) else "",
        slug=fields.text("slug"),
        access=parse_access(fields),
        configuration=fields.object("configuration").plain(),
        pin=fields.text("pin_code", longest=32),
        way=parse_way(fields.object("livekit")),
    )


def parse_access(fields: Fields) -> Access | None:
    """Who enters without being let in; None for what is not said or not known."""
    return _ACCESS.get(fields.text("access_level"))


def parse_way(livekit: Fields) -> Way | None:
    """Where the meeting is, None unless all of it is there."""
    way = Way(livekit.text("url"), livekit.text("room"), livekit.text("token", longest=_MAX_TOKEN_CHARACTERS))
    return way if way.url and way.token else None


def rules(access: Access | None, configuration: Fields, default_sources: frozenset[Source] = EVERY_SOURCE) -> Rules:
    """What is decided; where nothing is, the server's defaults."""
    allowed = sources(configuration.texts("can_publish_sources"), default_sources)
    return Rules(access, allowed, configuration.flag("everyone_can_mute", otherwise=True))


def print_configuration(before: dict[str, Any], after: Rules) -> dict[str, Any]:
    """The room's configuration with other rules; what else is in it stays."""
    changed = {"can_publish_sources": source_names(after.member_sources), "everyone_can_mute": after.everyone_mutes}
    return {**before, **changed}
