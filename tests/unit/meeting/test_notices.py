"""What is being made of the meeting, and what everybody is told."""

from dataclasses import replace

import pytest

from tests.helpers.dialogue import Dialogue
from visio_desktop.meeting import effects as do
from visio_desktop.meeting import events as ev
from visio_desktop.meeting.rooms import Notice, Recording, RecordingKind, RecordingState, Rules
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Participant, Problem, ProblemCode, Role, Source

ME = Participant("me", "Odile", is_me=True)
HOST = Participant("h", "Hana", role=Role.OWNER)
AMINA = Participant("a", "Amina")
ROOM = Meeting(page=Page.ROOM, participants=(ME, HOST, AMINA), microphone_on=True, camera_on=True)
LEADING = replace(ROOM, participants=(replace(ME, role=Role.ADMINISTRATOR), HOST, AMINA))
FILM, WORDS = RecordingKind.SCREEN, RecordingKind.TRANSCRIPT


def keys(dialogue: Dialogue) -> list[str]:
    return [toast.key for toast in dialogue.meeting.toasts]


def changed(kind: RecordingKind, *states: RecordingState) -> list[ev.RecordingChanged]:
    return [ev.RecordingChanged(Recording(kind, state)) for state in states]


def told(meeting: Meeting, *events: ev.Event) -> list[str]:
    dialogue = Dialogue(meeting)
    for event in events:
        dialogue << event
    return keys(dialogue)


def test_a_recordings_beginning_and_end_are_told_once() -> None:
    course = changed(FILM, RecordingState.STARTING, RecordingState.STARTED, RecordingState.SAVING)
    assert told(ROOM, *course, ev.RecordingChanged(None)) == ["recording_started", "recording_stopped"]
    failed = changed(WORDS, RecordingState.STARTED, RecordingState.FAILED)
    assert told(ROOM, *failed) == ["transcript_started", "transcript_failed"]
    dialogue = Dialogue(ROOM) << course[1]
    assert dialogue.meeting.room.recording == Recording(FILM, RecordingState.STARTED)


def test_the_notice_and_the_truth_are_told_as_one() -> None:
    started, stopped = (ev.NoticeReceived(n, "h") for n in (Notice.RECORDING_STARTED, Notice.RECORDING_STOPPED))
    course = changed(FILM, RecordingState.STARTING, RecordingState.STARTED)
    once = ["recording_started", "recording_stopped"]
    assert told(ROOM, course[0], started, course[1], stopped, ev.RecordingChanged(None)) == once
    assert told(ROOM, started, *course, ev.RecordingChanged(None), stopped) == once


def test_a_recording_that_goes_on_after_coming_back_is_not_told_again() -> None:
    (running,) = changed(FILM, RecordingState.STARTED)
    dialogue = Dialogue(ROOM) << running << ev.Dropped(Problem(ProblemCode.CONNECTION_LOST), may_retry=True)
    dialogue << ev.Joined(ME, "r", ROOM.capabilities, 1.0)
    assert dialogue.meeting.room.recording is None
    dialogue << running
    assert keys(dialogue).count("recording_started") == 1


@pytest.mark.parametrize("notice", Notice)
@pytest.mark.parametrize("meeting", [ROOM, replace(ROOM, room=replace(ROOM.room, rules=Rules()))])
def test_what_an_ordinary_participant_claims_changes_nothing(notice: Notice, meeting: Meeting) -> None:
    for who in ("a", "me", "nobody"):
        dialogue = Dialogue(meeting) << ev.NoticeReceived(notice, who, frozenset(Source), 1.0) >> ()
        assert dialogue.meeting == meeting


@pytest.mark.parametrize("who", ["", "h"])
def test_the_server_and_those_who_lead_are_believed(who: str) -> None:
    notices = (Notice.TRANSCRIPT_STARTED, Notice.TRANSCRIPT_LIMIT, Notice.TRANSCRIPT_STOPPED, Notice.RECORDING_LIMIT)
    expected = ["transcript_started", "transcript_limit", "transcript_stopped", "recording_limit"]
    assert told(ROOM, *(ev.NoticeReceived(notice, who) for notice in notices)) == expected
    dialogue = Dialogue(ROOM) << ev.NoticeReceived(Notice.SOURCES_REMOVED, who, frozenset({Source.MICROPHONE}))
    dialogue >> do.SetSending(Source.MICROPHONE, on=False)
    assert (dialogue.meeting.microphone_on, dialogue.meeting.camera_on) == (False, True)


def test_who_leads_is_asked_to_record_and_nobody_else() -> None:
    asked = ev.NoticeReceived(Notice.RECORDING_REQUESTED, "a", at_ms=1.0)
    dialogue = Dialogue(LEADING) << asked
    assert [(t.key, t.arguments) for t in dialogue.meeting.toasts] == [("recording_requested", (("name", "Amina"),))]
    assert told(ROOM, asked) == []


def test_asking_again_and_again_is_told_once_in_ten_seconds() -> None:
    asked = ev.NoticeReceived(Notice.TRANSCRIPT_REQUESTED, "a", at_ms=1.0)
    assert told(LEADING, asked, replace(asked, at_ms=9_000.0)) == ["transcript_requested"]
    assert told(LEADING, asked, replace(asked, at_ms=10_001.0)) == ["transcript_requested"] * 2
    crowd = tuple(Participant(f"p{n}", "P") for n in range(9))
    flood = [ev.NoticeReceived(Notice.TRANSCRIPT_REQUESTED, person.id, at_ms=1.0) for person in crowd]
    assert len(told(replace(LEADING, participants=(*LEADING.participants, *crowd)), *flood)) == 3


def test_who_muted_is_named_once_the_server_did_it() -> None:
    by_host, muted = ev.NoticeReceived(Notice.MUTED_BY_HOST, "h"), ev.MutedByServer(Source.MICROPHONE)
    assert told(ROOM, by_host) == []
    dialogue = Dialogue(ROOM) << muted << by_host
    assert [(t.key, t.arguments) for t in dialogue.meeting.toasts] == [("muted_by", (("name", "Hana"),))]
    by_anybody = ev.NoticeReceived(Notice.MUTED_BY_HOST, "a")
    assert told(ROOM, muted, by_anybody) == ["muted_microphone"]
    everybody_may = replace(ROOM, room=replace(ROOM.room, rules=Rules(everyone_mutes=True)))
    assert told(everybody_may, muted, by_anybody) == ["muted_by"]


def test_notices_outside_a_meeting_are_for_nobody() -> None:
    Dialogue() << ev.NoticeReceived(Notice.RECORDING_STARTED) >> ()
    assert told(Meeting(page=Page.JOINING), ev.NoticeReceived(Notice.RECORDING_STARTED)) == []
