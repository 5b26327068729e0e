"""What can happen in the practice meeting."""

from __future__ import annotations

from dataclasses import dataclass

from visio_desktop.meeting.rooms import Emoji
from visio_desktop.practice.cast import Role


@dataclass(frozen=True, slots=True)
class Enter:
    """Somebody comes in."""

    role: Role
    arrived: bool


@dataclass(frozen=True, slots=True)
class Exit:
    """Somebody goes, or is `put_out`."""

    role: Role
    put_out: bool = False


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody waits to be let in."""

    role: Role


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Somebody waits no more: refused or let in, or tired of it, and then they knock `again` later."""

    role: Role
    again: bool


@dataclass(frozen=True, slots=True)
class Share:
    """Somebody begins (`on`) or stops showing slides."""

    role: Role
    on: bool


@dataclass(frozen=True, slots=True)
class Raise:
    """A hand goes up or down."""

    role: Role
    up: bool


@dataclass(frozen=True, slots=True)
class Write:
    """Somebody writes: a text under `practice.`, with what it quotes."""

    role: Role
    key: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Speak:
    """Somebody has the floor from now on."""

    role: Role


@dataclass(frozen=True, slots=True)
class Say:
    """What somebody says, as far as it is known: the text `practice.said_<sentence>`, of their turn of this number."""

    role: Role
    turn: int
    sentence: int
    final: bool


@dataclass(frozen=True, slots=True)
class Unmute:
    """Somebody opens their microphone again."""

    role: Role


@dataclass(frozen=True, slots=True)
class Applaud:
    """Somebody shows a reaction."""

    role: Role
    emoji: Emoji


Cue = Enter | Exit | Knock | GiveUp | Share | Raise | Write | Speak | Say | Unmute | Applaud
