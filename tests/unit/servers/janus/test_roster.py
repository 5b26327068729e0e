from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.servers.janus.test_words import JSON
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
from visio_desktop.servers.janus.roster import DATA, Roster

ADA = Participant("1", "Ada", is_me=False)
CAMERA = {"type": "video", "mid": "1", "description": "camera"}
MUTED = {"type": "audio", "mid": "2", "description": "microphone muted"}
HAND = {"type": "data", "mid": "0", "description": "hand 5"}


def told(roster: Roster, *, arriving: bool = True, **room: Any) -> list[ServerEvent]:
    return list(roster.read(Fields(room), arriving=arriving))


def test_those_who_are_there_and_those_who_come() -> None:
    roster = Roster()
    assert told(roster, arriving=False, attendees=[{"id": 1, "display": "Ada"}]) == [ParticipantChanged(ADA)]
    bob = Participant("2", "Bob", is_me=False)
    assert told(roster, joining={"id": 2, "display": "Bob"}) == [ParticipantChanged(bob, arrived=True)]
    assert told(roster, joining={"id": 2, "display": "Bob"}) == []
    assert told(roster, videoroom="event", id=2, display="Bob B.") == [
        ParticipantChanged(Participant("2", "Bob B.", is_me=False))
    ]
    assert roster.name("2") == "Bob B."
    assert told(roster, leaving=2) == [ParticipantLeft("2")]
    assert told(roster, kicked=2) == []


def test_what_they_send_and_how_it_changes() -> None:
    roster = Roster()
    camera = Publication("1:1", "1", Source.CAMERA)
    microphone = Publication("1:2", "1", Source.MICROPHONE, muted=True)
    first = told(roster, publishers=[{"id": 1, "display": "Ada", "streams": [HAND, CAMERA, MUTED]}])
    assert first == [
        ParticipantChanged(ADA, arrived=True),
        PublicationChanged(camera),
        PublicationChanged(microphone),
        HandChanged("1", 5.0),
    ]
    assert roster.streams == {("1", DATA): (1, "0"), ("1", "1"): (1, "1"), ("1", "2"): (1, "2")}
    assert roster.publication("1", "2") == microphone
    off = {**CAMERA, "disabled": True}
    second = told(roster, publishers=[{"id": 1, "streams": [{**HAND, "description": ""}, off, MUTED]}])
    assert second == [PublicationGone("1:1"), HandChanged("1", None)]
    assert told(roster, unpublished=1) == [PublicationGone("1:2")]
    assert roster.streams == {}


def test_who_speaks() -> None:
    roster = Roster()
    told(roster, attendees=[{"id": 1, "display": "Ada"}])
    assert told(roster, videoroom="talking", id=1) == [SpeakersChanged(frozenset({"1"}))]
    assert told(roster, videoroom="talking", id=1) == []
    assert told(roster, videoroom="stopped-talking", id=1) == [SpeakersChanged(frozenset())]


def test_the_whole_room_anew() -> None:
    roster = Roster()
    told(roster, publishers=[{"id": n, "display": f"P{n}", "streams": [HAND, CAMERA]} for n in (1, 2, 3)])
    people = [
        Fields({"id": 1, "display": "P1"}),
        Fields({"id": 3, "display": "P3"}),
        Fields({"id": 4, "display": "P4"}),
    ]
    events = list(roster.replace(people, [Fields({"id": 3, "display": "P3", "streams": [CAMERA, MUTED]})]))
    assert events == [
        ParticipantLeft("2"),
        ParticipantChanged(Participant("4", "P4", is_me=False), arrived=True),
        PublicationGone("1:1"),
        PublicationChanged(Publication("3:2", "3", Source.MICROPHONE, muted=True)),
    ]
    assert set(roster.streams) == {("1", DATA), ("3", DATA), ("3", "1"), ("3", "2")}


@given(
    st.lists(st.dictionaries(st.sampled_from(["attendees", "publishers", "joining", "leaving", "id", "display"]), JSON))
)
def test_whatever_comes_everybody_who_left_was_there(messages: list[dict[str, Any]]) -> None:
    roster, there = Roster(), set()
    for message in messages:
        for event in roster.read(Fields(message)):
            match event:
                case ParticipantChanged(participant):
                    there.add(participant.id)
                case ParticipantLeft(who):
                    there.remove(who)
                case _:
                    pass
    assert {who for who, _ in roster.streams} <= there
