"""What a person does with devices and with what is sent of them."""

from dataclasses import replace

from tests.helpers.dialogue import Dialogue
from visio_desktop.meeting import effects as do
from visio_desktop.meeting import events as ev
from visio_desktop.meeting import intents as want
from visio_desktop.meeting.state import DeviceState, Meeting, Page
from visio_desktop.meeting.values import DeviceKind, MeetingLink, Problem, ProblemCode, Source

LINK = MeetingLink("livekit", "livekit+wss://a.example?room=r")


def test_a_muted_microphone_stays_open_in_the_room_and_closes_before_it() -> None:
    room = Dialogue(Meeting(page=Page.ROOM, microphone_on=True)) << want.SetSourceOn(Source.MICROPHONE, on=False)
    room >> (do.SetSending(Source.MICROPHONE, on=False), do.Remember("microphone_on", "false"))
    before = Dialogue(Meeting(page=Page.PREJOIN, microphone_on=True)) << want.SetSourceOn(Source.MICROPHONE, on=False)
    assert do.CloseDevice(DeviceKind.MICROPHONE) in before.effects


def test_an_open_device_is_not_opened_again() -> None:
    meeting = Meeting(page=Page.ROOM, microphone=DeviceState("default", "Headset"))
    dialogue = Dialogue(meeting) << want.SetSourceOn(Source.MICROPHONE, on=True)
    dialogue >> (do.SetSending(Source.MICROPHONE, on=True), do.Remember("microphone_on", "true"))


def test_a_screen_is_shared_only_in_the_room() -> None:
    Dialogue(Meeting(page=Page.PREJOIN)) << want.SetSourceOn(Source.SCREEN, on=True) >> ()
    dialogue = (
        Dialogue(Meeting(page=Page.ROOM)) << want.ChooseScreen("screen:2") << want.SetSourceOn(Source.SCREEN, on=True)
    )
    dialogue >> do.SetSending(Source.SCREEN, on=True, spec="screen:2")
    another = do.SetSending(Source.SCREEN, on=True, spec="screen:1", sound=True)
    dialogue << want.ChooseScreen("screen:1", sound=True) >> another


def test_choosing_no_device_closes_it_and_a_device_not_in_use_is_not_opened() -> None:
    meeting = Meeting(page=Page.PREJOIN, camera_on=True)
    dialogue = Dialogue(meeting) << want.ChooseDevice(DeviceKind.CAMERA, "none")
    dialogue >> (do.CloseDevice(DeviceKind.CAMERA), do.Remember("camera", "none"))
    dialogue << want.ChooseDevice(DeviceKind.SPEAKER, "Headset") >> do.Remember("speaker", "Headset")


def test_devices_are_tried_outside_a_meeting_only() -> None:
    home = Meeting(camera_on=False, microphone_on=False)
    opened = (do.OpenDevice(DeviceKind.CAMERA, "default"), do.OpenDevice(DeviceKind.MICROPHONE, "default"))
    closed = (do.CloseDevice(DeviceKind.CAMERA), do.CloseDevice(DeviceKind.MICROPHONE))
    dialogue = Dialogue(home) << want.TryDevices(on=True)
    dialogue >> opened
    dialogue << want.TryDevices(on=True) >> ()
    dialogue << ev.DeviceOpened(DeviceKind.CAMERA, "Webcam") << want.TryDevices(on=False) >> closed
    assert dialogue.meeting == home
    Dialogue(replace(home, page=Page.ROOM)) << want.TryDevices(on=True) >> ()
    Dialogue(replace(home, camera=DeviceState("none"))) << want.TryDevices(on=True) >> opened[1]


def test_what_was_tried_is_let_go_where_a_meeting_is_looked_at() -> None:
    link = MeetingLink("practice", "practice:")
    dialogue = Dialogue(Meeting(camera_on=True)) << want.TryDevices(on=True) << ev.LinkRecognised(link)
    closed = (do.CloseDevice(DeviceKind.CAMERA), do.CloseDevice(DeviceKind.MICROPHONE))
    dialogue >> (*closed, do.OpenDevice(DeviceKind.CAMERA, "default"))
    assert not dialogue.meeting.trying


def test_a_device_that_fails_while_tried_leaves_the_wish_as_it_is() -> None:
    failed = ev.DeviceFailed(DeviceKind.CAMERA, Problem(ProblemCode.CAMERA_BUSY))
    dialogue = Dialogue(Meeting(camera_on=True)) << want.TryDevices(on=True) << failed >> ()
    assert dialogue.meeting.camera_on
    assert dialogue.meeting.camera.problem == Problem(ProblemCode.CAMERA_BUSY)


def test_a_device_chosen_at_home_is_opened_only_while_tried() -> None:
    chosen = want.ChooseDevice(DeviceKind.CAMERA, "cam1")
    remembered = do.Remember("camera", "cam1")
    Dialogue(Meeting(camera_on=True)) << chosen >> remembered
    Dialogue(Meeting(trying=True)) << chosen >> (do.OpenDevice(DeviceKind.CAMERA, "cam1"), remembered)


def test_the_test_sound_opens_the_loudspeaker_where_it_is_closed() -> None:
    Dialogue(Meeting(speaker=DeviceState("spk1"))) << want.TestSpeaker() >> do.PlayTestSound("spk1")
    Dialogue(Meeting(page=Page.ROOM)) << want.TestSpeaker() >> do.PlayTestSound(None)


def test_a_screen_is_shared_with_the_sound_of_programs_on_wish() -> None:
    dialogue = Dialogue(Meeting(page=Page.ROOM)) << want.ChooseScreen("screen:2", sound=True)
    dialogue << want.SetSourceOn(Source.SCREEN, on=True)
    dialogue >> do.SetSending(Source.SCREEN, on=True, spec="screen:2", sound=True)
    assert dialogue.meeting.is_on(Source.SCREEN_AUDIO)
    dialogue << want.SetSourceOn(Source.SCREEN, on=False) >> do.SetSending(Source.SCREEN, on=False)
    assert not dialogue.meeting.is_on(Source.SCREEN_AUDIO)
