"""Links that were made for other clients of LiveKit, some with a token in them.

`livekit://host?room=R`; `wss://host`, as LiveKit's own tools give it; any of these and `https://host/` with
`?access_token=` (`pkg/service/auth.go`); `https://...?liveKitUrl=wss://host&token=...`, the web client's. A token is
taken out: links are shown, remembered and passed on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

_WEB_SOCKET = {"wss": "wss", "ws": "ws", "https": "wss", "http": "ws", "livekit": "wss"}
_MOST_FIELDS = 20
_LONGEST_TOKEN = 16_384
_JANUS_PORTS = (8188, 8989)


@dataclass(frozen=True, slots=True)
class Handed:
    """The link as this adapter has it, and the token that was in the other one, "" for none."""

    text: str
    token: str = field(default="", repr=False)


def parse_handed(text: str) -> Handed | None:
    """What such a link says; None for all others. Never raises: what is bad about it is told by whoever takes it."""
    try:
        parts = urlsplit(text)
        port, fields = parts.port, parse_qs(parts.query, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return None
    scheme = _WEB_SOCKET.get(parts.scheme.lower())
    if scheme is None or not parts.hostname:
        return None
    elsewhere, token = _only(fields, "liveKitUrl"), _only(fields, "token")
    if elsewhere and token and not elsewhere.startswith("http"):
        inner = parse_handed(elsewhere)
        return None if inner is None else Handed(inner.text, token)
    token = _only(fields, "access_token")
    bare = parts.path.rstrip("/") in ("", "/rtc") and port not in _JANUS_PORTS
    if not token and not (parts.scheme.lower() in ("livekit", "wss", "ws") and bare):
        return None
    room = _only(fields, "room")
    query = f"room={quote(room, safe='')}" if room else ""
    return Handed(urlunsplit((f"livekit+{scheme}", parts.netloc, parts.path, query, "")), token)


def _only(fields: dict[str, list[str]], name: str) -> str:
    values = fields.get(name, [])
    return values[0] if len(values) == 1 and len(values[0]) <= _LONGEST_TOKEN else ""
