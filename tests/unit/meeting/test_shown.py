"""Reactions and captions."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.dialogue import Dialogue
from visio_desktop.meeting import effects as do
from visio_desktop.meeting import events as ev
from visio_desktop.meeting import intents as want
from visio_desktop.meeting.requests import React, StartCaptions
from visio_desktop.meeting.rooms import Caption, Emoji
from visio_desktop.meeting.shown import LONGEST_CAPTION, MOST_FINAL, MOST_OPEN, MOST_REACTIONS
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.update import update
from visio_desktop.meeting.values import Capability, Participant, Problem, ProblemCode

ME = Participant("me", "Odile", is_me=True)
AMINA = Participant("a", "Amina")
BRUNO = Participant("b", "Bruno")
ROOM = Meeting(page=Page.ROOM, participants=(ME, AMINA, BRUNO), capabilities=Capability.REACTIONS | Capability.CAPTIONS)
CLAP = Emoji.CLAPPING_HANDS


def test_a_reaction_is_shown_with_its_name_and_a_growing_number() -> None:
    dialogue = Dialogue(ROOM) << ev.Reacted("a", CLAP, 1.0) << ev.Reacted("b", Emoji.RED_HEART, 2.0)
    first, second = dialogue.meeting.room.reactions
    assert (first.name, first.emoji, second.name) == ("Amina", CLAP, "Bruno")
    assert first.number < second.number
    assert (dialogue << ev.Reacted("nobody", CLAP, 3.0)).meeting.room.reactions == (first, second)


def test_ones_own_is_shown_at_once_and_its_echo_is_not() -> None:
    dialogue = Dialogue(ROOM) << want.AskServer(React(CLAP), 1.0) >> do.Deliver(React(CLAP))
    (own,) = dialogue.meeting.room.reactions
    assert own.participant_id == "me"
    assert (dialogue << ev.Reacted("me", CLAP, 2.0)).meeting.room.reactions == (own,)


def test_a_flood_of_ones_own_is_not_sent() -> None:
    dialogue = Dialogue(ROOM)
    for _ in range(10):
        dialogue << want.AskServer(React(CLAP), 1.0) >> do.Deliver(React(CLAP))
    dialogue << want.AskServer(React(CLAP), 900.0) >> ()
    dialogue << want.AskServer(React(CLAP), 1_001.0) >> do.Deliver(React(CLAP))


@given(st.lists(st.tuples(st.sampled_from(["me", "a", "b", "nobody"]), st.integers(0, 300)), max_size=150))
def test_a_flood_shows_at_most_ten_of_one_person_a_second(steps: list[tuple[str, int]]) -> None:
    meeting, now_ms = ROOM, 0.0
    seen: dict[int, tuple[str, float]] = {}
    for who, later_ms in steps:
        now_ms += later_ms
        meeting, _ = update(meeting, ev.Reacted(who, CLAP, now_ms))
        assert len(meeting.room.reactions) <= MOST_REACTIONS
        numbers = [r.number for r in meeting.room.reactions]
        assert numbers == sorted(set(numbers))
        seen |= {r.number: (r.participant_id, r.at_ms) for r in meeting.room.reactions}
    for who, when in seen.values():
        assert who in {"a", "b"}
        assert sum(one == who and when <= other < when + 1_000 for one, other in seen.values()) <= 10


def test_a_crowd_reacts_no_faster_than_it_can_be_shown() -> None:
    crowd = tuple(Participant(f"p{n}", "P") for n in range(100))
    dialogue = Dialogue(replace(ROOM, participants=(ME, *crowd)))
    for person in crowd:
        dialogue << ev.Reacted(person.id, CLAP, 1.0)
    assert [r.participant_id for r in dialogue.meeting.room.reactions] == [p.id for p in crowd[:MOST_REACTIONS]]


def captioned(dialogue: Dialogue, key: str, who: str, text: str, *, final: bool = False) -> Dialogue:
    return dialogue << ev.Captioned(Caption(key, who, f"{who}'s own word", text, final))


def shown(dialogue: Dialogue) -> list[tuple[str, str]]:
    return [(caption.name, caption.text) for caption in dialogue.meeting.room.captions]


def test_captions_are_asked_for_once_and_shown_in_their_place() -> None:
    dialogue = Dialogue(ROOM)
    captioned(dialogue, "1", "a", "before they are wanted")
    assert shown(dialogue) == []
    dialogue << want.ShowCaptions(on=True) >> do.Deliver(StartCaptions())
    captioned(dialogue, "1", "a", "he")
    captioned(dialogue, "2", "b", "well")
    captioned(dialogue, "1", "a", "hello", final=True)
    assert shown(dialogue) == [("Amina", "hello"), ("Bruno", "well")]
    dialogue << want.ShowCaptions(on=False) >> ()
    assert shown(dialogue) == []
    dialogue << want.ShowCaptions(on=True) >> ()


def test_a_final_line_and_one_of_another_cannot_be_changed() -> None:
    dialogue = Dialogue(ROOM) << want.ShowCaptions(on=True)
    captioned(dialogue, "1", "a", "yes", final=True)
    captioned(dialogue, "1", "a", "no")
    captioned(dialogue, "2", "b", "maybe")
    captioned(dialogue, "2", "a", "never")
    assert shown(dialogue) == [("Amina", "yes"), ("Bruno", "maybe")]


def test_the_newest_three_final_lines_stay_and_one_open_line_each() -> None:
    dialogue = Dialogue(ROOM) << want.ShowCaptions(on=True)
    for number in range(5):
        captioned(dialogue, f"f{number}", "a", str(number), final=True)
    for number in range(3):
        captioned(dialogue, f"o{number}", "b", f"open {number}")
    captioned(dialogue, "stranger", "unknown", "x" * 10_000)
    texts = [text for _, text in shown(dialogue)]
    assert texts == ["2", "3", "4", "open 2", "x" * LONGEST_CAPTION]
    assert shown(dialogue)[-1][0] == "unknown's own word"


def test_captions_nobody_writes_are_off_and_may_be_asked_for_again() -> None:
    dialogue = Dialogue(ROOM) << want.ShowCaptions(on=True)
    dialogue << ev.RequestRefused(StartCaptions(), Problem(ProblemCode.REQUEST_REFUSED))
    assert not dialogue.meeting.room.captions_on
    dialogue << want.ShowCaptions(on=True) >> do.Deliver(StartCaptions())
    without = replace(ROOM, capabilities=Capability.NONE)
    Dialogue(without) << want.ShowCaptions(on=True) >> ()
    assert not (Dialogue() << want.ShowCaptions(on=True)).meeting.room.captions_on


CAPTIONS = st.builds(
    Caption,
    st.sampled_from([str(n) for n in range(12)]),
    st.sampled_from("abcdefghij"),
    st.text(),
    st.text(),
    st.booleans(),
)


@given(st.lists(CAPTIONS, max_size=60))
def test_captions_never_pile_up(captions: list[Caption]) -> None:
    meeting, _ = update(ROOM, want.ShowCaptions(on=True))
    for caption in captions:
        meeting, _ = update(meeting, ev.Captioned(caption))
        final = [c for c in meeting.room.captions if c.final]
        open_ones = [c.participant_id for c in meeting.room.captions if not c.final]
        assert len(final) <= MOST_FINAL
        assert len(open_ones) <= MOST_OPEN
        assert len(open_ones) == len(set(open_ones))
