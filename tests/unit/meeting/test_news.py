"""A server's events in detail."""

from dataclasses import replace

from tests.helpers.dialogue import Dialogue
from visio_desktop.meeting import effects as do
from visio_desktop.meeting import events as ev
from visio_desktop.meeting.bounds import LARGEST_CHAT
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import ChatMessage, Participant, Problem, ProblemCode, Publication, Quality, Source

ME = Participant("me", "Odile", is_me=True)
AMINA = Participant("a", "Amina")
ROOM = Meeting(page=Page.ROOM, participants=(ME, AMINA))


def test_news_before_joining_is_for_nobody() -> None:
    dialogue = Dialogue() << ev.ParticipantChanged(AMINA) << ev.PublicationChanged(Publication("c", "a", Source.CAMERA))
    assert dialogue.meeting == Meeting()
    assert (Dialogue() << ev.Dropped(Problem(ProblemCode.CONNECTION_LOST), may_retry=True)).effects == ()


def test_oneself_never_leaves_by_an_event() -> None:
    assert (Dialogue(ROOM) << ev.ParticipantLeft("me")).meeting == ROOM


def test_the_chat_keeps_the_newest_lines() -> None:
    line = ChatMessage("0", "a", "Amina", "hi", 0.0)
    full = replace(ROOM, chat=tuple(replace(line, id=str(n)) for n in range(LARGEST_CHAT)))
    dialogue = Dialogue(full) << ev.ChatReceived(replace(line, id="new"))
    assert len(dialogue.meeting.chat) == LARGEST_CHAT
    assert (dialogue.meeting.chat[0].id, dialogue.meeting.chat[-1].id) == ("1", "new")


def test_an_edited_line_takes_the_place_of_the_first() -> None:
    line = ChatMessage("1", "a", "Amina", "helo", 0.0)
    dialogue = Dialogue(ROOM) << ev.ChatReceived(line) << ev.ChatReceived(replace(line, text="hello"))
    assert [entry.text for entry in dialogue.meeting.chat] == ["hello"]
    assert dialogue.meeting.unread == 1


def test_a_hand_of_somebody_else_is_announced_once() -> None:
    dialogue = Dialogue(ROOM) << ev.HandChanged("a", 5.0) << ev.HandChanged("a", 5.0) << ev.HandChanged("me", 6.0)
    assert [toast.key for toast in dialogue.meeting.toasts] == ["hand"]
    assert [p.id for p in dialogue.meeting.raised_hands] == ["a", "me"]


def test_quality_and_speaking_stand_with_the_person() -> None:
    dialogue = Dialogue(ROOM) << ev.QualityChanged("a", Quality.POOR) << ev.SpeakersChanged(frozenset({"a"}))
    amina = dialogue.meeting.participant("a")
    assert amina is not None
    assert (amina.quality, amina.speaking) == (Quality.POOR, True)
    dialogue << ev.SpeakersChanged(frozenset())
    assert not any(person.speaking for person in dialogue.meeting.participants)


def test_a_source_that_is_off_cannot_be_muted_again() -> None:
    Dialogue(ROOM) << ev.MutedByServer(Source.CAMERA) >> ()
    dialogue = Dialogue(replace(ROOM, screen_on=True)) << ev.MutedByServer(Source.SCREEN)
    dialogue >> do.SetSending(Source.SCREEN, on=False)
    assert dialogue.meeting.toasts[-1].key == "muted_screen"


def keys(dialogue: Dialogue) -> list[str]:
    return [toast.key for toast in dialogue.meeting.toasts]


def test_ones_own_poor_connection_is_told_once_until_it_was_excellent() -> None:
    dialogue = Dialogue(ROOM) << ev.QualityChanged("a", Quality.POOR)
    assert keys(dialogue) == []
    for quality in (Quality.POOR, Quality.GOOD, Quality.LOST, Quality.POOR):
        dialogue << ev.QualityChanged("me", quality)
    assert keys(dialogue) == ["network_poor"]
    dialogue << ev.QualityChanged("me", Quality.EXCELLENT) << ev.QualityChanged("me", Quality.POOR)
    assert keys(dialogue) == ["network_poor", "network_poor"]


def test_a_restored_connection_is_told_with_the_microphones_state() -> None:
    dialogue = Dialogue(ROOM) << ev.Restored()
    assert keys(dialogue) == []
    dialogue << ev.Restoring()
    assert dialogue.meeting.restoring
    dialogue << ev.Restored()
    assert not dialogue.meeting.restoring
    assert keys(dialogue) == ["restored_muted"]
    speaking = Dialogue(replace(ROOM, microphone_on=True)) << ev.Restoring() << ev.Restored()
    assert keys(speaking) == ["restored"]
    assert not (Dialogue() << ev.Restoring()).meeting.restoring


def test_a_connection_that_cannot_be_restored_is_begun_anew() -> None:
    lost = ev.Dropped(Problem(ProblemCode.CONNECTION_LOST), may_retry=True)
    dialogue = Dialogue(ROOM) << ev.Restoring() << lost
    assert (dialogue.meeting.restoring, dialogue.meeting.reconnecting) == (False, True)
