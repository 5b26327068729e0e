"""Everybody in a call as one list: who takes part says the room, with what the media server each of them chose. Pure.

Whoever is on a media server without being a member is not shown, nor is what a member sends on another server than the
one they named: whoever runs that one could make it up. What is told is what differs from what was told before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from visio_desktop.meeting.events import (
    HandChanged,
    ParticipantChanged,
    ParticipantLeft,
    PublicationChanged,
    PublicationGone,
    QualityChanged,
    ServerEvent,
    SpeakersChanged,
)
from visio_desktop.meeting.values import Participant, Publication, Quality


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the call, as the room has it; `focus` is where they publish."""

    name: str
    focus: str
    hand_raised_at_ms: float | None = None
    removable: bool = True


@dataclass(slots=True)
class _Place:
    """What one media server says."""

    people: dict[str, Participant] = field(default_factory=dict)
    publications: dict[str, Publication] = field(default_factory=dict)
    speaking: frozenset[str] = frozenset()


class Gathering:
    """The people of one call. Events are given by `settle` alone, after any number of changes."""

    def __init__(self, me: str) -> None:
        self._me = me
        self._members: dict[str, Member] = {}
        self._places: dict[str, _Place] = {}
        self._shown: dict[str, Participant] = {}
        self._publications: dict[str, Publication] = {}
        self._places_of: dict[str, str] = {}
        self._speaking: frozenset[str] = frozenset()

    def gather(self, members: Mapping[str, Member]) -> None:
        """These are in the call, by their identities."""
        self._members = dict(members)

    def somebody(self, focus: str, participant: Participant) -> None:
        """A media server knows somebody, or knows more of them."""
        place = self._place(focus)
        before = place.people.get(participant.id)
        quality = participant.quality
        if before is not None and quality is Quality.UNKNOWN:
            quality = before.quality
        place.people[participant.id] = replace(participant, quality=quality)

    def nobody(self, focus: str, identity: str) -> None:
        """Somebody left a media server."""
        place = self._place(focus)
        place.people.pop(identity, None)
        place.publications = {k: p for k, p in place.publications.items() if p.participant_id != identity}
        place.speaking -= {identity}

    def published(self, focus: str, publication: Publication) -> None:
        """A media server carries something, or it changed."""
        self._place(focus).publications[publication.id] = publication

    def withdrawn(self, focus: str, publication_id: str) -> None:
        """It carries it no longer."""
        self._place(focus).publications.pop(publication_id, None)

    def speaking(self, focus: str, identities: frozenset[str]) -> None:
        """All who speak on one media server."""
        self._place(focus).speaking = identities

    def quality(self, focus: str, identity: str, quality: Quality) -> None:
        """A media server's judgement of somebody's connection."""
        person = self._place(focus).people.get(identity)
        if person is not None:
            self._place(focus).people[identity] = replace(person, quality=quality)

    def lost(self, focus: str) -> None:
        """A media server is gone with all it carried."""
        self._places.pop(focus, None)

    @property
    def publications(self) -> Mapping[str, Publication]:
        """What was told of, by id."""
        return self._publications

    def place_of(self, publication_id: str) -> str | None:
        """Which media server carries what was told of, None for what was not."""
        return self._places_of.get(publication_id)

    def me(self) -> Participant:
        """Oneself, as one is to be shown."""
        return self._seen(self._me, self._members.get(self._me, Member("", "")))

    def tell_me(self) -> Participant:
        """Oneself as one is shown from now on."""
        self._shown[self._me] = me = self.me()
        return me

    def settle(self, *, arrived: bool = True) -> list[ServerEvent]:
        """What differs from what was told last; `arrived` says whether who is new has only just come."""
        wanted = {identity: self._seen(identity, member) for identity, member in self._members.items()}
        wanted.setdefault(self._me, self.me())
        carried = {pid: (p, focus) for focus, place in self._places.items() for pid, p in place.publications.items()}
        publications = {pid: p for pid, (p, focus) in carried.items() if self._is_at(p.participant_id, focus)}
        gone = [pid for pid in self._publications if pid not in publications]
        left = [identity for identity in self._shown if identity not in wanted]
        events: list[ServerEvent] = [PublicationGone(pid) for pid in gone]
        speakers = self._speakers(wanted)
        if speakers != self._speaking and not speakers >= self._speaking:
            events.append(SpeakersChanged(speakers & self._speaking))
        events += [ParticipantLeft(identity) for identity in left]
        for identity, person in wanted.items():
            events += self._changes(self._shown.get(identity), person, arrived=arrived)
        events += [PublicationChanged(p) for pid, p in publications.items() if self._publications.get(pid) != p]
        if speakers - self._speaking:
            events.append(SpeakersChanged(speakers))
        self._shown, self._publications, self._speaking = wanted, publications, speakers
        self._places_of = {pid: carried[pid][1] for pid in publications}
        return events

    def _changes(self, before: Participant | None, now: Participant, *, arrived: bool) -> list[ServerEvent]:
        if before is None:
            hand = [HandChanged(now.id, now.hand_raised_at_ms)] if now.hand_raised_at_ms is not None else []
            return [ParticipantChanged(now, arrived and not now.is_me), *hand]
        events: list[ServerEvent] = []
        if replace(now, quality=before.quality, hand_raised_at_ms=before.hand_raised_at_ms) != before:
            events.append(ParticipantChanged(now))
        if now.hand_raised_at_ms != before.hand_raised_at_ms:
            events.append(HandChanged(now.id, now.hand_raised_at_ms))
        if now.quality is not before.quality:
            events.append(QualityChanged(now.id, now.quality))
        return events

    def _speakers(self, wanted: Mapping[str, Participant]) -> frozenset[str]:
        everybody = (identity for place in self._places.values() for identity in place.speaking)
        return frozenset(identity for identity in everybody if identity in wanted)

    def _seen(self, identity: str, member: Member) -> Participant:
        known = self._places.get(member.focus)
        person = known.people.get(identity) if known is not None else None
        quality = Quality.UNKNOWN if person is None else person.quality
        name = member.name or identity
        return Participant(
            identity,
            name,
            identity == self._me,
            hand_raised_at_ms=member.hand_raised_at_ms,
            quality=quality,
            removable=member.removable,
        )

    def _is_at(self, identity: str, focus: str) -> bool:
        member = self._members.get(identity)
        return member is not None and member.focus == focus

    def _place(self, focus: str) -> _Place:
        return self._places.setdefault(focus, _Place())
