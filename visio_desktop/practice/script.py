"""What happens when in the practice meeting. Pure: time goes in, cues come out."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from visio_desktop.practice.cast import AMINA, BRUNO, CHLOE, DMITRI, Role

TURN_MS = 4_000.0
ANSWER_AFTER_MS = 1_200.0
AWAY_EVERY_MS = 45_000.0
AWAY_FOR_MS = 8_000.0
HAND_EVERY_MS = 60_000.0
HAND_FOR_MS = 20_000.0
LONGEST_QUOTE = 200


@dataclass(frozen=True, slots=True)
class Enter:
    """Somebody comes in."""

    role: Role
    arrived: bool


@dataclass(frozen=True, slots=True)
class Exit:
    """Somebody goes."""

    role: Role


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


Cue = Enter | Exit | Share | Raise | Write | Speak


class Script:
    """The cues in the order of their times; times are milliseconds since the meeting began."""

    def __init__(self) -> None:
        self._order = count()
        self._cues: list[tuple[float, int, Cue]] = []
        self._present = [AMINA, BRUNO, CHLOE]
        self._turn = 0
        for role in self._present:
            self._plan(0, Enter(role, arrived=False))
        self._plan(0, Speak(AMINA))
        self._plan(1_000, Share(BRUNO, on=True))
        self._plan(2_000, Enter(DMITRI, arrived=True))
        self._plan(3_500, Write(AMINA, "greeting"))
        self._plan(6_000, Raise(CHLOE, up=True))

    def due(self, now_ms: float) -> Iterator[Cue]:
        """The cues whose time has come; each plans what follows from it."""
        while self._cues and self._cues[0][0] <= now_ms:
            at_ms, _, cue = heapq.heappop(self._cues)
            self._follow_up(at_ms, cue)
            yield cue

    def next_due_ms(self) -> float:
        """When the next cue comes."""
        return self._cues[0][0]

    def written_to(self, text: str, now_ms: float) -> None:
        """The person wrote something: Amina answers."""
        self._plan(now_ms + ANSWER_AFTER_MS, Write(AMINA, "answer", text[:LONGEST_QUOTE]))

    def _plan(self, at_ms: float, cue: Cue) -> None:
        heapq.heappush(self._cues, (at_ms, next(self._order), cue))

    def _follow_up(self, at_ms: float, cue: Cue) -> None:
        match cue:
            case Speak():
                self._turn += 1
                self._plan(at_ms + TURN_MS, Speak(self._present[self._turn % len(self._present)]))
            case Enter(role) if role not in self._present:
                self._present.append(role)
                self._plan(at_ms + AWAY_EVERY_MS, Exit(role))
            case Exit(role):
                self._present.remove(role)
                self._cues = [c for c in self._cues if c[2] != Speak(role)]
                heapq.heapify(self._cues)
                if not any(isinstance(c[2], Speak) for c in self._cues):
                    self._plan(at_ms, Speak(self._present[0]))
                self._plan(at_ms + AWAY_FOR_MS, Enter(role, arrived=True))
            case Raise(role, up):
                self._plan(at_ms + (HAND_FOR_MS if up else HAND_EVERY_MS), Raise(role, up=not up))
            case _:
                pass
