"""A person's intents in detail."""

from tests.helpers.dialogue import Dialogue
from visio_desktop.meeting import effects as do
from visio_desktop.meeting import intents as want
from visio_desktop.meeting.state import DeviceState, Meeting, Page
from visio_desktop.meeting.values import DeviceKind, MeetingLink, Source, Toast
from visio_desktop.meeting.wishes import LONGEST_NAME

LINK = MeetingLink("livekit", "livekit+wss://a.example?room=r")


def test_a_name_is_one_line_of_bounded_length() -> None:
    dialogue = Dialogue() << want.SetName("  Odile \n Owner  ") >> do.Remember("name", "Odile Owner")
    dialogue << want.SetName("Odile Owner") >> ()
    dialogue << want.SetName("x" * 500)
    assert dialogue.meeting.name == "x" * LONGEST_NAME


def test_recent_meetings_are_forgotten_one_by_one_or_all() -> None:
    other = MeetingLink("livekit", "livekit+wss://b.example?room=r")
    dialogue = Dialogue(Meeting(recents=(LINK, other))) << want.ForgetRecent(LINK.text)
    dialogue >> do.Remember("forget", LINK.text)
    assert dialogue.meeting.recents == (other,)
    dialogue << want.ForgetRecent()
    assert not dialogue.meeting.recents


def test_giving_up_joining_goes_back_to_pre_join() -> None:
    dialogue = Dialogue(Meeting(page=Page.JOINING, link=LINK, name="Odile")) << want.Leave()
    dialogue >> (do.Disconnect(), do.CloseDevice(DeviceKind.SPEAKER))
    assert dialogue.meeting.page is Page.PREJOIN


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


def test_choosing_no_device_closes_it_and_a_device_not_in_use_is_not_opened() -> None:
    meeting = Meeting(page=Page.PREJOIN, camera_on=True)
    dialogue = Dialogue(meeting) << want.ChooseDevice(DeviceKind.CAMERA, "none")
    dialogue >> (do.CloseDevice(DeviceKind.CAMERA), do.Remember("camera", "none"))
    dialogue << want.ChooseDevice(DeviceKind.SPEAKER, "Headset") >> do.Remember("speaker", "Headset")


def test_a_notice_is_dismissed_by_its_id() -> None:
    dialogue = Dialogue(Meeting(toasts=(Toast(1, "back"), Toast(2, "back")))) << want.DismissToast(1)
    assert [toast.id for toast in dialogue.meeting.toasts] == [2]


def test_home_releases_everything() -> None:
    dialogue = Dialogue(Meeting(page=Page.ROOM, link=LINK, camera_on=True)) << want.GoHome()
    assert do.CloseDevice(DeviceKind.CAMERA) in dialogue.effects
    assert (dialogue.meeting.page, dialogue.meeting.link) == (Page.HOME, None)
