"""Who is in the call with what: what the server and the others say in, the meeting's events out.

What somebody sends is told by themselves: `mute` and `unmute` of `audio` and `video`. A camera that is off is not
there; a microphone is there from the first time it is open.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from visio_desktop.meeting.events import (
    HandChanged,
    ParticipantChanged,
    ParticipantLeft,
    PublicationChanged,
    PublicationGone,
    ServerEvent,
    SpeakersChanged,
)
from visio_desktop.meeting.values import Participant, Publication, Source
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.talk.rooms import IN_CALL, WITH_AUDIO, WITH_VIDEO, role

LONGEST_NAME = 128
_MOST_PEOPLE = 1_000
_NAMED = {"audio": Source.MICROPHONE, "video": Source.CAMERA}
type Actor = tuple[str, str]


def publication_id(person: str, source: Source) -> str:
    """How something that is sent is called in the meeting."""
    return f"{person}:{source.value}"


@dataclass(slots=True)
class Person:
    """Somebody in the call, by their session at the signalling server."""

    id: str
    flags: int = 0
    kind: int = 0
    actor: Actor = ("", "")
    nextcloud_session: str = ""
    name: str = ""
    hand: float | None = None
    told: set[Source] = field(default_factory=set)
    shown: dict[Source, Publication] = field(default_factory=dict)

    @property
    def sends(self) -> bool:
        """Whether there is a stream of theirs to ask for."""
        return bool(self.flags & (WITH_AUDIO | WITH_VIDEO))

    @property
    def participant(self) -> Participant:
        """As the meeting has them."""
        return Participant(self.id, self.name, hand_raised_at_ms=self.hand, role=role(self.kind))


class Roster:
    """Everybody but oneself, who is `me` at the signalling server."""

    def __init__(self) -> None:
        self._people: dict[str, Person] = {}
        self._speaking: frozenset[str] = frozenset()
        self._early: dict[str, list[tuple[str, Fields]]] = {}
        self._names: dict[str, str] = {}
        self._left: OrderedDict[str, None] = OrderedDict()
        self.me = ""

    @property
    def people(self) -> dict[str, Person]:
        """All of them, by session."""
        return self._people

    @property
    def is_name_missing(self) -> bool:
        """Whether somebody's name is not known."""
        return any(not person.name for person in self._people.values())

    def by_actor(self, actor: Actor) -> Person | None:
        """Somebody by who they are at Nextcloud."""
        return next((each for each in self._people.values() if each.actor == actor), None)

    def own(self, users: Iterable[Fields]) -> Fields:
        """How one is listed oneself, nothing where one is not."""
        return next((each for each in users if _session(each) == self.me), Fields(None))

    def has_told(self, session: str, source: Source) -> bool:
        """Whether somebody said themselves if they send this; who is not there has nothing to say."""
        person = self._people.get(session)
        return person is None or source in person.told

    # ---- from the server

    def listed(self, users: Iterable[Fields], *, arriving: bool, changed: bool = True) -> Iterator[ServerEvent]:
        """Participants as they are now; who is not named is as before.

        Lists are made by several processes at once, and an older one may come after a newer one. So only of those who
        `changed` it is believed that they left the call.
        """
        for each in users:
            session = _session(each)
            if not session or session == self.me or session in self._left:
                continue
            if (each.count("inCall") or 0) & IN_CALL:
                yield from self._present(session, each, arriving=arriving)
            elif changed:
                yield from self.gone(session)

    def left(self, session: str) -> Iterator[ServerEvent]:
        """A session left the room: it does not come back."""
        self._left[session] = None
        while len(self._left) > _MOST_PEOPLE:
            self._left.popitem(last=False)
        yield from self.gone(session)

    def joined(self, users: Iterable[Fields]) -> Iterator[ServerEvent]:
        """Sessions came into the room: of those with an account the name is told."""
        for each in users:
            name = _line(each.object("user").text("displayname"))
            if name and (session := _session(each)):
                self._names[session] = name
                yield from self._name(session, name)

    def named(self, entries: Iterable[Fields]) -> Iterator[ServerEvent]:
        """Names as Nextcloud has them."""
        for each in entries:
            name, session = _line(each.text("displayName")), each.text("sessionId")
            actor = (each.text("actorType"), each.text("actorId"))
            if not name:
                continue
            for person in list(self._people.values()):
                if (session and person.nextcloud_session == session) or (actor[1] and person.actor == actor):
                    yield from self._name(person.id, name)

    def gone(self, session: str) -> Iterator[ServerEvent]:
        """Somebody is not there any more."""
        self._early.pop(session, None)
        if self._people.pop(session, None) is not None:
            yield ParticipantLeft(session)
            yield from self._speaks(session, on=False)

    # ---- from the others

    def said(self, session: str, kind: str, payload: Fields) -> Iterator[ServerEvent]:
        """Somebody told all of a change of theirs; what comes before they do is kept for a while."""
        person = self._people.get(session)
        if person is None:
            kept = self._early.setdefault(session, []) if len(self._early) < _MOST_PEOPLE else []
            kept.append((kind, payload))
            del kept[:-20]
            return
        match kind:
            case "mute" | "unmute" if (source := _NAMED.get(payload.text("name"))) is not None:
                yield from self._heard_of(person, source, on=kind == "unmute")
            case "nickChanged":
                yield from self._name(session, _line(payload.text("name")))
            case "raiseHand":
                at_ms = payload.number("timestamp", largest=1e14)
                yield from self._hand(person, (at_ms or 0.0) if payload.flag("state") else None)
            case "speaking" | "stoppedSpeaking":
                yield from self._speaks(session, on=kind == "speaking")
            case _:
                pass

    def shows(self, session: str, source: Source) -> Iterator[ServerEvent]:
        """Media of somebody's screen is there, or of somebody who does not tell: it is taken for shown."""
        person = self._people.get(session)
        if person is not None and source not in person.shown:
            yield from self._publish(person, source, muted=False)

    def hides(self, session: str, source: Source) -> Iterator[ServerEvent]:
        """It is no longer there."""
        person = self._people.get(session)
        if person is not None and person.shown.pop(source, None) is not None:
            yield PublicationGone(publication_id(session, source))

    # ---- within

    def _present(self, session: str, listed: Fields, *, arriving: bool) -> Iterator[ServerEvent]:
        person = self._people.get(session)
        is_new = person is None
        if person is None:
            if len(self._people) >= _MOST_PEOPLE:
                return
            person = self._people[session] = Person(session, name=self._names.get(session, ""))
        before = person.participant
        person.flags = listed.count("inCall") or 0
        person.kind = listed.count("participantType") or person.kind
        person.actor = (listed.text("actorType") or person.actor[0], listed.text("actorId") or person.actor[1])
        person.nextcloud_session = listed.text("nextcloudSessionId") or person.nextcloud_session
        person.name = person.name or _line(listed.text("displayName"))
        if is_new or person.participant != before:
            yield ParticipantChanged(person.participant, arrived=is_new and arriving)
        for source, flag in ((Source.MICROPHONE, WITH_AUDIO), (Source.CAMERA, WITH_VIDEO)):
            if not person.flags & flag:
                yield from self.hides(session, source)
        for kind, payload in self._early.pop(session, []):
            yield from self.said(session, kind, payload)

    def _name(self, session: str, name: str) -> Iterator[ServerEvent]:
        person = self._people.get(session)
        if person is not None and name and name != person.name:
            person.name = name
            yield ParticipantChanged(person.participant)

    def _heard_of(self, person: Person, source: Source, *, on: bool) -> Iterator[ServerEvent]:
        person.told.add(source)
        if source is Source.CAMERA and not on:
            yield from self.hides(person.id, source)
        elif on or source in person.shown:
            yield from self._publish(person, source, muted=not on)
        if source is Source.MICROPHONE and not on:
            yield from self._speaks(person.id, on=False)

    @staticmethod
    def _publish(person: Person, source: Source, *, muted: bool) -> Iterator[ServerEvent]:
        now = Publication(publication_id(person.id, source), person.id, source, muted)
        if person.shown.get(source) != now:
            person.shown[source] = now
            yield PublicationChanged(now)

    @staticmethod
    def _hand(person: Person, hand: float | None) -> Iterator[ServerEvent]:
        if hand != person.hand:
            person.hand = hand
            yield HandChanged(person.id, hand)

    def _speaks(self, session: str, *, on: bool) -> Iterator[ServerEvent]:
        now = self._speaking | {session} if on else self._speaking - {session}
        if now != self._speaking:
            self._speaking = now
            yield SpeakersChanged(now)


def _session(listed: Fields) -> str:
    """Their session at the signalling server, in either spelling."""
    return listed.text("sessionId") or listed.text("sessionid")


def _line(name: str) -> str:
    line = " ".join(name.split())[:LONGEST_NAME]
    return line if line.isprintable() else ""
