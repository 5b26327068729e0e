"""Links of the form `janus+wss://host[:port]/path?room=ROOM`: Janus itself has none that people pass on.

The address is that of Janus' WebSocket; ROOM is a number, or a text where the server names its rooms so.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlunsplit

from visio_desktop.meeting.values import MeetingLink, OptionalSecret
from visio_desktop.servers.own_links import malformed, parse_own

KIND = "janus"
_SCHEMES = {"janus+wss": "wss", "janus+ws": "ws"}
_MAX_ROOM_CHARACTERS = 256
_LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class Address:
    """Where a link leads: `url` is the server's WebSocket; `room` a whole number or a text."""

    url: str
    host: str
    port: int
    secure: bool
    room: int | str


def parse_address(text: str) -> Address | None:
    """The address in a link, None if it is of another kind. Raises `JoinError` where it is one, but a bad one."""
    place = parse_own(text, _SCHEMES)
    if place is None:
        return None
    try:
        fields = parse_qs(place.query, strict_parsing=True, max_num_fields=20)
    except ValueError:
        raise malformed(text) from None
    rooms = fields.get("room", [])
    if set(fields) != {"room"} or len(rooms) != 1 or len(rooms[0]) > _MAX_ROOM_CHARACTERS:
        # A PIN or a secret above all is none of a link's: links are shown, remembered and passed on.
        raise malformed(text)
    url = urlunsplit((place.scheme, place.netloc, place.path or "/", "", ""))
    return Address(url, place.host, place.port, place.secure, _room(rooms[0]))


def parse_link(text: str) -> MeetingLink | None:
    """The link for showing, None if it is of another kind. Raises `JoinError` as `parse_address` does."""
    address = parse_address(text)
    if address is None:
        return None
    return MeetingLink(
        KIND,
        text,
        address.host,
        str(address.room),
        takes_token=True,
        takes_pin=True,
        takes_besides=OptionalSecret.ROOM_SECRET,
    )


def _room(text: str) -> int | str:
    """Servers know rooms by numbers unless they say otherwise."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else text
