"""Who is in the room, with what: the room's words in, the meeting's events out."""

from __future__ import annotations

from collections.abc import Iterator
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
from visio_desktop.meeting.values import Participant, Publication
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.janus.convention import describe_hand, read_hand, read_source

type Key = int | str
type Stream = tuple[str, str]
"""Whose, and which m-line of theirs; `DATA` for that of their messages."""
type Offered = dict[Stream, tuple[Key, str]]
"""All that can be received, with whose and which it is in the room's words."""

LONGEST_NAME = 128
_MOST_PEOPLE = 1_000
_MOST_STREAMS = 16
DATA = "data"


def publication_id(person: str, mid: str) -> str:
    """How a stream is called in the meeting."""
    return f"{person}:{mid}"


@dataclass(slots=True)
class _Person:
    key: Key
    name: str
    publications: dict[str, Publication] = field(default_factory=dict)
    mids: dict[str, str] = field(default_factory=dict)
    hand: float | None = None


class Roster:
    """Everybody but oneself."""

    def __init__(self) -> None:
        self._people: dict[str, _Person] = {}
        self._speaking: frozenset[str] = frozenset()

    @property
    def streams(self) -> Offered:
        """All that is sent."""
        return {
            (who, stream): (person.key, mid)
            for who, person in self._people.items()
            for stream, mid in person.mids.items()
        }

    def key(self, person: str) -> Key | None:
        """How the room calls somebody."""
        found = self._people.get(person)
        return None if found is None else found.key

    def name(self, person: str) -> str:
        """Somebody's name."""
        found = self._people.get(person)
        return "" if found is None else found.name

    def publication(self, person: str, mid: str) -> Publication | None:
        """One of somebody's streams."""
        found = self._people.get(person)
        return None if found is None else found.publications.get(mid)

    def read(self, room: Fields, *, arriving: bool = True) -> Iterator[ServerEvent]:
        """All that a message says of the others; `arriving`: who is new in it came after us."""
        for listed in (*room.objects("attendees"), *_one(room, "joining")):
            yield from self._present(listed, arriving=arriving)
        for listed in room.objects("publishers"):
            yield from self._publishes(listed, arriving=arriving)
        if "display" in room and "id" in room:
            yield from self._present(room, arriving=arriving)
        if (left := room.key("unpublished")) is not None:
            yield from self._streams(str(left), [])
        for how in ("leaving", "kicked"):
            if (left := room.key(how)) is not None:
                yield from self._gone(str(left))
        yield from self._talks(room)

    def replace(self, people: list[Fields], publishers: list[Fields]) -> Iterator[ServerEvent]:
        """Take this for the whole room, after a time in which nothing was heard of it.

        `publishers` say nothing of messages and hands: these stay as they were.
        """
        here = {str(key) for each in people if (key := each.key("id")) is not None}
        for who in [who for who in self._people if who not in here]:
            yield from self._gone(who)
        for listed in people:
            yield from self._present(listed, arriving=True)
        told = {str(each.key("id")) for each in publishers}
        for who in [who for who in self._people if who not in told]:
            yield from self._streams(who, self._messages(who))
        for listed in publishers:
            yield from self._present(listed, arriving=True)
            who = str(listed.key("id"))
            yield from self._streams(who, [*self._messages(who), *listed.objects("streams")[:_MOST_STREAMS]])

    def _messages(self, who: str) -> list[Fields]:
        """The stream of somebody's messages, in the room's words."""
        person = self._people.get(who)
        mid = person.mids.get(DATA) if person is not None else None
        if person is None or mid is None:
            return []
        return [Fields({"type": DATA, "mid": mid, "description": describe_hand(person.hand)})]

    def _present(self, listed: Fields, *, arriving: bool) -> Iterator[ServerEvent]:
        key = listed.key("id")
        if key is None:
            return
        who, name = str(key), listed.text("display", longest=LONGEST_NAME)
        person = self._people.get(who)
        if person is None and len(self._people) >= _MOST_PEOPLE:
            return
        if person is not None and (not name or person.name == name):
            return
        is_new = person is None
        if person is None:
            person = self._people[who] = _Person(key, name)
        person.name = name
        yield ParticipantChanged(Participant(who, name, is_me=False), arrived=is_new and arriving)

    def _publishes(self, listed: Fields, *, arriving: bool) -> Iterator[ServerEvent]:
        yield from self._present(listed, arriving=arriving)
        key = listed.key("id")
        if key is not None:
            yield from self._streams(str(key), listed.objects("streams")[:_MOST_STREAMS])
            yield from self._talk(str(key), on=any(each.flag("talking") for each in listed.objects("streams")))

    def _streams(self, who: str, streams: list[Fields]) -> Iterator[ServerEvent]:
        person = self._people.get(who)
        if person is None:
            return
        live = [each for each in streams if not each.flag("disabled") and each.text("mid")]
        found = {each.id: each for each in _publications(who, live)}
        before = {each.id: each for each in person.publications.values()}
        person.mids = {DATA if each.text("type") == DATA else each.text("mid"): each.text("mid") for each in live}
        person.publications = {id_.rpartition(":")[2]: each for id_, each in found.items()}
        yield from (PublicationGone(id_) for id_ in before if id_ not in found)
        yield from (PublicationChanged(each) for id_, each in found.items() if before.get(id_) != each)
        hands = (read_hand(each.text("description")) for each in live if each.text("type") == DATA)
        yield from self._hand(person, who, next(hands, None))

    @staticmethod
    def _hand(person: _Person, who: str, hand: float | None) -> Iterator[ServerEvent]:
        if hand != person.hand:
            person.hand = hand
            yield HandChanged(who, hand)

    def _gone(self, who: str) -> Iterator[ServerEvent]:
        if self._people.pop(who, None) is not None:
            yield ParticipantLeft(who)
            yield from self._talk(who, on=False)

    def _talks(self, room: Fields) -> Iterator[ServerEvent]:
        match room.text("videoroom"), room.key("id"):
            case "talking" | "stopped-talking" as what, key if key is not None:
                yield from self._talk(str(key), on=what == "talking")
            case _:
                pass

    def _talk(self, who: str, *, on: bool) -> Iterator[ServerEvent]:
        now = self._speaking | {who} if on else self._speaking - {who}
        if now != self._speaking:
            self._speaking = now
            yield SpeakersChanged(now)


def _one(room: Fields, name: str) -> tuple[Fields, ...]:
    found = room.object(name)
    return (found,) if found else ()


def _publications(who: str, streams: list[Fields]) -> Iterator[Publication]:
    seen: set[str] = set()
    for each in streams:
        kind, mid = each.text("type"), each.text("mid", longest=32)
        if kind not in {"audio", "video"} or not mid:
            continue
        source, muted = read_source(kind, each.text("description"), first=kind not in seen)
        seen.add(kind)
        yield Publication(publication_id(who, mid), who, source, muted or each.flag("moderated"))
