"""A person's intents in detail."""

from dataclasses import replace

from tests.helpers.dialogue import Dialogue
from visio_desktop.meeting import effects as do
from visio_desktop.meeting import events as told
from visio_desktop.meeting import intents as want
from visio_desktop.meeting.bounds import LONGEST_NAME
from visio_desktop.meeting.state import DeviceState, Meeting, Page
from visio_desktop.meeting.values import Candidate, DeviceKind, MeetingLink, Problem, ProblemCode, Toast

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


def test_a_token_is_kept_as_a_passphrase_is() -> None:
    dialogue = Dialogue(Meeting(page=Page.PREJOIN, link=LINK)) << want.SetToken("secret")
    dialogue >> do.KeepToken(LINK, "secret")
    assert dialogue.meeting == Meeting(page=Page.PREJOIN, link=LINK)
    assert "secret" not in repr((want.SetToken("secret"), do.KeepToken(LINK, "secret")))
    Dialogue() << want.SetToken("secret") >> ()


def test_a_login_is_kept_as_a_passphrase_is() -> None:
    dialogue = Dialogue(Meeting(page=Page.PREJOIN, link=LINK)) << want.SetLogin("ada", "secret")
    dialogue >> do.KeepLogin(LINK, "ada", "secret")
    assert dialogue.meeting == Meeting(page=Page.PREJOIN, link=LINK, login_typed=(LINK, "ada"))
    assert dialogue.meeting.account_typed == "ada"
    assert replace(dialogue.meeting, link=replace(LINK, text="other")).account_typed == ""
    assert "secret" not in repr((want.SetLogin("ada", "secret"), do.KeepLogin(LINK, "ada", "secret")))
    Dialogue() << want.SetLogin("ada", "secret") >> ()


def test_what_one_may_have_besides_is_kept_as_a_passphrase_is() -> None:
    dialogue = Dialogue(Meeting(page=Page.PREJOIN, link=LINK)) << want.SetBesides("secret")
    dialogue >> do.KeepBesides(LINK, "secret")
    assert dialogue.meeting == Meeting(page=Page.PREJOIN, link=LINK)
    assert "secret" not in repr((want.SetBesides("secret"), do.KeepBesides(LINK, "secret")))
    Dialogue() << want.SetBesides("secret") >> ()


def test_who_agrees_to_be_recorded_does_so_for_this_meeting() -> None:
    Dialogue(Meeting(page=Page.FAILED, link=LINK)) << want.AgreeToRecording() >> do.KeepConsent(LINK)
    Dialogue() << want.AgreeToRecording() >> ()


def test_of_several_kinds_one_is_chosen_among_those_offered() -> None:
    ours, other = Candidate(LINK, "LiveKit"), MeetingLink("lasuite", "https://a.example/r")
    problem = Problem(ProblemCode.LINK_AMBIGUOUS, "LiveKit, Jitsi")
    dialogue = Dialogue() << told.LinkRefused("https://a.example/r", problem, (ours,))
    assert dialogue.meeting.link_candidates == (ours,)
    assert dialogue.meeting.link_asked == "https://a.example/r"
    dialogue << want.ChooseLink(other)
    assert dialogue.meeting.page is Page.HOME
    dialogue << want.ChooseLink(LINK)
    assert (dialogue.meeting.page, dialogue.meeting.link) == (Page.PREJOIN, LINK)
    assert not dialogue.meeting.link_candidates


def test_a_private_network_is_asked_at_once_where_one_met_before() -> None:
    met = MeetingLink("lasuite", "https://10.0.0.7/abc", "10.0.0.7")
    (
        Dialogue(Meeting(recents=(met,)))
        << want.OpenLink("https://10.0.0.7/xyz")
        >> do.RecogniseLink("https://10.0.0.7/xyz", sure=True)
    )
    Dialogue() << want.OpenLink("https://10.0.0.7/xyz") >> do.RecogniseLink("https://10.0.0.7/xyz")
    (
        Dialogue()
        << want.OpenLink("https://10.0.0.7/xyz", sure=True)
        >> do.RecogniseLink("https://10.0.0.7/xyz", sure=True)
    )
    (
        Dialogue(Meeting(recents=(replace(met, host=""),)))
        << want.OpenLink("https://[/x")
        >> do.RecogniseLink("https://[/x")
    )


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
