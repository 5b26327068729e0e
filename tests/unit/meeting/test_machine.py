"""What the engine and the devices report."""

from dataclasses import replace

from tests.helpers.dialogue import Dialogue
from visio_desktop.meeting import effects as do
from visio_desktop.meeting import events as ev
from visio_desktop.meeting.accounts import Account, Server
from visio_desktop.meeting.intents import OpenLink
from visio_desktop.meeting.state import DeviceState, Meeting, Page
from visio_desktop.meeting.values import Device, DeviceKind, MeetingLink, Problem, ProblemCode, Source

LINK = MeetingLink("livekit", "livekit+wss://a.example?room=r")
FAILED = Problem(ProblemCode.MICROPHONE_FAILED, "Mic")


def test_preferences_fill_the_first_snapshot() -> None:
    dialogue = Dialogue() << ev.Preferences("Odile", True, False, "cam", "mic", "out", (LINK,))
    meeting = dialogue.meeting
    assert (meeting.name, meeting.microphone_on, meeting.camera_on) == ("Odile", True, False)
    assert (meeting.camera.spec, meeting.microphone.spec, meeting.speaker.spec) == ("cam", "mic", "out")
    assert meeting.recents == (LINK,)


def test_a_recognised_link_opens_only_what_was_on() -> None:
    Dialogue(Meeting(microphone_on=True)) << ev.LinkRecognised(LINK) >> do.OpenDevice(DeviceKind.MICROPHONE, "default")


def test_a_link_of_another_program_opens_no_device_for_a_host_never_met_at() -> None:
    wanted = Meeting(microphone_on=True, camera_on=True)
    link = MeetingLink("lasuite", "https://meet.example/tea", "meet.example")
    outside = Dialogue(wanted) << OpenLink(link.text, from_outside=True) << ev.LinkRecognised(link) >> ()
    assert (outside.meeting.page, outside.meeting.camera_on) == (Page.PREJOIN, False)
    opened = do.OpenDevice(DeviceKind.CAMERA, "default"), do.OpenDevice(DeviceKind.MICROPHONE, "default")
    Dialogue(wanted) << OpenLink(link.text) << ev.LinkRecognised(link) >> opened
    met = replace(wanted, recents=(replace(link, text="https://meet.example/coffee"),))
    Dialogue(met) << OpenLink(link.text, from_outside=True) << ev.LinkRecognised(link) >> opened
    known = replace(wanted, servers=(Server("https://meet.example", accounts=(Account(0, "1", "Odile", ""),)),))
    Dialogue(known) << OpenLink(link.text, from_outside=True) << ev.LinkRecognised(link) >> opened


def test_a_link_recognised_late_does_not_end_a_meeting() -> None:
    room = Meeting(page=Page.ROOM)
    assert (Dialogue(room) << ev.LinkRecognised(LINK)).meeting == room


def test_devices_are_listed_opened_and_failed() -> None:
    headset = Device(DeviceKind.MICROPHONE, "key", "Headset")
    dialogue = Dialogue(Meeting(microphone_on=True)) << ev.DevicesListed((headset,))
    assert dialogue.meeting.devices == (headset,)
    dialogue << ev.DeviceOpened(DeviceKind.MICROPHONE, "Headset")
    assert dialogue.meeting.microphone == DeviceState("default", "Headset")
    dialogue << ev.DeviceFailed(DeviceKind.MICROPHONE, FAILED) >> do.SetSending(Source.MICROPHONE, on=False)
    assert (dialogue.meeting.microphone_on, dialogue.meeting.microphone.problem) == (False, FAILED)


def test_a_failed_speaker_turns_nothing_off() -> None:
    dialogue = (
        Dialogue(Meeting(page=Page.ROOM, microphone_on=True)) << ev.DeviceFailed(DeviceKind.SPEAKER, FAILED) >> ()
    )
    assert dialogue.meeting.microphone_on
    assert dialogue.meeting.toasts[-1].problem == FAILED


def test_a_share_that_ends_by_itself_is_shown_as_ended() -> None:
    dialogue = Dialogue(Meeting(page=Page.ROOM, screen_on=True)) << ev.ScreenFailed(None)
    dialogue >> do.SetSending(Source.SCREEN, on=False)
    assert not dialogue.meeting.screen_on
    assert not dialogue.meeting.toasts


def test_speaking_into_a_muted_microphone_is_told_only_then() -> None:
    muted = Dialogue(Meeting(page=Page.ROOM)) << ev.SilenceBroken()
    assert [toast.key for toast in muted.meeting.toasts] == ["you_are_muted"]
    assert not (Dialogue(Meeting(page=Page.ROOM, microphone_on=True)) << ev.SilenceBroken()).meeting.toasts
    silenced = Dialogue(Meeting(page=Page.ROOM)) << ev.SendingAllowed(frozenset()) << ev.SilenceBroken()
    assert not silenced.meeting.toasts


def test_a_failed_join_releases_the_devices_and_says_why() -> None:
    refused = Problem(ProblemCode.TOKEN_REFUSED)
    dialogue = Dialogue(Meeting(page=Page.JOINING, link=LINK, name="Odile")) << ev.JoinFailed(refused)
    assert (dialogue.meeting.page, dialogue.meeting.problem) == (Page.FAILED, refused)
    assert do.CloseDevice(DeviceKind.CAMERA) in dialogue.effects


def test_a_failure_nobody_waits_for_any_more_changes_nothing() -> None:
    home = Meeting()
    assert (Dialogue(home) << ev.JoinFailed(FAILED)).meeting == home
    assert (Dialogue(home) << ev.RetryDue(1)).effects == ()


def test_a_screen_goes_on_without_its_sound() -> None:
    problem = Problem(ProblemCode.SCREEN_SOUND_FAILED)
    sharing = Meeting(page=Page.ROOM, screen_on=True, screen_sound=True)
    dialogue = Dialogue(sharing) << ev.ScreenSoundFailed(problem)
    dialogue >> do.SetSending(Source.SCREEN_AUDIO, on=False)
    assert dialogue.meeting.screen_on
    assert not dialogue.meeting.is_on(Source.SCREEN_AUDIO)
    assert dialogue.meeting.toasts[-1].problem == problem


def test_whether_sound_can_be_shared_is_known_with_the_screens() -> None:
    dialogue = Dialogue(Meeting(page=Page.ROOM)) << ev.ScreensListed((), sound=True)
    assert dialogue.meeting.sound_shareable
