"""What happens when in the practice meeting. Pure: time goes in, cues come out."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import count

from visio_desktop.meeting.rooms import Emoji
from visio_desktop.practice.cast import AMINA, BRUNO, CHLOE, DMITRI, EMEKA, Role
from visio_desktop.practice.cues import (
    Applaud,
    Cue,
    Enter,
    Exit,
    GiveUp,
    Knock,
    Raise,
    Say,
    Share,
    Speak,
    Unmute,
    Write,
)

TURN_MS = 4_000.0
ANSWER_AFTER_MS = 1_200.0
AWAY_EVERY_MS = 45_000.0
AWAY_FOR_MS = 8_000.0
HAND_EVERY_MS = 60_000.0
HAND_FOR_MS = 20_000.0
KNOCK_AT_MS = 15_000.0
KNOCK_AGAIN_MS = 20_000.0
PATIENCE_MS = 60_000.0
MUTED_FOR_MS = 15_000.0
APPLAUD_AT_MS = 9_000.0
APPLAUD_EVERY_MS = 25_000.0
LONGEST_QUOTE = 200
SENTENCES = 6
_EMOJI = (Emoji.THUMBS_UP, Emoji.CLAPPING_HANDS, Emoji.RED_HEART, Emoji.PARTY_POPPER)


class Script:
    """The cues in the order of their times; times are milliseconds since the meeting began."""

    def __init__(self) -> None:
        self._order = count()
        self._cues: list[tuple[float, int, Cue]] = []
        self._present: list[Role] = []
        self._waiting: list[Role] = []
        self._turn = 0
        self._applause = 0
        for role in (AMINA, BRUNO, CHLOE):
            self._plan(0, Enter(role, arrived=False))
        self._plan(2_000, Enter(DMITRI, arrived=True))
        self._plan(3_500, Write(AMINA, "greeting"))
        self._plan(APPLAUD_AT_MS, Applaud(AMINA, Emoji.THUMBS_UP))
        self._plan(KNOCK_AT_MS, Knock(EMEKA))

    def due(self, now_ms: float) -> Iterator[Cue]:
        """The cues whose time has come; each plans what follows from it."""
        while self._cues and self._cues[0][0] <= now_ms:
            at_ms, _, cue = heapq.heappop(self._cues)
            self._follow_up(at_ms, cue)
            yield cue

    def next_due_ms(self) -> float:
        """When the next cue comes."""
        return self._cues[0][0]

    def everybody(self) -> tuple[Role, ...]:
        """Those in the meeting."""
        return tuple(self._present)

    def written_to(self, text: str, now_ms: float) -> None:
        """The person wrote something: Amina answers."""
        if AMINA in self._present:
            self._plan(now_ms + ANSWER_AFTER_MS, Write(AMINA, "answer", text[:LONGEST_QUOTE]))

    def reacted_to(self, emoji: Emoji, now_ms: float) -> None:
        """The person shows a reaction: Chloé joins in."""
        if CHLOE in self._present:
            self._plan(now_ms + ANSWER_AFTER_MS, Applaud(CHLOE, emoji))

    def silenced(self, role: Role, now_ms: float) -> None:
        """Somebody's microphone was closed: after a while they open it again."""
        self._forget(role, Unmute)
        self._plan(now_ms + MUTED_FOR_MS, Unmute(role))

    def put_out(self, role_id: str, now_ms: float) -> None:
        """Somebody is removed: they go, and knock later."""
        for role in [role for role in self._present if role.id == role_id]:
            self._forget(role)
            self._plan(now_ms, Exit(role, put_out=True))

    def answered(self, role_id: str, allowed: bool, now_ms: float) -> None:
        """Who knocked is let in or refused; everybody for ""."""
        for role in [role for role in self._waiting if role_id in ("", role.id)]:
            self._forget(role)
            self._plan(now_ms, GiveUp(role, again=False))
            if allowed:
                self._plan(now_ms, Enter(role, arrived=True))

    def _plan(self, at_ms: float, cue: Cue) -> None:
        heapq.heappush(self._cues, (at_ms, next(self._order), cue))

    def _forget(self, role: Role, kind: type[Cue] | None = None) -> None:
        """Whatever this person would do, or one kind of it, does not happen."""
        self._cues = [c for c in self._cues if c[2].role != role or (kind is not None and not isinstance(c[2], kind))]
        heapq.heapify(self._cues)

    def _follow_up(self, at_ms: float, cue: Cue) -> None:
        match cue:
            case Speak(role):
                self._speak(at_ms, role)
            case Enter(role) if role not in self._present:
                self._enter(at_ms, role)
            case Exit(role, put_out):
                self._present.remove(role)
                self._forget(role)
                self._give_floor(at_ms)
                self._keep_applauding(at_ms)
                again = Knock(role) if put_out else Enter(role, arrived=True)
                self._plan(at_ms + (KNOCK_AGAIN_MS if put_out else AWAY_FOR_MS), again)
            case Knock(role):
                self._waiting.append(role)
                self._plan(at_ms + PATIENCE_MS, GiveUp(role, again=True))
            case GiveUp(role, again):
                self._waiting.remove(role)
                if again:
                    self._plan(at_ms + PATIENCE_MS, Knock(role))
            case Raise(role, up):
                self._plan(at_ms + (HAND_FOR_MS if up else HAND_EVERY_MS), Raise(role, up=not up))
            case Applaud():
                self._keep_applauding(at_ms)
            case _:
                pass

    def _enter(self, at_ms: float, role: Role) -> None:
        self._present.append(role)
        self._give_floor(at_ms)
        match role:
            case r if r == BRUNO:
                self._plan(at_ms + 1_000, Share(BRUNO, on=True))
            case r if r == CHLOE:
                self._plan(at_ms + 6_000, Raise(CHLOE, up=True))
            case r if r == DMITRI:
                self._plan(at_ms + AWAY_EVERY_MS, Exit(DMITRI))

    def _give_floor(self, at_ms: float) -> None:
        """Somebody speaks next, if anybody is there."""
        if self._present and not any(isinstance(c[2], Speak) for c in self._cues):
            self._plan(at_ms, Speak(self._present[0]))

    def _keep_applauding(self, at_ms: float) -> None:
        """Somebody shows a reaction now and then, if anybody is there."""
        if self._present and not any(isinstance(c[2], Applaud) for c in self._cues):
            self._applause += 1
            role = self._present[self._applause % len(self._present)]
            self._plan(at_ms + APPLAUD_EVERY_MS, Applaud(role, _EMOJI[self._applause % len(_EMOJI)]))

    def _speak(self, at_ms: float, role: Role) -> None:
        self._turn += 1
        sentence = self._turn % SENTENCES + 1
        self._plan(at_ms + TURN_MS / 4, Say(role, self._turn, sentence, final=False))
        self._plan(at_ms + TURN_MS / 2, Say(role, self._turn, sentence, final=True))
        self._plan(at_ms + TURN_MS, Speak(self._present[self._turn % len(self._present)]))
