"""Where a meeting is: what is known of a room before one is in it, and what outlives a lost connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from visio_desktop.servers.lasuite.config import ServerConfig
from visio_desktop.servers.lasuite.room import RoomAnswer, Way


@dataclass(frozen=True, slots=True)
class Place:
    """A room of a server; `link` is what others are sent. With a `session` the server knows who asks."""

    config: ServerConfig
    room: RoomAnswer
    link: str
    title: str
    session: bool = False


@dataclass(slots=True)
class Stay:
    """One's stay in a room: the way in, the newest token and since when it is had.

    `asked_name` is the one asked for when coming, `name` the one that one goes by, "" until that is known. `cookies`
    are those of the account that came: what is renewed in them appears there, and logging out empties them.
    """

    place: Place
    way: Way
    asked_name: str
    token: str = field(repr=False)
    since_ms: float = 0.0
    name: str = ""
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)
