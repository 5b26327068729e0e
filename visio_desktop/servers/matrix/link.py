"""Links of Element Call: `https://host/room/#/name?roomId=!id&password=…&viaServers=…`, `/room/name`, `/#name`.

By form they may belong to anything; the host's `/config.json` tells. The fragment never leaves this machine, and the
password in it, the key of the meeting, is no part of what is shown, remembered or passed on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from visio_desktop.meeting.values import MeetingLink, OptionalSecret, Problem, ProblemCode
from visio_desktop.net.hosts import authority, is_loopback
from visio_desktop.servers.port import JoinError

KIND = "element"
_SCHEMES = {"https": "https", "http": "http", "visio": "https"}
_PATH = "room"
_MAX_CHARACTERS = 255
_MAX_SERVERS = 8
_LONGEST_PASSWORD = 1_024


@dataclass(frozen=True, slots=True)
class CallLink:
    """Where a link leads: `base` is scheme, host and port of the web client.

    `room` is a room's id (`!…`) or its alias (`#…`), which may lack the server's part; `via` are servers that know it.
    """

    base: str
    host: str
    port: int
    secure: bool
    room: str
    shown: str
    via: tuple[str, ...] = ()
    password: str = field(default="", repr=False)

    @property
    def text(self) -> str:
        """The link as it is shown and remembered: without its password."""
        if not self.room.startswith("!"):
            return f"{self.base}/{_PATH}/#{quote(self.room[1:], safe=':')}"
        name = f"/{quote(self.shown, safe='')}" if self.shown != self.room else ""
        via = [("viaServers", server) for server in self.via]
        return f"{self.base}/{_PATH}/#{name}?{urlencode([('roomId', self.room), *via], safe='!:')}"

    @property
    def meeting(self) -> MeetingLink:
        """As the meeting knows it."""
        return MeetingLink(
            KIND,
            self.text,
            self.host,
            self.shown,
            takes_passphrase=True,
            takes_login=True,
            takes_besides=OptionalSecret.RECOVERY_KEY,
        )


def parse_link(text: str) -> CallLink | None:
    """The call in a link that may be one, None otherwise. Raises `JoinError` for one that names a user."""
    scheme = _SCHEMES.get(text.partition(":")[0].lower())
    if scheme is None:
        return None
    try:
        parts = urlsplit(text)
        netloc = authority(parts)
        host, port = urlsplit(f"//{netloc}").hostname, parts.port
        head, _, tail = parts.fragment.partition("?")
        named = parse_qs(tail, max_num_fields=50)
        asked = parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return None
    room, shown = _room({**asked, **named}, unquote(head).strip("/"), parts.path)
    if not host or not room:
        return None
    if "@" in parts.netloc:
        raise JoinError(Problem(ProblemCode.LINK_MALFORMED, host))
    secure = scheme == "https"
    if not secure and not is_loopback(host):
        raise JoinError(Problem(ProblemCode.LINK_INSECURE, host))
    via = tuple(server for server in named.get("viaServers", [])[:_MAX_SERVERS] if len(server) <= _MAX_CHARACTERS)
    password = (named.get("password") or asked.get("password") or [""])[0][:_LONGEST_PASSWORD]
    base = f"{scheme}://{netloc}"
    return CallLink(base, host, port or (443 if secure else 80), secure, room, shown, via, password)


def _room(fields: Mapping[str, list[str]], head: str, path: str) -> tuple[str, str]:
    """The room and what it is called, "" for none: an id counts before the fragment, that before the path."""
    folders = [unquote(each) for each in path.strip("/").split("/") if each]
    if folders and (folders[0] != _PATH or len(folders) > 2):  # noqa: PLR2004 - `/room/name`
        return "", ""
    room_id = _printable(fields.get("roomId", [""])[0])
    if room_id.startswith("!") and len(room_id) > 1:
        return room_id, _printable(head.lstrip("#")) or room_id
    alias = _printable((head or (folders[1] if len(folders) > 1 else "")).lstrip("#"))
    return (f"#{alias}", alias.partition(":")[0]) if alias else ("", "")


def _printable(text: str) -> str:
    """Copied links end in characters that nobody sees; one that is too long is none."""
    text = text.strip().strip("\u200b\u200c\u200d\u2060\ufeff")
    return text if text.isprintable() and " " not in text and len(text) <= _MAX_CHARACTERS else ""
