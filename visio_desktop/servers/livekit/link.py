"""Links of the form `livekit+wss://host[:port][/path]?room=ROOM`."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit, urlunsplit

from visio_desktop.meeting.values import MeetingLink, Problem, ProblemCode
from visio_desktop.net.hosts import is_loopback
from visio_desktop.servers.port import JoinError

KIND = "livekit"
_SCHEMES = {"livekit+wss": "wss", "livekit+ws": "ws"}
_WEBSOCKETS = {"https": "wss", "wss": "wss", "http": "ws", "ws": "ws"}
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
    scheme, _, _ = text.partition(":")
    websocket_scheme = _SCHEMES.get(scheme.lower())
    if websocket_scheme is None:
        return None
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.username is not None or parts.password is not None:
        raise JoinError(Problem(ProblemCode.LINK_MALFORMED, _shown(text)))
    secure = websocket_scheme == "wss"
    if not secure and not is_loopback(host):
        raise JoinError(Problem(ProblemCode.LINK_INSECURE, host))
    base = urlunsplit((websocket_scheme, parts.netloc, parts.path.rstrip("/").removesuffix("/rtc"), "", ""))
    return Address(base, host, port or (443 if secure else 80), secure, _room(parts.query, text))


def address_at(url: str, named_by: str) -> Address:
    """Where another server says its LiveKit is: any host, but encrypted beyond this machine. Raises `JoinError`.

    A server elsewhere does not send us to this machine.
    """
    scheme, _, rest = url.partition("://")
    websocket = _WEBSOCKETS.get(scheme.lower(), "")
    try:
        address = parse_address(f"livekit+{websocket}://{rest}") if websocket and "?" not in rest else None
    except JoinError as error:
        if error.problem.code is ProblemCode.LINK_INSECURE:
            raise
        address = None
    if address is None:
        raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, named_by), "no address of LiveKit")
    if is_loopback(address.host) and not is_loopback(named_by):
        raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, named_by), "LiveKit on this machine")
    return address


def parse_link(text: str) -> MeetingLink | None:
    """The link for showing, None if it is of another kind. Raises `JoinError` as `parse_address` does."""
    address = parse_address(text)
    if address is None:
        return None
    return MeetingLink(KIND, text, address.host, address.room, takes_passphrase=True, takes_token=True)


def _room(query: str, text: str) -> str:
    malformed = JoinError(Problem(ProblemCode.LINK_MALFORMED, _shown(text)))
    try:
        fields = parse_qs(query, strict_parsing=bool(query), max_num_fields=20)
    except ValueError:
        raise malformed from None
    if set(fields) - {"room"}:
        # Above all a token: links are shown, remembered and passed on.
        raise malformed
    rooms = fields.get("room", [""])
    if len(rooms) != 1 or len(rooms[0]) > _MAX_ROOM_CHARACTERS:
        raise malformed
    return rooms[0]


def _shown(text: str) -> str:
    """A bad link as a person may be shown it: without its query, which may hold a secret."""
    return text.partition("?")[0][:60]
