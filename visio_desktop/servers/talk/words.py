"""What the signalling server says: one JSON message each, read with bounds (its `standalone-signaling-api-v1.md`)."""

from __future__ import annotations

from dataclasses import dataclass

from visio_desktop.servers.fields import Fields, parse_json
from visio_desktop.servers.port import ServersError

MAX_MESSAGE_BYTES = 1_000_000
LONGEST_SDP = 500_000
_NOTHING = Fields(None)


class WordsError(ServersError):
    """What came is no message of the signalling server."""


class Refusal(ServersError):  # noqa: N818 - reads as a finding
    """The signalling server said no; `code` is its own."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code


@dataclass(frozen=True, slots=True)
class Words:
    """One message: `body` is what stands under its type; `id` that of the request it answers, "" without one."""

    kind: str
    id: str = ""
    body: Fields = _NOTHING

    def raise_refusal(self) -> None:
        """Raise `Refusal` if this is one."""
        if self.kind == "error":
            raise Refusal(self.body.text("code", "error", longest=64), self.body.text("message"))


def parse(text: str | bytes) -> Words:
    """Read a message. Raises `WordsError`."""
    if len(text) > MAX_MESSAGE_BYTES:
        raise WordsError("a message too long")
    try:
        fields = Fields(parse_json(text))
    except UnicodeDecodeError:
        raise WordsError("no text") from None
    kind = fields.text("type", longest=32)
    if not kind:
        raise WordsError("no message of a signalling server")
    return Words(kind, fields.text("id", longest=64), fields.object(kind))
