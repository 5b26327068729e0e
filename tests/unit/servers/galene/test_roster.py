from __future__ import annotations

import json
from typing import Any

from visio_desktop.meeting.events import HandChanged, ParticipantChanged, ParticipantLeft, RecordingChanged
from visio_desktop.meeting.rooms import Recording, RecordingKind, RecordingState
from visio_desktop.meeting.values import Participant, Role, Source
from visio_desktop.servers.galene.roster import Roster, hand_data, muted_data
from visio_desktop.servers.galene.words import Said, parse


def user(kind: str, person: str, name: str = "Bob", *permissions: str, **data: Any) -> Said:
    told = {"type": "user", "kind": kind, "id": person, "username": name, "permissions": permissions, "data": data}
    return parse(json.dumps(told))


def roster() -> Roster:
    return Roster("me", lambda: 99.0)


def test_people_come_change_and_go() -> None:
    people = roster()
    bob = Participant("b", "Bob", may_send=False)
    assert people.read(user("add", "b"), arriving=True) == [ParticipantChanged(bob, arrived=True)]
    assert people.read(user("change", "b"), arriving=True) == []
    led = people.read(user("change", "b", "Bob", "op", "present"), arriving=True)
    assert led == [ParticipantChanged(Participant("b", "Bob", role=Role.ADMINISTRATOR))]
    assert ("b" in people, people.name("b"), people.name("x"), len(people)) == (True, "Bob", "", 1)
    assert people.read(user("delete", "b"), arriving=True) == [ParticipantLeft("b")]
    assert people.read(user("delete", "b"), arriving=True) == []


def test_oneself_and_those_who_were_there_do_not_arrive_and_nobody_has_no_name() -> None:
    people = roster()
    assert people.read(user("add", "me", ""), arriving=True) == [
        ParticipantChanged(Participant("me", "Anonymous", is_me=True, may_send=False))
    ]
    assert people.read(user("add", "b"), arriving=False) == [
        ParticipantChanged(Participant("b", "Bob", may_send=False))
    ]
    assert people.read(user("what", "c"), arriving=False) == []
    assert people.read(user("add", ""), arriving=False) == []


def test_hands_have_the_time_their_owner_says_or_that_of_hearing_of_it() -> None:
    people = roster()
    ours = {key: value for key, value in hand_data(5.0).items() if value is not None}
    assert people.read(user("add", "b", **ours), arriving=True)[1:] == [HandChanged("b", 5.0)]
    assert people.read(user("change", "b", **ours), arriving=True) == []
    assert people.read(user("change", "b"), arriving=True) == [HandChanged("b", None)]
    assert people.read(user("change", "b", raisehand=True), arriving=True) == [HandChanged("b", 99.0)]
    assert people.read(user("change", "b", raisehand=True), arriving=True) == []
    assert set(hand_data(None).values()) == {None}


def test_what_somebody_has_muted_is_in_their_data() -> None:
    people = roster()
    told = muted_data(frozenset({Source.MICROPHONE}))
    people.read(user("add", "b", **told), arriving=True)
    assert people.muted("b") == {Source.MICROPHONE}
    muted: dict[str, Any] = {"visio-muted": ["rubbish", 5]}
    people.read(user("change", "b", **muted), arriving=True)
    assert (people.muted("b"), people.muted("x")) == (frozenset(), frozenset())
    assert muted_data(frozenset()) == {"visio-muted": None}


def test_what_records_is_nobody_but_is_told_of() -> None:
    people = roster()
    now = Recording(RecordingKind.SCREEN, RecordingState.STARTED)
    assert people.read(user("add", "d", "RECORDING", "system"), arriving=True) == [RecordingChanged(now)]
    assert people.read(user("add", "e", "RECORDING", "system"), arriving=True) == []
    assert people.read(user("delete", "d"), arriving=True) == []
    assert people.read(user("delete", "e"), arriving=True) == [RecordingChanged(None)]
    assert people.read(user("add", "w", "WHIP", "system"), arriving=True) == []


def test_nobody_fills_the_room() -> None:
    people = roster()
    for number in range(1_500):
        people.read(user("add", f"p{number}"), arriving=True)
    assert len(people) == 1_000
