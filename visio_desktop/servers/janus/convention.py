"""What Janus has no words for, in words of ours; other clients pass over them.

| what | where |
| --- | --- |
| what a stream is of | its description: `microphone`, `camera`, `screen` or `screen_audio` |
| that it is muted | ` muted` behind it |
| a raised hand | the description of the data stream: `hand` and the epoch time in milliseconds |
| chat, reactions | JSON on the data channel: `{"chat": TEXT, "id": ID}`, `{"reaction": EMOJI}` |
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from visio_desktop.meeting.rooms import Emoji
from visio_desktop.meeting.values import Source
from visio_desktop.servers.fields import Fields, parse_json

CHANNEL = "JanusDataChannel"
LONGEST_TEXT = 16_000
_LONGEST_MESSAGE_BYTES = 65_535
_MUTED = "muted"
_HAND = "hand"


@dataclass(frozen=True, slots=True)
class Line:
    """A line for everybody."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Reaction:
    """A reaction everybody sees."""

    emoji: Emoji


def describe_source(source: Source, *, muted: bool) -> str:
    """The description of a stream."""
    return f"{source.value} {_MUTED}" if muted else source.value


def describe_hand(raised_at_ms: float | None) -> str:
    """The description of the data stream."""
    return "" if raised_at_ms is None else f"{_HAND} {int(raised_at_ms)}"


def read_source(kind: str, description: str, *, first: bool) -> tuple[Source, bool]:
    """What a stream of `audio` or `video` is of, and whether it is muted; `first` of its kind from this person."""
    word, *more = description.split()[:2] or [""]
    usual = Source.MICROPHONE if kind == "audio" else Source.CAMERA
    other = Source.SCREEN_AUDIO if kind == "audio" else Source.SCREEN
    for source in (usual, other):
        if word == source.value:
            return source, more == [_MUTED]
    return (usual if first and "screen" not in description.lower() else other), False


def read_hand(description: str) -> float | None:
    """When a hand was raised, None if it is down."""
    word, *more = description.split()[:2] or [""]
    if word != _HAND or not more or not more[0].isascii() or not more[0].isdigit() or len(more[0]) > len("1" * 14):
        return None
    return float(more[0])


def write_line(line: Line) -> bytes:
    """A line as it goes out."""
    return json.dumps({"chat": line.text, "id": line.id}).encode()


def write_reaction(emoji: Emoji) -> bytes:
    """A reaction as it goes out."""
    return json.dumps({"reaction": emoji.value}).encode()


def read(data: bytes) -> Line | Reaction | None:
    """What somebody said on the data channel; None for what is not ours."""
    if len(data) > _LONGEST_MESSAGE_BYTES:
        return None
    try:
        fields = Fields(parse_json(data))
    except UnicodeDecodeError:
        return None
    text, emoji = fields.text("chat", longest=LONGEST_TEXT), fields.text("reaction")
    if text:
        return Line(fields.text("id", longest=64), text)
    return Reaction(Emoji(emoji)) if emoji in {each.value for each in Emoji} else None
