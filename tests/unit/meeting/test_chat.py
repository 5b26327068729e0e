"""The lines of the chat."""

from dataclasses import replace

from tests.helpers.dialogue import Dialogue
from visio_desktop.meeting import events as ev
from visio_desktop.meeting import intents as want
from visio_desktop.meeting.bounds import LONGEST_LINE, LONGEST_NAME
from visio_desktop.meeting.chat import LINES_AT_ONCE, LINES_WITHIN_MS, edit_own
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import ChatMessage, Participant

ME = Participant("me", "Odile", is_me=True)
AMINA = Participant("a", "Amina")
ROOM = Meeting(page=Page.ROOM, participants=(ME, AMINA))
LINE = ChatMessage("1", "a", "Amina", "helo", 5.0)


def test_the_same_sender_and_id_is_an_edit_in_place_with_the_first_time() -> None:
    dialogue = Dialogue(ROOM) << ev.ChatReceived(LINE) << ev.ChatReceived(replace(LINE, text="hello", at_ms=9.0))
    assert dialogue.meeting.chat == (replace(LINE, text="hello", edited=True),)
    dialogue << ev.ChatReceived(replace(LINE, text="hello", at_ms=9.0))
    assert dialogue.meeting.chat == (replace(LINE, text="hello", edited=True),)


def test_what_was_written_before_one_came_is_no_news() -> None:
    dialogue = Dialogue(ROOM)
    for number in range(100):
        dialogue << ev.ChatReceived(replace(LINE, id=f"old{number}"), 1_000.0, is_old=True)
    assert (len(dialogue.meeting.chat), dialogue.meeting.unread, dialogue.meeting.toasts) == (100, 0, ())
    assert (dialogue << ev.ChatReceived(replace(LINE, id="new"), 1_001.0)).meeting.unread == 1


def test_nobody_edits_the_line_of_another() -> None:
    dialogue = Dialogue(ROOM) << ev.ChatReceived(LINE)
    forged = replace(LINE, sender_id="b", text="I resign")
    assert (dialogue << ev.ChatReceived(forged)).meeting.chat == (LINE,)
    mine = Dialogue(ROOM) << want.SendChat("hello", "x", 7.0) << ev.ChatReceived(replace(LINE, id="x"))
    assert [line.text for line in mine.meeting.chat] == ["hello"]


def test_the_echo_of_ones_own_line_is_no_edit() -> None:
    dialogue = Dialogue(ROOM) << want.SendChat("hello", "x", 7.0)
    dialogue << ev.ChatReceived(ChatMessage("x", "me", "Odile", "hello", 8.0, is_mine=True))
    (line,) = dialogue.meeting.chat
    assert (line.edited, line.pending, line.at_ms, line.is_mine) == (False, False, 7.0, True)


def test_only_ones_own_line_is_edited_as_ones_own() -> None:
    room = replace(ROOM, chat=(LINE, replace(LINE, id="2", sender_id="me", is_mine=True)))
    assert edit_own(room, "1", "no") == room
    assert [(c.text, c.edited) for c in edit_own(room, "2", "yes").chat] == [("helo", False), ("yes", True)]


def test_giant_lines_and_names_are_cut() -> None:
    giant = replace(LINE, text="x" * 1_000_000, sender_name="y" * 1_000_000)
    dialogue = Dialogue(ROOM) << ev.ChatReceived(giant)
    assert (len(dialogue.meeting.chat[0].text), len(dialogue.meeting.chat[0].sender_name)) == (
        LONGEST_LINE,
        LONGEST_NAME,
    )


def test_what_no_person_writes_so_fast_is_passed_over() -> None:
    dialogue = Dialogue(ROOM)
    for number in range(100):
        dialogue << ev.ChatReceived(replace(LINE, id=f"a{number}"), 1_000.0)
    flooded = dialogue.meeting
    assert len(flooded.chat) == LINES_AT_ONCE
    dialogue << ev.ChatReceived(replace(LINE, id="a0", text="edited"), 1_000.0)
    assert dialogue.meeting is flooded
    dialogue << ev.ChatReceived(replace(LINE, id="b", sender_id="b"), 1_000.0)
    dialogue << ev.ChatReceived(replace(LINE, id="mine", sender_id="me", is_mine=True), 1_000.0)
    dialogue << ev.ChatReceived(replace(LINE, id="later"), 1_000.0 + LINES_WITHIN_MS)
    assert [line.id for line in dialogue.meeting.chat[-3:]] == ["b", "mine", "later"]


def test_a_line_that_could_not_be_read_is_counted_and_read_later_without_being_an_edit() -> None:
    dialogue = Dialogue(ROOM) << ev.ChatReceived(replace(LINE, text="", unreadable=True))
    assert (dialogue.meeting.unread, dialogue.meeting.toasts) == (1, ())
    assert (dialogue << ev.ChatReceived(LINE)).meeting.chat == (LINE,)
    assert dialogue.meeting.unread == 1


def test_lines_are_taken_away_one_of_somebody_or_all() -> None:
    mine, toasted = replace(LINE, id="2", sender_id="me", is_mine=True), Dialogue(ROOM)
    for line in (LINE, mine, replace(LINE, id="3")):
        toasted << ev.ChatReceived(line)
    meeting = toasted.meeting
    assert (meeting.unread, [toast.key for toast in meeting.toasts]) == (2, ["chat"])
    for event, left, unread in (
        (ev.ChatCleared("a", "1"), ["2", "3"], 1),
        (ev.ChatCleared("b", "1"), ["1", "2", "3"], 2),
        (ev.ChatCleared("a"), ["2"], 0),
        (ev.ChatCleared(), [], 0),
    ):
        cleared = (Dialogue(meeting) << event).meeting
        assert ([line.id for line in cleared.chat], cleared.unread, cleared.toasts) == (left, unread, ())
