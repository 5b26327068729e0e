"""A moderated room: its door, its rules."""

from dataclasses import replace

from tests.helpers.dialogue import Dialogue
from visio_desktop.meeting import effects as do
from visio_desktop.meeting import events as ev
from visio_desktop.meeting import intents as want
from visio_desktop.meeting.hall import MOST_WAITING
from visio_desktop.meeting.rooms import Access, Invitation, Knock, Rules
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Capability, MeetingLink, Participant, Problem, ProblemCode

LINK = MeetingLink("lasuite", "https://visio.example/abc", "visio.example", "abc")
ME = Participant("me", "Odile", is_me=True)
JOINED = ev.Joined(ME, "r", Capability.ADMIT, 1_000.0)
JOINING = Meeting(page=Page.JOINING, link=LINK, name="Odile")
ROOM = Meeting(page=Page.ROOM, link=LINK, name="Odile", participants=(ME,), capabilities=Capability.ADMIT)
LOST = ev.Dropped(Problem(ProblemCode.CONNECTION_LOST), may_retry=True)
KIM, KOFI = Knock("1", "Kim"), Knock("2", "Kofi")


def keys(dialogue: Dialogue) -> list[str]:
    return [toast.key for toast in dialogue.meeting.toasts]


def test_who_waits_in_the_lobby_is_let_in_refused_or_goes() -> None:
    waiting = Dialogue(JOINING) << ev.LobbyEntered() >> ()
    assert (waiting.meeting.page, waiting.meeting.in_lobby) == (Page.JOINING, True)
    for ending in (JOINED, ev.JoinFailed(Problem(ProblemCode.ENTRY_DENIED)), want.Leave(), want.GoHome()):
        after = Dialogue(waiting.meeting) << ending
        assert not after.meeting.in_lobby
        assert after.meeting.page is not Page.JOINING
    assert not (Dialogue(ROOM) << ev.LobbyEntered()).meeting.in_lobby
    assert not (Dialogue() << ev.LobbyEntered()).meeting.in_lobby


def test_who_has_to_wait_again_after_a_loss_is_told() -> None:
    dialogue = Dialogue(ROOM) << LOST << ev.RetryDue(1) << ev.LobbyEntered() << ev.LobbyEntered()
    assert (dialogue.meeting.page, dialogue.meeting.in_lobby, keys(dialogue)) == (Page.ROOM, True, ["lobby_again"])
    again = Dialogue(dialogue.meeting) << LOST
    assert not again.meeting.in_lobby
    assert not (dialogue << JOINED).meeting.in_lobby


def test_who_only_watches_is_told_that_nothing_is_sent() -> None:
    watching = replace(ROOM, link=MeetingLink("whep", "whep+https://tv.example/a", "tv.example", "a", sends=False))
    assert keys(Dialogue(watching) << LOST << ev.RetryDue(1) << ev.LobbyEntered()) == ["stream_again"]


def test_each_who_waits_is_announced_once() -> None:
    dialogue = Dialogue(ROOM) << ev.WaitingChanged((KIM,)) << ev.WaitingChanged((KIM, KOFI))
    assert dialogue.meeting.room.waiting == (KIM, KOFI)
    dialogue << ev.WaitingChanged(()) << ev.WaitingChanged((KIM,))
    assert keys(dialogue) == ["knock", "knock"]
    many = tuple(Knock(f"m{n}", "M") for n in range(MOST_WAITING + 50))
    dialogue << ev.WaitingChanged(many)
    assert len(dialogue.meeting.room.waiting) == MOST_WAITING
    assert keys(dialogue)[2:] == ["knocks"]
    assert dialogue.meeting.toasts[-1].arguments == (("count", str(MOST_WAITING)),)


def test_the_names_of_those_who_wait_are_bounded() -> None:
    dialogue = Dialogue(ROOM) << ev.WaitingChanged((Knock("1", "x" * 10_000),))
    assert len(dialogue.meeting.room.waiting[0].name) == 100


def test_only_who_may_admit_sees_who_waits() -> None:
    dialogue = Dialogue(ROOM) << ev.WaitingChanged((KIM,)) << ev.CapabilitiesChanged(Capability.CHAT)
    assert dialogue.meeting.room.waiting == ()
    assert dialogue.meeting.capabilities is Capability.CHAT
    dialogue << ev.WaitingChanged((KOFI,))
    assert (dialogue.meeting.room.waiting, keys(dialogue)) == ((), ["knock"])


def test_nobody_waits_where_the_connection_is_gone() -> None:
    dialogue = Dialogue(ROOM) << ev.WaitingChanged((KIM,)) << LOST
    assert not dialogue.meeting.room.waiting
    dialogue << ev.WaitingChanged((KIM,))
    assert not dialogue.meeting.room.waiting
    dialogue << ev.RetryDue(1) << JOINED << ev.WaitingChanged((KIM,))
    assert (dialogue.meeting.room.waiting, keys(dialogue).count("knock")) == ((KIM,), 1)


def test_rules_and_the_way_in_are_shown() -> None:
    rules, invitation = Rules(Access.TRUSTED), Invitation("https://visio.example/abc", "+33 1", "123")
    dialogue = Dialogue(ROOM) << ev.RulesChanged(rules) << ev.InvitationChanged(invitation)
    assert (dialogue.meeting.room.rules, dialogue.meeting.room.invitation) == (rules, invitation)
    dialogue << LOST << ev.RetryDue(1) << JOINED
    assert (dialogue.meeting.room.rules, dialogue.meeting.room.invitation) == (None, invitation)


def test_outside_a_meeting_nothing_of_a_room_is_kept() -> None:
    for event in (ev.RulesChanged(Rules()), ev.WaitingChanged((KIM,)), ev.SendingAllowed(frozenset())):
        assert (Dialogue() << event >> ()).meeting == Meeting()
    left = Dialogue(replace(ROOM, room=replace(ROOM.room, rules=Rules()))) << want.Leave()
    assert left.meeting.room == Meeting().room
    assert do.Disconnect() in left.effects
