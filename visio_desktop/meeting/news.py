"""What each of a server's events does."""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting import allowed, chat, hall, people, solitude, sound, still
from visio_desktop.meeting.changes import Step, nothing, over, with_participant, with_toast
from visio_desktop.meeting.effects import DeliverHand, Effect, Remember, SetSending, WaitToRetry
from visio_desktop.meeting.events import (
    CapabilitiesChanged,
    Captioned,
    ChatCleared,
    ChatReceived,
    DataReceived,
    Dropped,
    HandChanged,
    InvitationChanged,
    Joined,
    LobbyEntered,
    MutedByServer,
    NoticeReceived,
    ParticipantChanged,
    ParticipantLeft,
    PublicationChanged,
    PublicationGone,
    QualityChanged,
    Reacted,
    RecordingChanged,
    Restored,
    Restoring,
    RulesChanged,
    SendingAllowed,
    ServerEvent,
    SpeakersChanged,
    WaitingChanged,
)
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import MeetingLink, Participant, Problem, Publication, Quality, Source

LARGEST_RECENTS = 10
LAST_ATTEMPT = 18
_LONGEST_TITLE = 200


def take_in(meeting: Meeting, event: ServerEvent) -> Step:  # noqa: PLR0911, PLR0912, C901 - a table of one line each
    """Take in one event of the server."""
    match event:
        case Joined():
            return _joined(meeting, event)
        case ParticipantChanged(participant, arrived):
            return people.changed(meeting, participant, arrived=arrived)
        case ParticipantLeft(participant_id):
            return people.left(meeting, participant_id)
        case PublicationChanged(publication):
            return _publication(meeting, publication)
        case PublicationGone(publication_id):
            return _publication_gone(meeting, publication_id), ()
        case SpeakersChanged(ids):
            # One's own speech is heard here sooner than a server can tell.
            everybody = tuple(
                p if p.is_me or p.speaking == (p.id in ids) else replace(p, speaking=p.id in ids)
                for p in meeting.participants
            )
            return replace(meeting, participants=everybody), ()
        case QualityChanged(participant_id, quality):
            return _quality(meeting, participant_id, quality), ()
        case HandChanged(participant_id, raised_at_ms):
            return people.hand(meeting, participant_id, raised_at_ms), ()
        case ChatReceived() | ChatCleared():
            return chat.take_in(meeting, event), ()
        case DataReceived():
            return nothing(meeting)
        case (
            LobbyEntered()
            | CapabilitiesChanged()
            | SendingAllowed()
            | RulesChanged()
            | WaitingChanged()
            | RecordingChanged()
            | InvitationChanged()
            | Reacted()
            | Captioned()
            | NoticeReceived()
        ):
            return hall.take_in(meeting, event)
        case MutedByServer(source):
            return still.withdrawn(allowed.turn_off(meeting, (source,), "muted"), source)
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
    room = hall.cut_off(meeting.room)
    lost = replace(meeting, reconnecting=True, restoring=False, in_lobby=False, attempt=attempt, room=room)
    waiting, ends = solitude.look_around(lost)
    return waiting, (*ends, WaitToRetry(attempt))


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
    name = people.short_name(event.me.name)
    me = replace(event.me, name=name, is_me=True, publications=(), hand_raised_at_ms=hand)
    joined = replace(
        meeting,
        page=Page.ROOM,
        title=event.title[:_LONGEST_TITLE],
        capabilities=event.capabilities & ~meeting.withheld,
        participants=(me,),
        joined_at_ms=meeting.joined_at_ms if meeting.joined_at_ms is not None else event.at_ms,
        reconnecting=False,
        restoring=False,
        in_lobby=False,
        attempt=0,
        problem=None,
        room=meeting.room if before is None else hall.come_back(meeting.room),
        recents=_with_recent(meeting),
    )
    if before is not None:
        joined = with_toast(joined, "back" if meeting.microphone_on else "back_muted")
    settled, follows = people.after(joined)
    return settled, (*_send_again(settled), *_hand_again(hand), *_remember(meeting.link), *follows)


def _send_again(meeting: Meeting) -> tuple[Effect, ...]:
    """Send what the window shows as on, and only that."""
    wanted = [SetSending(s, on=True) for s in (Source.MICROPHONE, Source.CAMERA) if meeting.is_on(s)]
    return (*wanted, *((allowed.send_screen(meeting),) if meeting.screen_on else ()))


def _hand_again(raised_at_ms: float | None) -> tuple[Effect, ...]:
    return () if raised_at_ms is None else (DeliverHand(raised=True, at_ms=raised_at_ms),)


def _remember(link: MeetingLink | None) -> tuple[Effect, ...]:
    return () if link is None or link.kind == "practice" else (Remember("recent", link.text),)


def _with_recent(meeting: Meeting) -> tuple[MeetingLink, ...]:
    if meeting.link is None or meeting.link.kind == "practice":
        return meeting.recents
    others = tuple(r for r in meeting.recents if r.text != meeting.link.text)
    return (meeting.link, *others)[:LARGEST_RECENTS]


def _publication(meeting: Meeting, publication: Publication) -> Step:
    def put(person: Participant) -> Participant:
        others = tuple(q for q in person.publications if q.id != publication.id)
        known = next((i for i, q in enumerate(person.publications) if q.id == publication.id), len(others))
        return replace(person, publications=(*others[:known], publication, *others[known:]))

    return with_participant(meeting, publication.participant_id, put), sound.volume_of(meeting, publication)


def _publication_gone(meeting: Meeting, publication_id: str) -> Meeting:
    publication = meeting.publication(publication_id)
    if publication is None:
        return meeting

    def take(person: Participant) -> Participant:
        return replace(person, publications=tuple(q for q in person.publications if q.id != publication_id))

    without = with_participant(meeting, publication.participant_id, take)
    return replace(without, pinned=None) if meeting.pinned == publication_id else without
