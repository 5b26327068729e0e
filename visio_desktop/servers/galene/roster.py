"""Who is in the group, with what they say of themselves: the server's words in, the meeting's events out.

What Galene has no words for goes into the data everybody keeps with their name (`setdata`), under names of ours: which
of one's sources are muted, and when one's hand went up. Other clients pass over them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from visio_desktop.meeting.events import (
    HandChanged,
    ParticipantChanged,
    ParticipantLeft,
    RecordingChanged,
    ServerEvent,
)
from visio_desktop.meeting.rooms import Recording, RecordingKind, RecordingState
from visio_desktop.meeting.values import Participant, Role, Source
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.galene.asking import PRESENTS
from visio_desktop.servers.galene.words import Said
from visio_desktop.system.clock import Clock
from visio_desktop.system.texts import tr

HAND, HAND_AT, MUTED = "raisehand", "visio-raisehand-at", "visio-muted"
LEADS = "op"
_SYSTEM, _RECORDER = "system", "RECORDING"
_MOST_PEOPLE = 1_000
_RECORDED = Recording(RecordingKind.SCREEN, RecordingState.STARTED)


@dataclass(frozen=True, slots=True)
class _Person:
    participant: Participant
    hand: float | None = None
    muted: frozenset[Source] = frozenset()


class Roster:
    """Everybody but those who are part of the server; `epoch` says when a hand went up of which nobody says it."""

    def __init__(self, my_id: str, epoch: Clock) -> None:
        self._my_id = my_id
        self._epoch = epoch
        self._people: dict[str, _Person] = {}
        self._recorders: set[str] = set()

    def __contains__(self, person: str) -> bool:
        return person in self._people

    def __len__(self) -> int:
        """How many were told of, those who are part of the server among them."""
        return len(self._people) + len(self._recorders)

    def name(self, person: str) -> str:
        """How somebody is called, "" for a stranger."""
        found = self._people.get(person)
        return found.participant.name if found is not None else ""

    def muted(self, person: str) -> frozenset[Source]:
        """What somebody has muted, as far as they say."""
        found = self._people.get(person)
        return found.muted if found is not None else frozenset()

    def read(self, said: Said, *, arriving: bool) -> list[ServerEvent]:
        """What a `user` message changes."""
        if said.kind == "delete":
            return self._gone(said.id)
        if said.kind not in {"add", "change"} or not said.id:
            return []
        if _SYSTEM in said.permissions:
            return self._recorder(said)
        if said.id not in self._people and len(self._people) >= _MOST_PEOPLE:
            return []
        before, person = self._people.get(said.id), self._person(said)
        self._people[said.id] = person
        events: list[ServerEvent] = []
        if before is None or before.participant != person.participant:
            events.append(
                ParticipantChanged(person.participant, arriving and before is None and said.id != self._my_id)
            )
        if (before.hand if before is not None else None) != person.hand:
            events.append(HandChanged(said.id, person.hand))
        return events

    def _person(self, said: Said) -> _Person:
        role = Role.ADMINISTRATOR if LEADS in said.permissions else Role.MEMBER
        name = said.username or tr("galene.anonymous")
        data = said.fields.object("data")
        muted = set(data.texts(MUTED) or ())
        return _Person(
            Participant(said.id, name, is_me=said.id == self._my_id, role=role, may_send=PRESENTS in said.permissions),
            self._hand(said.id, data),
            frozenset(source for source in Source if source.value in muted),
        )

    def _hand(self, person: str, data: Fields) -> float | None:
        if not data.plain().get(HAND):
            return None
        told = data.number(HAND_AT, largest=1e14)
        if told is not None:
            return told
        known = self._people.get(person)
        return known.hand if known is not None and known.hand is not None else self._epoch()

    def _gone(self, person: str) -> list[ServerEvent]:
        if person in self._recorders:
            self._recorders.discard(person)
            return [] if self._recorders else [RecordingChanged(None)]
        return [ParticipantLeft(person)] if self._people.pop(person, None) is not None else []

    def _recorder(self, said: Said) -> list[ServerEvent]:
        """What records is somebody in the group, too."""
        if said.username != _RECORDER or said.id in self._recorders or len(self._recorders) >= _MOST_PEOPLE:
            return []
        self._recorders.add(said.id)
        return [RecordingChanged(_RECORDED)] if len(self._recorders) == 1 else []


def hand_data(raised_at_ms: float | None) -> dict[str, Any]:
    """One's own hand, as it is told."""
    return {HAND: None if raised_at_ms is None else True, HAND_AT: raised_at_ms}


def muted_data(muted: frozenset[Source]) -> dict[str, Any]:
    """What one has muted, as it is told."""
    return {MUTED: sorted(source.value for source in muted) or None}
