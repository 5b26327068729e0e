"""What a proxy answers to CONNECT (RFC 9110, sections 9.3.6 and 11.7), parsed from bounded bytes.

AnswerError
 +-- (none further: no HTTP, or too much of it)
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

MAX_HEAD_BYTES = 32_768
MAX_BODY_BYTES = 65_536
_END = b"\r\n\r\n"
_MAX_LINES = 200
_STATUS_WORDS = 2
_STATUSES = range(100, 600)


class AnswerError(ValueError):
    """No answer of a proxy."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The head of an answer.

    `challenges` are pairs of a scheme in small letters and what follows it. `body_bytes` is None where only the end of
    the connection ends the body.
    """

    status: int
    challenges: tuple[tuple[str, str], ...] = ()
    body_bytes: int | None = None
    stays_open: bool = True

    def token(self, scheme: str) -> bytes | None:
        """What it says within a scheme: b"" where nothing, or parameters only; None where it does not offer it."""
        for name, rest in self.challenges:
            if name == scheme:
                try:
                    return base64.b64decode(rest, validate=True)
                except (binascii.Error, ValueError):
                    return b""
        return None


def split_head(received: bytes) -> tuple[bytes, bytes] | None:
    """The head and what follows it, None while it is incomplete. Raises `AnswerError` where it grows too long."""
    head, end, rest = received.partition(_END)
    if len(head) > MAX_HEAD_BYTES:
        raise AnswerError("the head is too long")
    return (head, rest) if end else None


def parse_answer(head: bytes) -> Answer:
    """The answer in a head. Raises `AnswerError`."""
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split()
    if len(words) < _STATUS_WORDS or not words[0].startswith("HTTP/1.") or len(lines) > _MAX_LINES:
        raise AnswerError("no HTTP")
    if not (words[1].isascii() and words[1].isdigit()) or int(words[1][:4]) not in _STATUSES:
        raise AnswerError("no HTTP status")
    challenges: list[tuple[str, str]] = []
    length: int | None = None
    stays_open, chunked = words[0] != "HTTP/1.0", False
    for line in lines:
        name, _, value = line.partition(":")
        value = value.strip()
        match name.strip().lower():
            case "proxy-authenticate":
                challenges.append(_challenge(value))
            case "content-length" if value.isascii() and value.isdigit():
                length = int(value[:9])
            case "transfer-encoding":
                chunked = True
            case "connection" | "proxy-connection":
                stays_open = "close" not in value.lower() and (stays_open or "keep-alive" in value.lower())
            case _:
                pass
    body = None if chunked or (length is not None and length > MAX_BODY_BYTES) else length
    return Answer(int(words[1]), tuple(challenges), body, stays_open)


def _challenge(value: str) -> tuple[str, str]:
    scheme, _, rest = value.partition(" ")
    return scheme.lower(), rest.strip()
