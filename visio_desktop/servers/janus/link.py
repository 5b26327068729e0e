"""Links of the form `janus+wss://host[:port]/path?room=ROOM`: Janus itself has none that people pass on.

The address is that of Janus' WebSocket; ROOM is a number, or a text where the server names its rooms so.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit, urlunsplit

from visio_desktop.meeting.values import MeetingLink, OptionalSecret, Problem, ProblemCode
from visio_desktop.net.hosts import is_loopback
from visio_desktop.servers.port import JoinError

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
    scheme, _, _ = text.partition(":")
    websocket_scheme = _SCHEMES.get(scheme.lower())
    if websocket_scheme is None:
        return None
    malformed = JoinError(Problem(ProblemCode.LINK_MALFORMED, text.partition("?")[0][:60]))
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
        fields = parse_qs(parts.query, strict_parsing=True, max_num_fields=20)
    except ValueError:
        raise malformed from None
    rooms = fields.get("room", [])
    if not host or parts.username is not None or set(fields) != {"room"} or len(rooms) != 1:
        # A PIN or a secret above all: links are shown, remembered and passed on.
        raise malformed
    if len(rooms[0]) > _MAX_ROOM_CHARACTERS:
        raise malformed
    secure = websocket_scheme == "wss"
    if not secure and not is_loopback(host):
        raise JoinError(Problem(ProblemCode.LINK_INSECURE, host))
    url = urlunsplit((websocket_scheme, parts.netloc, parts.path or "/", "", ""))
    return Address(url, host, port or (443 if secure else 80), secure, _room(rooms[0]))


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
