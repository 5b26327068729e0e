"""What a person asks of the server."""

from dataclasses import replace
from typing import get_args

import pytest

from tests.helpers.dialogue import Dialogue
from visio_desktop.meeting import effects as do
from visio_desktop.meeting import events as ev
from visio_desktop.meeting import intents as want
from visio_desktop.meeting import requests as req
from visio_desktop.meeting.asking import needed
from visio_desktop.meeting.bounds import LONGEST_CHAT, LONGEST_NAME
from visio_desktop.meeting.rooms import Emoji, Knock, RecordingKind, Room, Rules
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Capability, ChatMessage, Participant, Problem, ProblemCode, Role

ME = Participant("me", "Odile", is_me=True)
AMINA = Participant("a", "Amina")
EVERYTHING = Capability(sum(c.value for c in Capability))
KNOCKS = (Knock("k1", "Kim"), Knock("k2", "Kofi"))
MINE = ChatMessage("mine", "me", "Odile", "helo", 5.0, is_mine=True)
ROOM = Meeting(
    page=Page.ROOM,
    name="Odile",
    participants=(ME, AMINA),
    capabilities=EVERYTHING,
    chat=(MINE, replace(MINE, id="hers", sender_id="a", is_mine=False), replace(MINE, id="unsent", failed=True)),
    room=Room(waiting=KNOCKS),
)
REQUESTS: tuple[req.Request, ...] = (
    req.React(Emoji.RED_HEART),
    req.Rename("Odile O."),
    req.EditChat("mine", "hello"),
    req.LowerHand("a"),
    req.MuteOther("a"),
    req.MuteEveryone(),
    req.RemovePerson("a"),
    req.SetRole("a", Role.ADMINISTRATOR),
    req.LetSpeak("a", allowed=False),
    req.ClearChat(),
    req.SetRules(Rules()),
    req.SetLock(locked=True),
    req.Admit("k1", allowed=True),
    req.AdmitEveryone(),
    req.StartRecording(RecordingKind.SCREEN),
    req.StartRecording(RecordingKind.TRANSCRIPT),
    req.StopRecording(),
    req.RequestRecording(RecordingKind.SCREEN),
    req.StartCaptions(),
)
REFUSED = Problem(ProblemCode.REQUEST_REFUSED)


def ask(meeting: Meeting, request: req.Request) -> Dialogue:
    return Dialogue(meeting) << want.AskServer(request, 1.0)


def test_all_requests_are_here() -> None:
    assert {type(request) for request in REQUESTS} == set(get_args(req.Request))


@pytest.mark.parametrize("request_", REQUESTS)
def test_each_is_delivered_where_its_capability_is_and_refused_without(request_: req.Request) -> None:
    assert do.Deliver(request_) in ask(replace(ROOM, capabilities=needed(request_)), request_).effects
    refused = ask(replace(ROOM, capabilities=EVERYTHING & ~needed(request_)), request_) >> ()
    assert [toast.problem for toast in refused.meeting.toasts] == [REFUSED]
    lost = ask(replace(ROOM, reconnecting=True), request_) >> ()
    assert lost.meeting.room == ROOM.room
    elsewhere = replace(ROOM, page=Page.ENDED)
    assert (ask(elsewhere, request_) >> ()).meeting == elsewhere


@pytest.mark.parametrize(
    "request_",
    [
        req.Rename("  "),
        req.Rename("Odile"),
        req.EditChat("mine", " "),
        req.EditChat("mine", "helo"),
        req.EditChat("hers", "I resign"),
        req.EditChat("nobody's", "x"),
        req.EditChat("unsent", "x"),
        req.LowerHand("nobody"),
        req.MuteOther("me"),
        req.RemovePerson("me"),
        req.SetRole("me", Role.OWNER),
        req.LetSpeak("me", allowed=False),
        req.Admit("nobody", allowed=True),
    ],
)
def test_what_makes_no_sense_is_not_asked(request_: req.Request) -> None:
    assert (ask(ROOM, request_) >> ()).meeting == ROOM


def test_a_new_name_is_kept_for_coming_back_and_shown_when_the_server_says_so() -> None:
    dialogue = ask(ROOM, req.Rename("  Odile \n Owner "))
    dialogue >> (do.Deliver(req.Rename("Odile Owner")), do.Remember("name", "Odile Owner"))
    assert dialogue.meeting.name == "Odile Owner"
    assert dialogue.meeting.me == ME
    dialogue << ev.ParticipantChanged(replace(ME, name="Odile Owner"))
    assert dialogue.meeting.me == replace(ME, name="Odile Owner")
    giant = ask(ROOM, req.Rename("x" * 1_000))
    assert giant.effects[0] == do.Deliver(req.Rename("x" * LONGEST_NAME))


def test_an_edited_line_changes_when_the_server_has_it() -> None:
    dialogue = ask(ROOM, req.EditChat("mine", " hello " + "!" * LONGEST_CHAT))
    (effect,) = dialogue.effects
    assert isinstance(effect, do.Deliver)
    assert isinstance(effect.request, req.EditChat)
    assert len(effect.request.text) == LONGEST_CHAT
    assert dialogue.meeting.chat == ROOM.chat
    dialogue << ev.RequestDone(req.EditChat("mine", "hello"))
    assert dialogue.meeting.chat[0] == replace(MINE, text="hello", edited=True)


def test_a_refusal_says_so_and_changes_nothing_else() -> None:
    busy = Problem(ProblemCode.SERVER_BUSY, "visio.example")
    dialogue = Dialogue(ROOM) << ev.RequestRefused(req.EditChat("mine", "hello"), busy)
    assert [toast.problem for toast in dialogue.meeting.toasts] == [busy]
    assert dialogue.meeting.chat == ROOM.chat
    home = Meeting()
    assert (Dialogue(home) << ev.RequestRefused(req.MuteEveryone(), busy)).meeting == home


def test_who_was_answered_waits_no_more() -> None:
    dialogue = Dialogue(ROOM) << ev.RequestDone(req.Admit("k1", allowed=False))
    assert dialogue.meeting.room.waiting == KNOCKS[1:]
    assert (Dialogue(ROOM) << ev.RequestDone(req.AdmitEveryone())).meeting.room.waiting == ()


def test_who_asked_for_a_recording_hears_that_it_was_asked() -> None:
    dialogue = Dialogue(ROOM) << ev.RequestDone(req.RequestRecording(RecordingKind.TRANSCRIPT))
    assert [toast.key for toast in dialogue.meeting.toasts] == ["asked_transcript"]


def test_nobody_is_let_in_where_nobody_waits() -> None:
    Dialogue(replace(ROOM, room=Room())) << want.AskServer(req.AdmitEveryone()) >> ()
