"""Who is in the meeting."""

from dataclasses import replace

from tests.helpers.dialogue import Dialogue
from visio_desktop.meeting import effects as do
from visio_desktop.meeting import events as ev
from visio_desktop.meeting import intents as want
from visio_desktop.meeting.bounds import LONGEST_NAME
from visio_desktop.meeting.rooms import Invitation
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Capability, MeetingLink, Participant, Problem, ProblemCode, Role, Source

ME = Participant("me", "Odile", is_me=True)
AMINA = Participant("a", "Amina")
ROOM = Meeting(page=Page.ROOM, participants=(ME, AMINA))
LINK = MeetingLink("lasuite", "https://visio.example/abc")
JOINED = ev.Joined(ME, "r", Capability.CHAT, 1_000.0)
CROWD = ev.InvitationChanged(Invitation(), mute_on_join_above=2)


def keys(dialogue: Dialogue) -> list[str]:
    return [toast.key for toast in dialogue.meeting.toasts]


def people(count: int) -> list[ev.ParticipantChanged]:
    return [ev.ParticipantChanged(Participant(f"p{n}", f"P{n}")) for n in range(count)]


def joining(*, microphone_on: bool = True) -> Dialogue:
    return Dialogue(Meeting(page=Page.JOINING, link=LINK, name="Odile", microphone_on=microphone_on))


def test_names_and_colours_are_bounded() -> None:
    dialogue = Dialogue(ROOM) << ev.ParticipantChanged(Participant("b", "x" * 10_000, colour="y" * 10_000))
    bruno = dialogue.meeting.participants[-1]
    assert (len(bruno.name), len(bruno.colour)) == (LONGEST_NAME, 64)
    dialogue << ev.ParticipantChanged(Participant("a", "z" * 10_000))
    assert len(dialogue.meeting.participants[1].name) == LONGEST_NAME


def test_ones_own_lowered_hand_is_told_unless_one_lowered_it() -> None:
    raised = replace(ROOM, participants=(replace(ME, hand_raised_at_ms=5.0), AMINA))
    assert keys(Dialogue(raised) << ev.HandChanged("me", None)) == ["hand_lowered"]
    lowered = Dialogue(raised) << want.SetHand(raised=False) << ev.HandChanged("me", None)
    assert keys(lowered) == []


def test_a_hand_the_server_does_not_take_is_shown_where_it_is() -> None:
    busy = Problem(ProblemCode.SERVER_BUSY)
    dialogue = Dialogue(ROOM) << want.SetHand(raised=True, at_ms=5.0) << ev.HandFailed(True, 5.0, busy)
    assert not dialogue.meeting.raised_hands
    assert dialogue.meeting.toasts[-1].problem == busy
    assert (dialogue << ev.HandFailed(True, 5.0, busy)).meeting.toasts == dialogue.meeting.toasts
    dialogue << want.SetHand(raised=True, at_ms=6.0) << want.SetHand(raised=False, at_ms=7.0)
    dialogue << ev.HandFailed(False, 7.0, busy)
    assert [p.id for p in dialogue.meeting.raised_hands] == ["me"]


def test_who_leads_from_now_on_is_told_and_who_does_not_loses_the_panel() -> None:
    leading = replace(ME, role=Role.ADMINISTRATOR)
    dialogue = Dialogue(ROOM) << ev.ParticipantChanged(leading) << want.ShowPanel(want.Panel.HOST)
    assert (keys(dialogue), dialogue.meeting.me) == (["leads"], leading)
    dialogue << ev.ParticipantChanged(replace(leading, role=Role.OWNER))
    assert keys(dialogue) == ["leads"]
    dialogue << ev.ParticipantChanged(ME)
    assert (keys(dialogue), dialogue.meeting.panel) == (["leads", "leads_no_more"], None)


def test_sounds_stop_in_a_crowd_and_come_back() -> None:
    dialogue = Dialogue(ROOM) << ev.InvitationChanged(Invitation(), most_for_sounds=2)
    assert dialogue.meeting.room.sounds
    dialogue << ev.ParticipantChanged(Participant("b", "Bruno"), arrived=True)
    assert not dialogue.meeting.room.sounds
    dialogue << ev.ParticipantLeft("b")
    assert dialogue.meeting.room.sounds


def test_who_joins_a_crowd_is_muted_and_told_whatever_comes_first() -> None:
    orders: tuple[tuple[ev.Event, ...], ...] = (
        (CROWD, JOINED, *people(3)),
        (JOINED, CROWD, *people(3)),
        (JOINED, *people(3), CROWD),
    )
    for order in orders:
        dialogue = joining()
        for event in order:
            dialogue << event
        assert dialogue.effects == (do.SetSending(Source.MICROPHONE, on=False),)
        assert not dialogue.meeting.microphone_on
        assert keys(dialogue) == ["crowd_microphone"]


def test_few_people_later_ones_and_those_who_spoke_up_change_nothing() -> None:
    dialogue = joining() << CROWD << JOINED
    for event in people(2):
        dialogue << event
    for number in range(5):
        dialogue << ev.ParticipantChanged(Participant(f"late{number}", "Late"), arrived=True)
    assert dialogue.meeting.microphone_on
    spoke_up = joining(microphone_on=False) << CROWD << JOINED << want.SetSourceOn(Source.MICROPHONE, on=True)
    for event in people(5):
        spoke_up << event
    assert spoke_up.meeting.microphone_on


def test_who_comes_back_to_a_crowd_is_not_muted() -> None:
    dialogue = joining() << JOINED << ev.Dropped(Problem(ProblemCode.CONNECTION_LOST), may_retry=True)
    dialogue << ev.RetryDue(1) << JOINED << CROWD
    for event in people(5):
        dialogue << event
    assert dialogue.meeting.microphone_on
