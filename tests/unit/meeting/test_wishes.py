"""A person's intents in detail."""

from dataclasses import replace

from tests.helpers.dialogue import Dialogue
from visio_desktop.meeting import effects as do
from visio_desktop.meeting import intents as want
from visio_desktop.meeting.bounds import LONGEST_NAME
from visio_desktop.meeting.state import DeviceState, Meeting, Page
from visio_desktop.meeting.values import DeviceKind, MeetingLink, Toast

LINK = MeetingLink("livekit", "livekit+wss://a.example?room=r")


def test_a_name_is_one_line_of_bounded_length() -> None:
    dialogue = Dialogue() << want.SetName("  Odile \n Owner  ") >> do.Remember("name", "Odile Owner")
    dialogue << want.SetName("Odile Owner") >> ()
    dialogue << want.SetName("x" * 500)
    assert dialogue.meeting.name == "x" * LONGEST_NAME


def test_a_passphrase_is_no_part_of_the_state_and_never_shown() -> None:
    dialogue = Dialogue(Meeting(page=Page.PREJOIN, link=LINK)) << want.SetPassphrase("secret")
    before = dialogue.meeting
    dialogue >> do.KeepPassphrase(LINK, "secret")
    assert dialogue.meeting == before == Meeting(page=Page.PREJOIN, link=LINK)
    assert "secret" not in repr((want.SetPassphrase("secret"), do.KeepPassphrase(LINK, "secret")))
    Dialogue() << want.SetPassphrase("secret") >> ()


def test_recent_meetings_are_forgotten_one_by_one_or_all() -> None:
    other = MeetingLink("livekit", "livekit+wss://b.example?room=r")
    dialogue = Dialogue(Meeting(recents=(LINK, other))) << want.ForgetRecent(LINK.text)
    dialogue >> do.Remember("forget", LINK.text)
    assert dialogue.meeting.recents == (other,)
    dialogue << want.ForgetRecent()
    assert not dialogue.meeting.recents


def test_giving_up_joining_goes_back_to_pre_join() -> None:
    joining = Meeting(
        page=Page.JOINING,
        link=LINK,
        name="Odile",
        in_lobby=True,
        camera_on=True,
        camera=DeviceState("default", "Webcam"),
        speaker=DeviceState("default", "Headset"),
    )
    dialogue = Dialogue(joining) << want.Leave()
    dialogue >> (do.Disconnect(), do.CloseDevice(DeviceKind.SPEAKER))
    assert dialogue.meeting == replace(joining, page=Page.PREJOIN, in_lobby=False, speaker=DeviceState("default"))


def test_a_notice_is_dismissed_by_its_id() -> None:
    dialogue = Dialogue(Meeting(toasts=(Toast(1, "back"), Toast(2, "back")))) << want.DismissToast(1)
    assert [toast.id for toast in dialogue.meeting.toasts] == [2]


def test_home_releases_everything() -> None:
    dialogue = Dialogue(Meeting(page=Page.ROOM, link=LINK, camera_on=True)) << want.GoHome()
    assert do.CloseDevice(DeviceKind.CAMERA) in dialogue.effects
    assert (dialogue.meeting.page, dialogue.meeting.link) == (Page.HOME, None)
