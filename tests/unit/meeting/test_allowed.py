"""What one may send."""

from dataclasses import replace

import pytest

from tests.helpers.dialogue import Dialogue
from visio_desktop.meeting import effects as do
from visio_desktop.meeting import events as ev
from visio_desktop.meeting import intents as want
from visio_desktop.meeting.allowed import turn_off
from visio_desktop.meeting.rooms import EVERY_SOURCE
from visio_desktop.meeting.state import DeviceState, Meeting, Page
from visio_desktop.meeting.values import Capability, DeviceKind, MeetingLink, Participant, Problem, ProblemCode, Source

LINK = MeetingLink("lasuite", "https://visio.example/abc", "visio.example", "abc")
ME = Participant("me", "Odile", is_me=True)
JOINED = ev.Joined(ME, "r", Capability.CHAT, 1_000.0)
ALL_ON = Meeting(
    page=Page.ROOM,
    link=LINK,
    name="Odile",
    participants=(ME,),
    microphone_on=True,
    camera_on=True,
    screen_on=True,
    camera=DeviceState("default", "Webcam"),
)
GATES = tuple(do.SetSending(s, on=False) for s in (Source.MICROPHONE, Source.CAMERA, Source.SCREEN))


def keys(dialogue: Dialogue) -> list[str]:
    return [toast.key for toast in dialogue.meeting.toasts]


def test_what_is_no_longer_allowed_is_turned_off_at_once_and_told() -> None:
    dialogue = Dialogue(ALL_ON) << ev.SendingAllowed(frozenset())
    dialogue >> (*GATES, do.CloseDevice(DeviceKind.CAMERA))
    assert not any(dialogue.meeting.is_on(source) for source in Source)
    assert dialogue.meeting.camera == DeviceState("default")
    assert keys(dialogue) == ["not_allowed_microphone", "not_allowed_camera", "not_allowed_screen"]


@pytest.mark.parametrize("source", [Source.MICROPHONE, Source.CAMERA, Source.SCREEN])
def test_it_cannot_be_turned_on_until_it_is_allowed_again(source: Source) -> None:
    dialogue = Dialogue(ALL_ON) << ev.SendingAllowed(EVERY_SOURCE - {source})
    dialogue << want.SetSourceOn(source, on=True) >> ()
    assert keys(dialogue) == [f"not_allowed_{source.value}"]
    dialogue << ev.SendingAllowed(EVERY_SOURCE)
    assert keys(dialogue)[-1] == f"allowed_{source.value}"
    dialogue << want.SetSourceOn(source, on=True)
    assert do.SetSending(source, on=True) in dialogue.effects


def test_neither_push_to_talk_nor_another_device_nor_coming_back_gets_around_it() -> None:
    dialogue = Dialogue(ALL_ON) << ev.SendingAllowed(frozenset({Source.SCREEN}))
    dialogue << want.HoldToTalk(held=True) >> ()
    assert not dialogue.meeting.held_to_talk
    dialogue << want.ChooseDevice(DeviceKind.CAMERA, "cam1") >> do.Remember("camera", "cam1")
    dialogue << ev.Dropped(Problem(ProblemCode.CONNECTION_LOST), may_retry=True) << ev.RetryDue(1) << JOINED
    assert [e for e in dialogue.effects if isinstance(e, do.SetSending)] == [do.SetSending(Source.SCREEN, on=True)]
    dialogue << ev.SendingAllowed(frozenset({Source.SCREEN})) >> ()
    dialogue << want.SetSourceOn(Source.MICROPHONE, on=True) >> ()


def test_what_was_taken_before_a_loss_stays_off_until_one_turns_it_on() -> None:
    dialogue = Dialogue(ALL_ON) << ev.SendingAllowed(frozenset())
    dialogue << ev.Dropped(Problem(ProblemCode.CONNECTION_LOST), may_retry=True)
    dialogue << want.SetSourceOn(Source.MICROPHONE, on=True) >> ()
    dialogue << ev.RetryDue(1) << JOINED
    assert not any(dialogue.meeting.is_on(source) for source in Source)
    dialogue << want.SetSourceOn(Source.MICROPHONE, on=True)
    assert do.SetSending(Source.MICROPHONE, on=True) in dialogue.effects


def test_somebody_who_talks_while_holding_the_key_is_cut_off() -> None:
    dialogue = Dialogue(replace(ALL_ON, microphone_on=False)) << want.HoldToTalk(held=True)
    dialogue << ev.SendingAllowed(frozenset({Source.CAMERA, Source.SCREEN})) >> GATES[0]
    dialogue << want.HoldToTalk(held=False) >> ()


def test_what_was_said_before_joining_holds_after_it() -> None:
    joining = replace(ALL_ON, page=Page.JOINING, participants=(), screen_on=False)
    dialogue = Dialogue(joining) << ev.SendingAllowed(frozenset({Source.CAMERA})) << JOINED
    assert [e for e in dialogue.effects if isinstance(e, do.SetSending)] == [do.SetSending(Source.CAMERA, on=True)]


def test_another_meeting_allows_anew() -> None:
    dialogue = Dialogue(ALL_ON) << ev.SendingAllowed(frozenset()) << want.Leave() << want.Rejoin() << JOINED
    dialogue << want.SetSourceOn(Source.MICROPHONE, on=True)
    assert do.SetSending(Source.MICROPHONE, on=True) in dialogue.effects


def test_only_what_is_on_is_turned_off_and_told() -> None:
    off, effects = turn_off(replace(ALL_ON, camera_on=False), tuple(Source), "muted")
    assert effects == (GATES[0], GATES[2])
    assert [toast.key for toast in off.toasts] == ["muted_microphone", "muted_screen"]


def test_the_sound_of_a_screen_is_allowed_by_itself() -> None:
    silent = EVERY_SOURCE - {Source.SCREEN_AUDIO}
    with_sound = Dialogue(replace(ALL_ON, screen_sound=True)) << ev.SendingAllowed(silent)
    with_sound >> do.SetSending(Source.SCREEN, on=True, sound=False)
    assert with_sound.meeting.screen_on
    without = Dialogue(ALL_ON) << ev.SendingAllowed(silent)
    without >> ()
    again = Dialogue(with_sound.meeting) << want.SetSourceOn(Source.SCREEN, on=False)
    again << want.SetSourceOn(Source.SCREEN, on=True) >> do.SetSending(Source.SCREEN, on=True, sound=False)
