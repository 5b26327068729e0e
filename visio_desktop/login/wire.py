"""What goes over the login program's pipes: one JSON object a line, bounded, the same code on both sides.

WireError
 +-- (none further: a line that cannot be read is dropped)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import Enum
from typing import Any

LONGEST_LINE = 256 * 1024
_LONGEST_TEXT = 8_192
_MOST_COOKIES = 50
_MOST_WORDS = 50
_MOST_COLOURS = 10


class WireError(ValueError):
    """A line that says nothing we know."""


class Failure(Enum):
    """Why nobody was logged in."""

    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    UNTRUSTED = "untrusted"
    CRASHED = "crashed"
    NO_ENGINE = "no_engine"
    NO_SANDBOX = "no_sandbox"
    BROKEN = "broken"
    NOT_ALLOWED = "not_allowed"


@dataclass(frozen=True, slots=True)
class Begin:
    """What to do: log in at `server` (an origin, `https://host[:port]`).

    `silent` shows no window: it asks whether an earlier login still holds. `folder` keeps the web engine's profile;
    `words` are the window's texts in the person's language; `proxy` is `http://host:port`, "direct" for none, or "" for
    the system's; `authorities` is a PEM file trusted beside the system's, "" without; `colours` are `#RRGGBB`: of the
    classification, `ground` and `ink`, of the organisation, `action`, `hover` and `soft`.
    """

    server: str
    folder: str
    silent: bool = False
    language: str = "en"
    proxy: str = ""
    proxy_user: str = field(default="", repr=False)
    proxy_password: str = field(default="", repr=False)
    authorities: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    colours: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """The window is there for the person; `sandboxed`: the web content is kept in its sandbox."""

    sandboxed: bool = True


@dataclass(frozen=True, slots=True)
class Done:
    """The server's own cookies once it let the person in, or once it said that it does not know them."""

    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Failed:
    """Nobody was logged in. A certificate that was not trusted is there as PEM, and the host that showed it."""

    why: Failure
    host: str = ""
    certificate: str = field(default="", repr=False)


Message = Begin | Shown | Done | Failed
_KINDS: dict[str, type[Message]] = {"begin": Begin, "shown": Shown, "done": Done, "failed": Failed}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_LIMITS = {"cookies": _MOST_COOKIES, "words": _MOST_WORDS, "colours": _MOST_COLOURS}


def encode(message: Message) -> bytes:
    """The line of a message."""
    values = {key: value.value if isinstance(value, Enum) else value for key, value in asdict(message).items()}
    return json.dumps({"kind": _NAMES[type(message)], **values}).encode() + b"\n"


def decode(line: bytes) -> Message:
    """The message of a line. Raises `WireError`."""
    try:
        raw = json.loads(line[:LONGEST_LINE])
    except (ValueError, RecursionError) as error:
        raise WireError("no JSON") from error
    match raw:
        case {"kind": str(name), **values} if name in _KINDS:
            kind = _KINDS[name]
        case _:
            raise WireError("no message")
    known = {f.name for f in fields(kind)}
    try:
        return kind(**{key: _checked(key, value) for key, value in values.items() if key in known})
    except (TypeError, ValueError) as error:
        raise WireError(f"no {name}") from error


def _checked(key: str, value: object) -> Any:
    match key, value:
        case (("silent" | "sandboxed"), bool(switch)):
            return switch
        case (("cookies" | "words" | "colours"), dict(texts)) if len(texts) <= _LIMITS[key]:
            return {_text(name): _text(text) for name, text in texts.items()}
        case "why", str(why):
            return Failure(why)
        case (("silent" | "sandboxed" | "cookies" | "words" | "colours" | "why"), _):
            raise WireError(key)
        case _:
            return _text(value)


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        raise WireError("no text")
    return value
