"""How own sound is treated and how loud the others are heard."""

from dataclasses import replace

import pytest

from tests.helpers.dialogue import Dialogue
from tests.helpers.fake_meeting import crowd
from visio_desktop.meeting import effects as do
from visio_desktop.meeting import events as ev
from visio_desktop.meeting import intents as want
from visio_desktop.meeting.changes import emptied
from visio_desktop.meeting.state import DeviceState, Meeting, Page, Playback
from visio_desktop.meeting.values import (
    DeviceKind,
    Participant,
    Problem,
    ProblemCode,
    Publication,
    SoundWishes,
    Source,
)

ROOM = replace(crowd(3), microphone=DeviceState("default", "Headset"))
SILENT = Problem(ProblemCode.MICROPHONE_SILENT, "Headset")
NOTHING_HEARD, HEARD = ev.MicrophoneSilent("Headset", silent=True), ev.MicrophoneSilent("Headset", silent=False)


def test_a_wish_holds_at_once_and_only_what_changed_is_remembered() -> None:
    loud = SoundWishes(noise=False, original=True)
    dialogue = Dialogue(ROOM) << want.SetSound(loud)
    remembered = do.Remember("noise_suppression", "false"), do.Remember("original_sound", "true")
    dialogue >> (do.ProcessSound(loud), *remembered)
    assert dialogue.meeting.sound == loud
    assert emptied(dialogue.meeting).sound == loud
    dialogue << want.SetSound(loud) >> ()


def test_strong_noise_suppression_that_does_not_work_is_told() -> None:
    dialogue = Dialogue(ROOM) << want.SetSound(SoundWishes(strong=True))
    dialogue >> (do.ProcessSound(SoundWishes(strong=True)), do.Remember("strong_noise_suppression", "true"))
    dialogue << ev.StrongNoiseLost() >> ()
    assert dialogue.meeting.toasts[-1].problem == Problem(ProblemCode.STRONG_NOISE_FAILED)


def test_what_was_chosen_before_holds_again() -> None:
    usual = ev.Preferences("Odile", True, False, "cam", "mic", "out", ())
    assert not {type(effect) for effect in (Dialogue() << usual).effects} & {do.ProcessSound, do.UseRinger}
    other = replace(usual, sound=SoundWishes(gain=True), ringer="Sound/monitor")
    dialogue = Dialogue() << other
    assert do.ProcessSound(SoundWishes(gain=True)) in dialogue.effects
    assert do.UseRinger("Sound/monitor") in dialogue.effects
    assert dialogue.meeting.ringer == "Sound/monitor"
    dialogue << want.ChooseRinger("same") >> (do.UseRinger(None), do.Remember("ringer", "same"))


@pytest.mark.parametrize(("asked", "percent"), [(0, 0), (150, 150), (-5, 0), (900, 200)])
def test_somebody_is_heard_louder_or_quieter(asked: int, percent: int) -> None:
    dialogue = Dialogue(ROOM) << want.SetVolume("p1", asked) >> do.SetVoiceVolume("p1:microphone", percent)
    assert dialogue.meeting.volume_percent("p1") == percent
    dialogue << want.SetVolume("p1", percent) >> ()
    dialogue << want.SetVolume("p1", 100) >> do.SetVoiceVolume("p1:microphone", 100)
    assert dialogue.meeting.volumes == ()


def test_neither_oneself_nor_a_stranger_is_turned() -> None:
    Dialogue(ROOM) << want.SetVolume("p0", 50) >> ()
    Dialogue(ROOM) << want.SetVolume("nobody", 50) >> ()


def test_who_goes_and_comes_back_is_heard_as_before_and_a_meeting_later_as_sent() -> None:
    dialogue = Dialogue(ROOM) << want.SetVolume("p1", 40) << ev.ParticipantLeft("p1")
    (
        dialogue
        << ev.ParticipantChanged(Participant("p1", "Amina"))
        << ev.PublicationChanged(Publication("new", "p1", Source.MICROPHONE))
        >> do.SetVoiceVolume("new", 40)
    )
    dialogue << ev.PublicationChanged(Publication("cam", "p1", Source.CAMERA)) >> ()
    assert emptied(dialogue.meeting).volumes == ()


def test_a_silent_microphone_is_told_until_it_gives_sound_again() -> None:
    dialogue = Dialogue(ROOM) << NOTHING_HEARD
    assert dialogue.meeting.microphone == DeviceState("default", "Headset", SILENT)
    assert [toast.problem for toast in dialogue.meeting.toasts] == [SILENT]
    assert dialogue.meeting.microphone_on, "nobody turns it off for that"
    dialogue << HEARD
    assert dialogue.meeting.microphone == DeviceState("default", "Headset")
    assert dialogue.meeting.toasts == ()


def test_what_is_off_or_closed_or_looked_at_before_is_not_told_in_a_notice() -> None:
    muted = Dialogue(replace(ROOM, microphone_on=False)) << NOTHING_HEARD
    assert (muted.meeting.microphone.problem, muted.meeting.toasts) == (SILENT, ())
    before = Dialogue(replace(ROOM, page=Page.PREJOIN)) << NOTHING_HEARD
    assert (before.meeting.microphone.problem, before.meeting.toasts) == (SILENT, ())
    closed = replace(ROOM, microphone=DeviceState())
    assert (Dialogue(closed) << NOTHING_HEARD).meeting == closed


def test_another_problem_is_not_over_because_there_is_sound() -> None:
    failed = replace(ROOM, microphone=DeviceState("default", "Headset", Problem(ProblemCode.INTERNAL)))
    assert (Dialogue(failed) << HEARD).meeting == failed


def test_ones_own_ring_follows_ones_own_ear_and_not_the_servers() -> None:
    dialogue = Dialogue(ROOM) << ev.SelfSpeaking(speaking=True)
    assert [p.speaking for p in dialogue.meeting.participants] == [True, True, False]
    dialogue << ev.SpeakersChanged(frozenset({"p2"}))
    assert [p.speaking for p in dialogue.meeting.participants] == [True, False, True]
    dialogue << ev.SelfSpeaking(speaking=False) << ev.SpeakersChanged(frozenset({"p0"}))
    assert not dialogue.meeting.participants[0].speaking
    assert (Dialogue() << ev.SelfSpeaking(speaking=True)).meeting == Meeting()


def test_listening_to_oneself_opens_only_what_is_closed() -> None:
    Dialogue(Meeting(microphone=DeviceState("mic"))) << want.ListenToMyself() >> do.PlayBack("mic", "default")
    dialogue = Dialogue(ROOM) << want.ListenToMyself() >> do.PlayBack(None, None)
    assert dialogue.meeting.playback is Playback.RECORDING
    dialogue << want.ListenToMyself() >> ()
    dialogue << ev.PlaybackChanged(Playback.NONE) << want.ListenToMyself() >> do.PlayBack(None, None)
    none = Meeting(microphone=DeviceState("none"))
    Dialogue(none) << want.ListenToMyself() >> ()


def test_a_device_standing_in_is_what_is_listened_with() -> None:
    away = Meeting(microphone=DeviceState("mic", standing_in=True))
    Dialogue(away) << want.ListenToMyself() >> do.PlayBack("default", "default")
    assert away.device(DeviceKind.MICROPHONE).to_open == "default"


def test_a_microphone_that_the_system_keeps_silent_is_told_as_that() -> None:
    dialogue = Dialogue(ROOM) << ev.MicrophoneSilent("Headset", silent=True, muted=True)
    assert dialogue.meeting.microphone.problem == Problem(ProblemCode.MICROPHONE_MUTED, "Headset")
    dialogue << HEARD
    assert dialogue.meeting.microphone == DeviceState("default", "Headset")
    assert dialogue.meeting.toasts == ()
