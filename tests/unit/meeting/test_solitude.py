"""Alone for long."""

from tests.helpers.dialogue import Dialogue
from visio_desktop.meeting import effects as do
from visio_desktop.meeting import events as ev
from visio_desktop.meeting import intents as want
from visio_desktop.meeting.rooms import Invitation
from visio_desktop.meeting.solitude import COUNTDOWN_MS
from visio_desktop.meeting.state import Ending, Meeting, Page
from visio_desktop.meeting.values import Participant, Problem, ProblemCode

ME = Participant("me", "Odile", is_me=True)
AMINA = Participant("a", "Amina")
ROOM = Meeting(page=Page.ROOM, participants=(ME,))
WARNED = ev.InvitationChanged(Invitation(), idle_warning_ms=60_000)


def number_of(dialogue: Dialogue) -> int:
    (wait,) = (e for e in dialogue.effects if isinstance(e, do.WaitAlone))
    return wait.number


def alone() -> Dialogue:
    return Dialogue(ROOM) << WARNED


def test_who_is_alone_is_warned_and_then_leaves() -> None:
    dialogue = alone()
    number = number_of(dialogue)
    dialogue >> do.WaitAlone(number, 60_000)
    dialogue << ev.AloneDue(number, 5_000.0) >> do.WaitAlone(number + 1, COUNTDOWN_MS)
    assert dialogue.meeting.room.leave_at_ms == 5_000.0 + COUNTDOWN_MS
    dialogue << ev.AloneDue(number, 6_000.0) >> ()
    dialogue << ev.AloneDue(number + 1, 125_000.0)
    assert (dialogue.meeting.page, dialogue.meeting.ending) == (Page.ENDED, Ending.ALONE)
    assert do.Disconnect() in dialogue.effects


def test_who_wants_to_stay_stays() -> None:
    dialogue = alone() << want.StayAlone() >> ()
    dialogue << ev.AloneDue(dialogue.meeting.room.tally.alone, 5.0)
    due = number_of(dialogue)
    dialogue << want.StayAlone()
    dialogue >> do.WaitAlone(due + 1, 60_000)
    assert dialogue.meeting.room.leave_at_ms is None
    assert (dialogue << ev.AloneDue(due, 9.0)).meeting.page is Page.ROOM


def test_company_ends_the_wait_and_solitude_begins_another() -> None:
    dialogue = alone()
    dialogue << ev.AloneDue(number_of(dialogue), 5.0)
    due = number_of(dialogue)
    dialogue << ev.ParticipantChanged(AMINA, arrived=True) >> do.WaitAlone(0, 0.0)
    assert dialogue.meeting.room.leave_at_ms is None
    dialogue << ev.AloneDue(due, 9.0) << ev.AloneDue(0, 9.0) >> ()
    assert dialogue.meeting.page is Page.ROOM
    dialogue << ev.ParticipantLeft("a")
    assert number_of(dialogue) > due


def test_nobody_waits_where_the_server_says_nothing_or_is_gone() -> None:
    Dialogue(ROOM) << ev.InvitationChanged(Invitation()) >> ()
    dialogue = alone() << ev.Dropped(Problem(ProblemCode.CONNECTION_LOST), may_retry=True)
    assert dialogue.effects[0] == do.WaitAlone(0, 0.0)
    dialogue << ev.Joined(ME, "r", ROOM.capabilities, 1.0)
    assert number_of(dialogue) > 0
