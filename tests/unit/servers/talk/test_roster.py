from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.events import (
    HandChanged,
    ParticipantChanged,
    ParticipantLeft,
    PublicationChanged,
    PublicationGone,
    ServerEvent,
    SpeakersChanged,
)
from visio_desktop.meeting.values import Participant, Publication, Role, Source
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.talk.roster import Roster

BOB = {"sessionId": "b", "inCall": 7, "nextcloudSessionId": "nb", "actorType": "users", "actorId": "bob"}
MUTE, CAMERA = Fields({"name": "audio"}), Fields({"name": "video"})


def roster(*people: dict[str, Any]) -> Roster:
    made = Roster()
    made.me = "me"
    list(made.listed([Fields(each) for each in people], arriving=False))
    return made


def listed(made: Roster, *people: dict[str, Any], changed: bool = True) -> list[ServerEvent]:
    return list(made.listed([Fields(each) for each in people], arriving=True, changed=changed))


def test_who_is_in_the_call_is_there_and_oneself_is_not() -> None:
    made = roster({"sessionId": "me", "inCall": 7}, {"sessionid": "x", "inCall": 0})
    assert made.people == {}
    assert made.own([Fields({"sessionId": "me", "inCall": 3})]).count("inCall") == 3
    assert listed(made, {**BOB, "participantType": 2}) == [
        ParticipantChanged(Participant("b", "", role=Role.ADMINISTRATOR), arrived=True)
    ]
    assert (made.people["b"].sends, made.is_name_missing) == (True, True)
    assert listed(made, {**BOB, "participantType": 2}) == []
    assert listed(made, {**BOB, "inCall": 0}) == [ParticipantLeft("b")]


def test_an_older_list_puts_nobody_out_and_brings_nobody_back() -> None:
    made = roster(BOB)
    assert listed(made, {**BOB, "inCall": 0}, changed=False) == []
    assert list(made.left("b")) == [ParticipantLeft("b")]
    assert listed(made, BOB, changed=False) == []


def test_names_come_from_three_places() -> None:
    made = roster(BOB, {"sessionId": "c", "inCall": 1, "nextcloudSessionId": "nc"})
    entries = [
        {"displayName": "Bob", "actorType": "users", "actorId": "bob"},
        {"displayName": "Carol", "sessionId": "nc"},
    ]
    assert {e.participant.name for e in made.named(map(Fields, entries)) if isinstance(e, ParticipantChanged)} == {
        "Bob",
        "Carol",
    }
    (changed,) = made.said("c", "nickChanged", Fields({"name": " Caroline \n B."}))
    assert isinstance(changed, ParticipantChanged)
    assert list(made.joined([Fields({"sessionid": "d", "user": {"displayname": "Dan"}})])) == []
    assert listed(made, {"sessionId": "d", "inCall": 1}) == [ParticipantChanged(Participant("d", "Dan"), arrived=True)]
    assert not made.is_name_missing
    assert made.by_actor(("users", "bob")) is made.people["b"]


def test_a_camera_is_there_while_it_is_on_a_microphone_from_when_it_was() -> None:
    made = roster(BOB)
    assert list(made.said("b", "mute", MUTE)) == []
    assert made.has_told("b", Source.MICROPHONE)
    assert not made.has_told("b", Source.CAMERA)
    on = Publication("b:microphone", "b", Source.MICROPHONE)
    assert list(made.said("b", "unmute", MUTE)) == [PublicationChanged(on)]
    assert list(made.said("b", "speaking", Fields({}))) == [SpeakersChanged(frozenset({"b"}))]
    off = Publication("b:microphone", "b", Source.MICROPHONE, muted=True)
    assert list(made.said("b", "mute", MUTE)) == [PublicationChanged(off), SpeakersChanged(frozenset())]
    shown = Publication("b:camera", "b", Source.CAMERA)
    assert list(made.said("b", "unmute", CAMERA)) == [PublicationChanged(shown)]
    assert list(made.said("b", "unmute", CAMERA)) == []
    assert listed(made, {**BOB, "inCall": 3}) == [PublicationGone("b:camera")]
    assert list(made.said("b", "unmute", Fields({"name": "x"}))) == []


def test_hands_and_screens() -> None:
    made = roster(BOB)
    raised = Fields({"state": True, "timestamp": 5})
    assert list(made.said("b", "raiseHand", raised)) == [HandChanged("b", 5.0)]
    assert list(made.said("b", "raiseHand", raised)) == []
    assert list(made.said("b", "raiseHand", Fields({"state": False}))) == [HandChanged("b", None)]
    screen = Publication("b:screen", "b", Source.SCREEN)
    assert list(made.shows("b", Source.SCREEN)) == [PublicationChanged(screen)]
    assert list(made.shows("b", Source.SCREEN)) == []
    assert list(made.hides("b", Source.SCREEN)) == [PublicationGone("b:screen")]
    assert list(made.shows("nobody", Source.SCREEN)) == []


def test_what_somebody_says_before_they_are_known_counts_once_they_are() -> None:
    made = roster()
    assert list(made.said("b", "unmute", MUTE)) == []
    assert [type(event) for event in listed(made, BOB)] == [ParticipantChanged, PublicationChanged]


KINDS = st.sampled_from(["mute", "unmute", "raiseHand", "x", "in", "out"])


@given(st.lists(st.tuples(st.sampled_from("abc"), KINDS), max_size=40))
def test_nothing_is_told_of_whom_nobody_knows(steps: list[tuple[str, str]]) -> None:
    made = roster()
    here: set[str] = set()
    for who, kind in steps:
        match kind:
            case "in":
                events = listed(made, {"sessionId": who, "inCall": 7})
            case "out":
                events = listed(made, {"sessionId": who, "inCall": 0})
            case _:
                events = list(made.said(who, kind, Fields({"name": "audio", "state": True, "timestamp": 1})))
        for event in events:
            if isinstance(event, ParticipantChanged):
                here.add(event.participant.id)
            elif isinstance(event, ParticipantLeft):
                here.discard(event.participant_id)
            elif isinstance(event, PublicationChanged):
                assert event.publication.participant_id in here
        assert here == set(made.people)
