"""What Janus says: one JSON message each, read with bounds (Janus 1.x, WebSocket API; `janus_videoroom.c`)."""

from __future__ import annotations

from dataclasses import dataclass

from visio_desktop.servers.fields import Fields, parse_json
from visio_desktop.servers.port import ServersError

MAX_MESSAGE_BYTES = 1_000_000
_LONGEST_SDP = 500_000
_NOTHING = Fields(None)


class WordsError(ServersError):
    """What came is no message of Janus."""


class Refusal(ServersError):  # noqa: N818 - reads as a finding
    """Janus or its room said no; `code` is theirs."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Words:
    """One message: `room` is what the VideoRoom says in it, `data` what Janus itself does; `sender` is a handle.

    `offer` and `answer` are descriptions of theirs, "" without one. By `number` they are in the order they came in.
    """

    kind: str
    transaction: str = ""
    sender: int = 0
    room: Fields = _NOTHING
    data: Fields = _NOTHING
    offer: str = ""
    answer: str = ""
    refusal: tuple[int, str] | None = None
    number: int = 0

    def raise_refusal(self) -> None:
        """Raise `Refusal` if this is one."""
        if self.refusal is not None:
            raise Refusal(*self.refusal)


def parse(text: str | bytes) -> Words:
    """Read a message. Raises `WordsError`."""
    if len(text) > MAX_MESSAGE_BYTES:
        raise WordsError("a message too long")
    fields = Fields(parse_json(text))
    kind = fields.text("janus")
    if not kind:
        raise WordsError("no message of Janus")
    room = fields.object("plugindata").object("data")
    jsep = fields.object("jsep")
    sdp, what = jsep.text("sdp", longest=_LONGEST_SDP), jsep.text("type")
    return Words(
        kind,
        fields.text("transaction"),
        _whole(fields, "sender"),
        room,
        fields.object("data"),
        offer=sdp if what == "offer" else "",
        answer=sdp if what == "answer" else "",
        refusal=_refusal(fields, room),
    )


def _refusal(fields: Fields, room: Fields) -> tuple[int, str] | None:
    """Janus puts its own refusals elsewhere than those of the room."""
    error = fields.object("error")
    if error:
        return _whole(error, "code"), error.text("reason")
    return (_whole(room, "error_code"), room.text("error")) if "error_code" in room else None


def _whole(fields: Fields, name: str) -> int:
    found = fields.key(name)
    return found if isinstance(found, int) else 0
