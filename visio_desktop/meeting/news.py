"""What each of a server's events does."""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting.changes import Step, nothing, over, with_participant, with_toast
from visio_desktop.meeting.effects import DeliverHand, Effect, Remember, SetSending, WaitToRetry
from visio_desktop.meeting.events import (
    ChatReceived,
    DataReceived,
    Dropped,
    HandChanged,
    Joined,
    MutedByServer,
    ParticipantChanged,
    ParticipantLeft,
    PublicationChanged,
    PublicationGone,
    QualityChanged,
    Restored,
    Restoring,
    ServerEvent,
    SpeakersChanged,
)
from visio_desktop.meeting.intents import Panel
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import ChatMessage, MeetingLink, Participant, Problem, Publication, Quality, Source

LARGEST_CHAT = 1_000
LARGEST_RECENTS = 10
LAST_ATTEMPT = 18


def take_in(meeting: Meeting, event: ServerEvent) -> Step:  # noqa: PLR0911, PLR0912, C901 - a table of one line each
    """Take in one event of the server."""
    match event:
        case Joined():
            return _joined(meeting, event)
        case ParticipantChanged(participant, arrived):
            return _participant(meeting, participant, arrived), ()
        case ParticipantLeft(participant_id):
            return _left(meeting, participant_id), ()
        case PublicationChanged(publication):
            return _publication(meeting, publication)
        case PublicationGone(publication_id):
            return _publication_gone(meeting, publication_id), ()
        case SpeakersChanged(ids):
            people = tuple(
                p if p.speaking == (p.id in ids) else replace(p, speaking=p.id in ids) for p in meeting.participants
            )
            return replace(meeting, participants=people), ()
        case QualityChanged(participant_id, quality):
            return _quality(meeting, participant_id, quality), ()
        case HandChanged(participant_id, raised_at_ms):
            return _hand(meeting, participant_id, raised_at_ms), ()
        case ChatReceived(message):
            return _chat(meeting, message), ()
        case DataReceived():
            return nothing(meeting)
        case MutedByServer(source):
            return _muted(meeting, source)
        case Dropped(problem, may_retry):
            return dropped(meeting, problem, may_retry=may_retry)
        case Restoring():
            return (replace(meeting, restoring=True), ()) if meeting.page is Page.ROOM else nothing(meeting)
        case Restored():
            return _restored(meeting), ()


def dropped(meeting: Meeting, problem: Problem, *, may_retry: bool) -> Step:
    """The connection is gone: come back with growing waits, or give up."""
    if meeting.page is not Page.ROOM:
        return nothing(meeting)
    attempt = meeting.attempt + 1
    if not may_retry or attempt > LAST_ATTEMPT:
        return over(meeting, problem)
    return replace(meeting, reconnecting=True, restoring=False, attempt=attempt), (WaitToRetry(attempt),)


def _restored(meeting: Meeting) -> Meeting:
    if not meeting.restoring:
        return meeting
    return with_toast(replace(meeting, restoring=False), "restored" if meeting.microphone_on else "restored_muted")


def _quality(meeting: Meeting, participant_id: str, quality: Quality) -> Meeting:
    """Note it; one's own poor connection is told once, and again only after it has been excellent in between."""
    changed = with_participant(meeting, participant_id, lambda p: replace(p, quality=quality))
    person = meeting.participant(participant_id)
    if person is None or not person.is_me:
        return changed
    match quality:
        case Quality.POOR | Quality.LOST if not meeting.poor_told:
            return with_toast(replace(changed, poor_told=True), "network_poor")
        case Quality.EXCELLENT:
            return replace(changed, poor_told=False)
        case _:
            return changed


def _joined(meeting: Meeting, event: Joined) -> Step:
    if meeting.page is not Page.JOINING and not meeting.reconnecting:
        return nothing(meeting)
    before = meeting.me
    hand = before.hand_raised_at_ms if before is not None else None
    me = replace(event.me, is_me=True, publications=(), hand_raised_at_ms=hand)
    joined = replace(
        meeting,
        page=Page.ROOM,
        title=event.title,
        capabilities=event.capabilities,
        participants=(me,),
        joined_at_ms=meeting.joined_at_ms if meeting.joined_at_ms is not None else event.at_ms,
        reconnecting=False,
        restoring=False,
        attempt=0,
        problem=None,
        recents=_with_recent(meeting),
    )
    if before is not None:
        joined = with_toast(joined, "back" if meeting.microphone_on else "back_muted")
    return joined, (*_send_again(joined), *_hand_again(hand), *_remember(meeting.link))


def _send_again(meeting: Meeting) -> tuple[Effect, ...]:
    """Send what the window shows as on, and only that."""
    wanted = [s for s in (Source.MICROPHONE, Source.CAMERA, Source.SCREEN) if meeting.is_on(s)]
    return tuple(SetSending(s, on=True, spec=meeting.screen_spec if s is Source.SCREEN else "") for s in wanted)


def _hand_again(raised_at_ms: float | None) -> tuple[Effect, ...]:
    return () if raised_at_ms is None else (DeliverHand(raised=True, at_ms=raised_at_ms),)


def _remember(link: MeetingLink | None) -> tuple[Effect, ...]:
    return () if link is None or link.kind == "practice" else (Remember("recent", link.text),)


def _with_recent(meeting: Meeting) -> tuple[MeetingLink, ...]:
    if meeting.link is None or meeting.link.kind == "practice":
        return meeting.recents
    others = tuple(r for r in meeting.recents if r.text != meeting.link.text)
    return (meeting.link, *others)[:LARGEST_RECENTS]


def _participant(meeting: Meeting, participant: Participant, arrived: bool) -> Meeting:
    known = meeting.participant(participant.id)
    if known is not None:
        kept = replace(
            participant,
            is_me=known.is_me,
            publications=known.publications,
            speaking=known.speaking,
            quality=known.quality,
            hand_raised_at_ms=known.hand_raised_at_ms,
        )
        return with_participant(meeting, participant.id, lambda _: kept)
    if meeting.me is None:
        return meeting
    newcomer = replace(participant, is_me=False, publications=())
    with_them = replace(meeting, participants=(*meeting.participants, newcomer))
    return with_toast(with_them, "arrived", name=participant.name) if arrived else with_them


def _left(meeting: Meeting, participant_id: str) -> Meeting:
    gone = meeting.participant(participant_id)
    if gone is None or gone.is_me:
        return meeting
    people = tuple(p for p in meeting.participants if p.id != participant_id)
    pinned = None if any(q.id == meeting.pinned for q in gone.publications) else meeting.pinned
    return with_toast(replace(meeting, participants=people, pinned=pinned), "left", name=gone.name)


def _publication(meeting: Meeting, publication: Publication) -> Step:
    def put(person: Participant) -> Participant:
        others = tuple(q for q in person.publications if q.id != publication.id)
        known = next((i for i, q in enumerate(person.publications) if q.id == publication.id), len(others))
        return replace(person, publications=(*others[:known], publication, *others[known:]))

    return with_participant(meeting, publication.participant_id, put), ()


def _publication_gone(meeting: Meeting, publication_id: str) -> Meeting:
    publication = meeting.publication(publication_id)
    if publication is None:
        return meeting

    def take(person: Participant) -> Participant:
        return replace(person, publications=tuple(q for q in person.publications if q.id != publication_id))

    without = with_participant(meeting, publication.participant_id, take)
    return replace(without, pinned=None) if meeting.pinned == publication_id else without


def _hand(meeting: Meeting, participant_id: str, raised_at_ms: float | None) -> Meeting:
    person = meeting.participant(participant_id)
    if person is None:
        return meeting
    changed = with_participant(meeting, participant_id, lambda p: replace(p, hand_raised_at_ms=raised_at_ms))
    if person.is_me or raised_at_ms is None or person.hand_raised_at_ms is not None:
        return changed
    return with_toast(changed, "hand", name=person.name)


def _chat(meeting: Meeting, message: ChatMessage) -> Meeting:
    if any(line.id == message.id for line in meeting.chat):
        lines = tuple(message if line.id == message.id else line for line in meeting.chat)
        return replace(meeting, chat=lines)
    changed = replace(meeting, chat=(*meeting.chat, message)[-LARGEST_CHAT:])
    if message.is_mine or meeting.panel is Panel.CHAT:
        return changed
    noticed = with_toast(changed, "chat", name=message.sender_name, text=message.text[:200])
    return replace(noticed, unread=meeting.unread + 1)


def _muted(meeting: Meeting, source: Source) -> Step:
    match source:
        case Source.MICROPHONE if meeting.microphone_on:
            changed = replace(meeting, microphone_on=False, held_to_talk=False)
        case Source.CAMERA if meeting.camera_on:
            changed = replace(meeting, camera_on=False)
        case Source.SCREEN if meeting.screen_on:
            changed = replace(meeting, screen_on=False)
        case _:
            return nothing(meeting)
    return with_toast(changed, f"muted_{source.value}"), (SetSending(source, on=False),)
