from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.dialogue import Dialogue
from visio_desktop.meeting import effects as do
from visio_desktop.meeting import events as ev
from visio_desktop.meeting import intents as want
from visio_desktop.meeting.decided import undecided
from visio_desktop.meeting.intents import (
    ChooseDevice,
    ChooseLook,
    ChooseRinger,
    GoHome,
    Intent,
    SetName,
    SetSound,
    UseDevices,
)
from visio_desktop.meeting.look import BLUR, Look, PictureQuality
from visio_desktop.meeting.requests import StartRecording
from visio_desktop.meeting.rooms import RecordingKind
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.update import update
from visio_desktop.meeting.values import Capability, DeviceKind, MeetingLink, Participant, SoundWishes, Source

CAMERA, MICROPHONE = DeviceKind.CAMERA, DeviceKind.MICROPHONE
LINK = MeetingLink("lasuite", "https://visio.example/abc", "visio.example", "abc")
ME = Participant("me", "Ada", is_me=True)
USUAL = ev.Preferences("Ada", True, True, "cam", "mic", "out", ())
SHARES_AND_RECORDS = Capability.SCREEN_SHARE | Capability.RECORD | Capability.CHAT


def in_room(preferences: ev.Preferences) -> Dialogue:
    dialogue = Dialogue() << preferences << ev.LinkRecognised(LINK) << want.Join()
    return dialogue << ev.Joined(ME, "r", SHARES_AND_RECORDS, 1_000.0)


def test_what_is_withheld_is_not_offered_whatever_the_server_says() -> None:
    dialogue = in_room(replace(USUAL, withheld=Capability.SCREEN_SHARE | Capability.RECORD))
    assert dialogue.meeting.capabilities == Capability.CHAT
    dialogue << ev.CapabilitiesChanged(SHARES_AND_RECORDS)
    assert dialogue.meeting.capabilities == Capability.CHAT
    dialogue << want.AskServer(StartRecording(RecordingKind.SCREEN))
    assert not any(isinstance(effect, do.Deliver) for effect in dialogue.effects)


def test_a_screen_that_is_withheld_is_never_shared() -> None:
    dialogue = in_room(replace(USUAL, withheld=Capability.SCREEN_SHARE))
    for _ in range(2):
        dialogue << want.SetSourceOn(Source.SCREEN, on=True) >> ()
    assert not dialogue.meeting.screen_on
    assert [toast.key for toast in dialogue.meeting.toasts] == ["withheld_screen"]
    free = in_room(USUAL) << want.SetSourceOn(Source.SCREEN, on=True)
    assert free.meeting.screen_on


def test_each_meeting_begins_muted_however_the_one_before_was() -> None:
    muted = replace(USUAL, microphone_on=False, joins_without=frozenset({Source.MICROPHONE}))
    dialogue = in_room(muted)
    dialogue << want.SetSourceOn(Source.MICROPHONE, on=True)
    assert dialogue.meeting.microphone_on, "one may speak"
    dialogue << want.Leave() << want.Rejoin()
    assert (dialogue.meeting.page, dialogue.meeting.microphone_on, dialogue.meeting.camera_on) == (
        Page.JOINING,
        False,
        True,
    )
    assert do.OpenDevice(MICROPHONE, "mic") not in dialogue.effects
    dialogue << want.Leave() << want.SetSourceOn(Source.MICROPHONE, on=True) << want.GoHome() << ev.LinkRecognised(LINK)
    assert (dialogue.meeting.page, dialogue.meeting.microphone_on) == (Page.PREJOIN, False)


def test_what_one_turned_on_before_joining_stays_on() -> None:
    muted = replace(USUAL, microphone_on=False, joins_without=frozenset({Source.MICROPHONE}))
    dialogue = Dialogue() << muted << ev.LinkRecognised(LINK)
    dialogue << want.SetSourceOn(Source.MICROPHONE, on=True) << want.Join()
    assert dialogue.meeting.microphone_on


def test_what_is_decided_outlives_every_meeting() -> None:
    decided = replace(
        USUAL,
        withheld=Capability.RECORD,
        joins_without=frozenset({Source.CAMERA}),
        login_off=True,
        locked=frozenset({"camera"}),
    )
    dialogue = in_room(decided) << want.Leave() << want.GoHome()
    meeting = dialogue.meeting
    assert (meeting.withheld, meeting.joins_without) == (decided.withheld, decided.joins_without)
    assert (meeting.login_off, meeting.locked) == (True, decided.locked)


def decided(*keys: str) -> Meeting:
    return Meeting(locked=frozenset(keys), look=Look(BLUR))


@pytest.mark.parametrize(
    ("key", "intent"),
    [("name", SetName("Ada")), ("ringer", ChooseRinger("x")), ("camera", ChooseDevice(CAMERA, "x"))],
)
def test_what_is_decided_stays(key: str, intent: Intent) -> None:
    assert undecided(decided(key), intent) is None
    assert update(decided(key), intent) == (decided(key), ())
    assert undecided(decided("recents"), intent) == intent


def test_of_devices_those_that_are_free_are_used() -> None:
    intent = UseDevices(((CAMERA, "a"), (MICROPHONE, "b")))
    assert undecided(decided("camera"), intent) == UseDevices(((MICROPHONE, "b"),))


def test_of_sound_only_the_rest_changes() -> None:
    wishes = SoundWishes(echo=False, noise=False, gain=True, original=True, strong=True)
    held = decided("noise_suppression", "original_sound", "strong_noise_suppression")
    left = undecided(held, SetSound(wishes))
    assert left == SetSound(SoundWishes(echo=False, noise=True, gain=True, original=False))


def test_of_the_look_only_the_rest_changes() -> None:
    look = Look("none", PictureQuality.SAVER, brighten=True)
    left = undecided(decided("camera_background"), ChooseLook(look))
    assert left == ChooseLook(replace(look, background=BLUR))


@given(st.sets(st.sampled_from(["name", "camera", "noise_suppression", "camera_quality"])), st.text())
def test_other_wishes_are_left_alone(locked: set[str], text: str) -> None:
    assert undecided(decided(*locked), GoHome()) == GoHome()
    assert undecided(decided(*(locked - {"name"})), SetName(text)) == SetName(text)


@pytest.mark.parametrize("background", ["image:hills", "file:/home.png"])
def test_without_pictures_as_backgrounds_none_is_put_on(background: str) -> None:
    started = Dialogue() << replace(USUAL, images_off=True)
    changed = started << want.ChooseLook(Look(background)) << want.ChooseLook(Look(background, brighten=True))
    assert changed.meeting.look.background == Look().background
    assert (changed << want.ChooseLook(Look(BLUR))).meeting.look.background == BLUR
    assert in_room(replace(USUAL, images_off=True)).meeting.images_off
