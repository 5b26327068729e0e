"""Links of the form `livekit+wss://host[:port][/path]?room=ROOM`."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlunsplit

from visio_desktop.meeting.values import MeetingLink, Problem, ProblemCode
from visio_desktop.net.bounds import Bounds
from visio_desktop.servers.named import WEBSOCKETS, named
from visio_desktop.servers.own_links import Place, malformed, parse_own
from visio_desktop.servers.port import JoinError

KIND = "livekit"
_SCHEMES = {"livekit+wss": "wss", "livekit+ws": "ws"}
_MAX_ROOM_CHARACTERS = 256


@dataclass(frozen=True, slots=True)
class Address:
    """Where a link leads: `base` is the server's WebSocket address without a trailing slash, `room` may be empty."""

    base: str
    host: str
    port: int
    secure: bool
    room: str

    @property
    def signalling(self) -> str:
        """Where the signalling WebSocket is."""
        return f"{self.base}/rtc"

    @property
    def single_signalling(self) -> str:
        """Where it is for those who want one connection for all media; old servers do not have it."""
        return f"{self.base}/rtc/v1"

    @property
    def validation(self) -> str:
        """Where the server says in words what is wrong with a token."""
        return f"http{self.base.removeprefix('ws')}/rtc/validate"


def parse_address(text: str) -> Address | None:
    """The address in a link, None if it is of another kind. Raises `JoinError` where it is one, but a bad one."""
    place = parse_own(text, _SCHEMES)
    return None if place is None else _at(place, text)


def _at(place: Place, text: str) -> Address:
    base = urlunsplit((place.scheme, place.netloc, place.path.rstrip("/").removesuffix("/rtc"), "", ""))
    return Address(base, place.host, place.port, place.secure, _room(place.query, text))


def address_at(url: str, named_by: str, bounds: Bounds) -> Address:
    """Where another server says its LiveKit is, if we go there by its word. Raises `JoinError`."""
    address = parse_address(f"livekit+{named(url, named_by, bounds, WEBSOCKETS)}")
    if address is None:
        raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, named_by), "no address of LiveKit")
    return address


def parse_link(text: str) -> MeetingLink | None:
    """The link for showing, None if it is of another kind. Raises `JoinError` as `parse_address` does."""
    place = parse_own(text, _SCHEMES)
    if place is None:
        return None
    address = _at(place, text)
    shown = urlunsplit((f"{KIND}+{place.scheme}", place.netloc, place.path, place.query, ""))
    return MeetingLink(KIND, shown, address.host, address.room, takes_passphrase=True, takes_token=True)


def _room(query: str, text: str) -> str:
    try:
        fields = parse_qs(query, strict_parsing=bool(query), max_num_fields=20)
    except ValueError:
        raise malformed(text) from None
    if set(fields) - {"room"}:
        # Above all a token: links are shown, remembered and passed on.
        raise malformed(text)
    rooms = fields.get("room", [""])
    if len(rooms) != 1 or len(rooms[0]) > _MAX_ROOM_CHARACTERS:
        raise malformed(text)
    return rooms[0]
