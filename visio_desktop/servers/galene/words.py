"""What Galene says: one JSON message each, read with bounds (`galene-protocol.md`, version 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from visio_desktop.rtc import IceServer
from visio_desktop.servers.fields import Fields, parse_json
from visio_desktop.servers.port import ServersError

MAX_MESSAGE_BYTES = 1_000_000
VERSION = "2"
LONGEST_TEXT = 100_000
_LONGEST_SDP = 500_000
_LONGEST_CANDIDATE = 1_000
_MOST_SERVERS, _MOST_URLS = 16, 8


class WordsError(ServersError):
    """What came is no message of Galene."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message. `id` is that of the stream, the person or the line it is about; `fields` has the rest."""

    type: str
    kind: str
    id: str
    fields: Fields

    @property
    def sdp(self) -> str:
        """A description, "" without one."""
        return self.fields.text("sdp", longest=_LONGEST_SDP)

    @property
    def candidate(self) -> tuple[str, str] | None:
        """An address (`a=candidate`, without that) and the m-line it is for; None for the end of them."""
        found = self.fields.object("candidate")
        text = found.text("candidate", longest=_LONGEST_CANDIDATE).removeprefix("candidate:")
        return (text, found.text("sdpMid")) if text else None

    @property
    def value(self) -> str:
        """What is said, where it is a text."""
        return self.fields.text("value", longest=LONGEST_TEXT)

    @property
    def source(self) -> str:
        """Who says it, "" for the server."""
        return self.fields.text("source")

    @property
    def username(self) -> str:
        """How they are called."""
        return self.fields.text("username")

    @property
    def dest(self) -> str:
        """Whom it is for, "" for everybody."""
        return self.fields.text("dest")

    @property
    def privileged(self) -> bool:
        """Whether the server vouches for their right to say it."""
        return self.fields.flag("privileged")

    @property
    def permissions(self) -> frozenset[str]:
        """What somebody may do."""
        return frozenset(self.fields.texts("permissions") or ())


def parse(text: str | bytes) -> Said:
    """Read a message. Raises `WordsError`."""
    if len(text) > MAX_MESSAGE_BYTES:
        raise WordsError("a message too long")
    try:
        fields = Fields(parse_json(text))
    except UnicodeDecodeError:
        raise WordsError("no text") from None
    kind = fields.text("type")
    if not kind:
        raise WordsError("no message of Galene")
    return Said(kind, fields.text("kind"), fields.text("id"), fields)


def ice_servers(configuration: Fields) -> tuple[IceServer, ...]:
    """STUN and TURN servers (`RTCConfiguration` of WebRTC); what is no such server is passed over."""
    found = []
    for each in configuration.objects("iceServers")[:_MOST_SERVERS]:
        one = each.text("urls")
        urls = (one,) if one else (each.texts("urls") or ())[:_MOST_URLS]
        known = tuple(url for url in urls if url.partition(":")[0] in {"stun", "turn", "turns"})
        if known:
            found.append(IceServer(known, each.text("username"), each.text("credential")))
    return tuple(found)


def candidate_json(candidate: str) -> dict[str, Any]:
    """An address of ours (`RTCIceCandidateInit`); all m-lines are one bundle."""
    return {"candidate": f"candidate:{candidate.removeprefix('candidate:')}", "sdpMid": "0", "sdpMLineIndex": 0}
