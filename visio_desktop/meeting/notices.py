"""What is being made of the meeting, and what everybody is told: the state is the truth, a notice only speaks of it.

Anybody may send a notice, so each counts only from whoever may do what it tells of.
"""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting import allowed
from visio_desktop.meeting.changes import Step, nothing, with_toast
from visio_desktop.meeting.events import NoticeReceived
from visio_desktop.meeting.pace import paced
from visio_desktop.meeting.rooms import Notice, Recording, RecordingKind, RecordingState
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Source

REQUESTS_WITHIN_MS = 10_000.0
MUTED_BY = "muted_by"
MUTED = f"muted_{Source.MICROPHONE.value}"
_EVERYBODY = ""
_RUNNING = (RecordingState.STARTING, RecordingState.STARTED)
_SPOKEN = {RecordingKind.SCREEN: "recording", RecordingKind.TRANSCRIPT: "transcript"}


def recording(meeting: Meeting, now: Recording | None) -> Meeting:
    """What is being made of the meeting from now on; its beginning and its end are told once."""
    changed = replace(meeting, room=replace(meeting.room, recording=now))
    told = meeting.room.tally.told
    if now is not None and now.state in _RUNNING:
        return changed if told is now.kind else _began(changed, now.kind)
    if told is None:
        return changed
    failed = now is not None and now.state is RecordingState.FAILED
    return _ended(changed, told, "failed" if failed else "stopped")


def noticed(meeting: Meeting, event: NoticeReceived) -> Step:
    """A notice came."""
    if meeting.page is not Page.ROOM:
        return nothing(meeting)
    by_leader = _leads(meeting, event.participant_id)
    match event.notice:
        case Notice.RECORDING_REQUESTED:
            return _requested(meeting, event, RecordingKind.SCREEN), ()
        case Notice.TRANSCRIPT_REQUESTED:
            return _requested(meeting, event, RecordingKind.TRANSCRIPT), ()
        case Notice.MUTED_BY_HOST:
            return _muted_by(meeting, event.participant_id, by_leader), ()
        case _:
            return _announced(meeting, event) if by_leader else nothing(meeting)


def _announced(meeting: Meeting, event: NoticeReceived) -> Step:
    """Somebody who may has done something."""
    match event.notice:
        case Notice.SOURCES_REMOVED:
            return allowed.turn_off(meeting, event.sources, "not_allowed")
        case Notice.RECORDING_STARTED | Notice.TRANSCRIPT_STARTED:
            kind = _kind(event.notice)
            return (meeting if meeting.room.tally.told is kind else _began(meeting, kind)), ()
        case Notice.RECORDING_STOPPED | Notice.TRANSCRIPT_STOPPED:
            kind = _kind(event.notice)
            return (_ended(meeting, kind, "stopped") if meeting.room.tally.told is kind else meeting), ()
        case Notice.RECORDING_LIMIT | Notice.TRANSCRIPT_LIMIT:
            return with_toast(meeting, f"{_SPOKEN[_kind(event.notice)]}_limit"), ()
        case _:
            return nothing(meeting)


def _kind(notice: Notice) -> RecordingKind:
    recorded = (Notice.RECORDING_STARTED, Notice.RECORDING_STOPPED, Notice.RECORDING_LIMIT)
    return RecordingKind.SCREEN if notice in recorded else RecordingKind.TRANSCRIPT


def _leads(meeting: Meeting, participant_id: str) -> bool:
    person = meeting.participant(participant_id)
    return participant_id == "" or (person is not None and person.role.leads)


def _began(meeting: Meeting, kind: RecordingKind) -> Meeting:
    return with_toast(_told(meeting, kind), f"{_SPOKEN[kind]}_started")


def _ended(meeting: Meeting, kind: RecordingKind, how: str) -> Meeting:
    return with_toast(_told(meeting, None), f"{_SPOKEN[kind]}_{how}")


def _told(meeting: Meeting, kind: RecordingKind | None) -> Meeting:
    return replace(meeting, room=replace(meeting.room, tally=replace(meeting.room.tally, told=kind)))


def _requested(meeting: Meeting, event: NoticeReceived, kind: RecordingKind) -> Meeting:
    """Told to those who lead: once in ten seconds from one person, three times from all."""
    person, me, tally = meeting.participant(event.participant_id), meeting.me, meeting.room.tally
    if person is None or person.is_me or me is None or not me.role.leads:
        return meeting
    pace = paced(tally.requested, person.id, event.at_ms, most=1, within_ms=REQUESTS_WITHIN_MS)
    if pace is None or (pace := paced(pace, _EVERYBODY, event.at_ms, most=3, within_ms=REQUESTS_WITHIN_MS)) is None:
        return meeting
    kept = replace(meeting, room=replace(meeting.room, tally=replace(tally, requested=pace)))
    return with_toast(kept, f"{_SPOKEN[kind]}_requested", name=person.name)


def _muted_by(meeting: Meeting, participant_id: str, by_leader: bool) -> Meeting:
    """Who it was; that the microphone is off is told by the server itself, and counts only then."""
    person, rules = meeting.participant(participant_id), meeting.room.rules
    may = by_leader or (rules is not None and rules.everyone_mutes)
    if person is None or person.is_me or not may or not any(toast.key == MUTED for toast in meeting.toasts):
        return meeting
    others = tuple(toast for toast in meeting.toasts if toast.key != MUTED)
    return with_toast(replace(meeting, toasts=others), MUTED_BY, name=person.name)
