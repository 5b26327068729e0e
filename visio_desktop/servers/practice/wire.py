"""The words between the practice meeting and its adapter: one JSON object a line, at most `LONGEST_LINE` bytes."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, get_args, get_type_hints

LONGEST_LINE = 1 << 20


class WireError(Exception):
    """A line that is none of the known messages."""


@dataclass(frozen=True, slots=True)
class Hello:
    """To the meeting, first of all: who joins, and in which language the simulated people write."""

    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Welcome:
    """From the meeting: one's own id."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Person:
    """From the meeting: somebody came (`arrived`: after us) or changed."""

    id: str
    name: str
    colour: str
    arrived: bool


@dataclass(frozen=True, slots=True)
class PersonLeft:
    """From the meeting: somebody went."""

    id: str


@dataclass(frozen=True, slots=True)
class Published:
    """Both ways: a publication exists, muted or not. `track` is its msid track id."""

    track: str
    person: str
    source: str
    muted: bool
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Unpublished:
    """Both ways: a publication ended."""

    track: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Both ways: an SDP offer of the side that sends."""

    sdp: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Both ways: the answer to the other side's offer."""

    sdp: str


@dataclass(frozen=True, slots=True)
class Speakers:
    """From the meeting: those who speak now, separated by blanks."""

    ids: str


@dataclass(frozen=True, slots=True)
class Hand:
    """Both ways: a hand went up (epoch time) or down (0)."""

    person: str
    raised_at_ms: float


@dataclass(frozen=True, slots=True)
class Line:
    """Both ways: a chat line."""

    id: str
    person: str
    text: str
    at_ms: float


@dataclass(frozen=True, slots=True)
class Connections:
    """From the meeting: how good somebody's connection is, by the name of `meeting.values.Quality`."""

    person: str
    quality: str


@dataclass(frozen=True, slots=True)
class Looked:
    """To the meeting: whether a publication is looked at."""

    track: str
    enabled: bool


@dataclass(frozen=True, slots=True)
class Reaction:
    """Both ways: somebody shows a reaction, by its value in `meeting.rooms.Emoji`."""

    person: str
    emoji: str


@dataclass(frozen=True, slots=True)
class Renamed:
    """To the meeting: we go by another name; a `Person` answers."""

    name: str


@dataclass(frozen=True, slots=True)
class Edited:
    """To the meeting: a line of ours says something else; a `Line` answers."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Lowered:
    """To the meeting: lower somebody's hand."""

    person: str


@dataclass(frozen=True, slots=True)
class Silenced:
    """To the meeting: close somebody's microphone, everybody's for ""."""

    person: str


@dataclass(frozen=True, slots=True)
class PutOut:
    """To the meeting: remove somebody."""

    person: str


@dataclass(frozen=True, slots=True)
class Knocked:
    """From the meeting: somebody waits to be let in."""

    id: str
    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class WentAway:
    """From the meeting: somebody waits no more."""

    id: str


@dataclass(frozen=True, slots=True)
class Answered:
    """To the meeting: let somebody in who waits, or not; everybody for ""."""

    person: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class WriteDown:
    """To the meeting: write down what is said."""


@dataclass(frozen=True, slots=True)
class Said:
    """From the meeting: what somebody says in writing; a later one of the same id replaces it."""

    id: str
    person: str
    text: str
    final: bool


@dataclass(frozen=True, slots=True)
class Bye:
    """To the meeting: we leave. From it: it is over."""


Message = (
    Hello
    | Welcome
    | Person
    | PersonLeft
    | Published
    | Unpublished
    | Offer
    | Answer
    | Speakers
    | Hand
    | Line
    | Connections
    | Looked
    | Reaction
    | Renamed
    | Edited
    | Lowered
    | Silenced
    | PutOut
    | Knocked
    | WentAway
    | Answered
    | WriteDown
    | Said
    | Bye
)
_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Message)}
_FIELDS = {name: get_type_hints(kind) for name, kind in _KINDS.items()}


def encode(message: Message) -> bytes:
    """A message as a line."""
    return json.dumps({"is": type(message).__name__, **dataclasses.asdict(message)}).encode() + b"\n"


def decode(line: bytes) -> Message:
    """The message of a line. Raises `WireError`."""
    if len(line) > LONGEST_LINE:
        raise WireError("the line is too long")
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise WireError(f"not JSON: {error}") from error
    if not isinstance(fields, dict):
        raise WireError("not an object")
    kind = fields.pop("is", None)
    if not isinstance(kind, str) or kind not in _KINDS:
        raise WireError("no known message")
    return _build(kind, fields)


def _build(kind: str, fields: dict[str, Any]) -> Message:
    wanted = _FIELDS[kind]
    if fields.keys() != wanted.keys():
        raise WireError(f"{kind} has other fields")
    for name, value in fields.items():
        if wanted[name] is float and type(value) is int:
            fields[name] = float(value)
        elif type(value) is not wanted[name]:
            raise WireError(f"{kind}.{name} is of another type")
    message: Message = _KINDS[kind](**fields)
    return message
