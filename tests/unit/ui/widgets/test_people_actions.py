from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.people_views import LEADING, led
from visio_desktop.meeting.asking import needed
from visio_desktop.meeting.intents import AskServer, Pin, SetHand
from visio_desktop.meeting.requests import LetSpeak, LowerHand, MuteEveryone, MuteOther, RemovePerson, SetRole
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Capability, Role
from visio_desktop.ui.widgets.people_actions import Entry, Writing, entries_for, entries_for_everybody

LED = led()


def does(meeting: Meeting, person: int) -> list[object]:
    return [each for entry in entries_for(meeting, meeting.participants[person]) for each in _parts(entry)]


def _parts(entry: Entry) -> tuple[object, ...]:
    return entry.does if isinstance(entry.does, tuple) else (entry.does,)


def test_of_oneself_the_name_is_changed_and_the_hand_lowered() -> None:
    assert does(LED, 0) == [Pin("p0:camera"), Writing.OWN_NAME]
    me = replace(LED.participants[0], hand_raised_at_ms=1.0)
    raised = replace(LED, participants=(me, *LED.participants[1:]))
    assert does(raised, 0) == [Pin("p0:camera"), Writing.OWN_NAME, SetHand(raised=False)]


def test_of_a_member_everything_may_be_done_that_makes_sense() -> None:
    assert does(LED, 2) == [
        Pin("p2:camera"),
        Writing.VOLUME,
        AskServer(LowerHand("p2")),
        AskServer(MuteOther("p2")),
        AskServer(SetRole("p2", Role.ADMINISTRATOR)),
        AskServer(RemovePerson("p2")),
    ]


def test_who_is_muted_is_not_muted_and_whom_the_server_does_not_know_gets_no_role() -> None:
    assert does(LED, 3) == [Pin("p3:camera"), Writing.VOLUME, AskServer(RemovePerson("p3"))]


def test_from_an_owner_no_role_is_taken_but_from_an_administrator() -> None:
    assert AskServer(SetRole("p1", Role.MEMBER)) in does(LED, 1)
    owner = replace(LED.participants[1], role=Role.OWNER)
    meeting = replace(LED, participants=(LED.participants[0], owner))
    assert not any(isinstance(each, AskServer) and isinstance(each.request, SetRole) for each in does(meeting, 1))


def test_speech_is_given_and_taken_and_whom_the_server_keeps_is_not_removed() -> None:
    speech = replace(LED, capabilities=Capability.SPEECH | Capability.REMOVE)
    assert does(speech, 2)[-2:] == [AskServer(LetSpeak("p2", allowed=False)), AskServer(RemovePerson("p2"))]
    silent = replace(LED.participants[2], may_send=False, removable=False)
    meeting = replace(speech, participants=(*LED.participants[:2], silent))
    assert does(meeting, 2)[-1] == AskServer(LetSpeak("p2", allowed=True))
    assert [entry.question != "" for entry in entries_for(speech, speech.participants[2])[-2:]] == [True, True]
    assert entries_for(meeting, silent)[-1].question == ""


def test_what_cannot_be_undone_is_asked_about_first() -> None:
    asked = [entry.does for entry in entries_for(LED, LED.participants[1]) if entry.question]
    assert asked == [(AskServer(SetRole("p1", Role.MEMBER)),), (AskServer(RemovePerson("p1")),)]
    assert all(entry.yes for entry in entries_for(LED, LED.participants[1]) if entry.question)


def test_a_pinned_picture_is_unpinned() -> None:
    assert does(replace(LED, pinned="p2:camera"), 2)[0] == Pin(None)


def test_all_hands_are_lowered_in_the_order_of_the_queue_and_all_are_muted() -> None:
    lower, mute = entries_for_everybody(LED)
    assert lower.does == (AskServer(LowerHand("p4")), AskServer(LowerHand("p2")))
    assert not lower.question
    assert mute.does == (AskServer(MuteEveryone()),)
    assert mute.question


def test_muting_all_is_for_those_who_lead() -> None:
    member = replace(LED, participants=(replace(LED.participants[0], role=Role.MEMBER), *LED.participants[1:]))
    assert [entry.does for entry in entries_for_everybody(member)] == [
        (AskServer(LowerHand("p4")), AskServer(LowerHand("p2")))
    ]
    assert entries_for_everybody(replace(member, capabilities=Capability.MUTE_OTHERS)) == ()


@given(st.sets(st.sampled_from(list(LEADING | Capability.HAND))))
def test_nothing_is_offered_that_the_server_cannot_do(chosen: set[Capability]) -> None:
    capabilities = Capability.NONE
    for one in chosen:
        capabilities |= one
    meeting = replace(LED, capabilities=capabilities)
    entries = [*entries_for_everybody(meeting)]
    for person in meeting.participants:
        entries += entries_for(meeting, person)
    for entry in entries:
        for each in _parts(entry):
            match each:
                case AskServer(request):
                    assert needed(request) & capabilities
                case Writing.OWN_NAME:
                    assert Capability.RENAME in capabilities
                case SetHand():
                    assert capabilities & (Capability.HAND | Capability.LOWER_HANDS)
                case _:
                    assert each is Writing.VOLUME or isinstance(each, Pin)
