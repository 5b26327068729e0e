"""Who is in the meeting: how they come, change, raise hands and go, and what a crowd means."""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting import allowed, solitude
from visio_desktop.meeting.bounds import LONGEST_NAME
from visio_desktop.meeting.changes import Step, with_participant, with_toast
from visio_desktop.meeting.events import HandFailed
from visio_desktop.meeting.intents import Panel
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Participant, Source

_LONGEST_COLOUR = 64


def short_name(name: str) -> str:
    """A name as it is kept: bounded, else as it came."""
    return name[:LONGEST_NAME]


def changed(meeting: Meeting, participant: Participant, *, arrived: bool) -> Step:
    """Somebody came or changed."""
    if meeting.me is None:
        return meeting, ()
    participant = replace(participant, name=short_name(participant.name), colour=participant.colour[:_LONGEST_COLOUR])
    known = meeting.participant(participant.id)
    if known is not None:
        return _update(meeting, known, participant), ()
    newcomer = replace(participant, is_me=False, publications=())
    with_them = replace(meeting, participants=(*meeting.participants, newcomer))
    if arrived:
        return after(with_toast(with_them, "arrived", name=newcomer.name))
    tally = with_them.room.tally
    counted = replace(tally, there_first=tally.there_first + 1)
    return after(replace(with_them, room=replace(with_them.room, tally=counted)))


def left(meeting: Meeting, participant_id: str) -> Step:
    """Somebody went."""
    gone = meeting.participant(participant_id)
    if gone is None or gone.is_me:
        return meeting, ()
    people = tuple(p for p in meeting.participants if p.id != participant_id)
    pinned = None if any(q.id == meeting.pinned for q in gone.publications) else meeting.pinned
    return after(with_toast(replace(meeting, participants=people, pinned=pinned), "left", name=gone.name))


def hand(meeting: Meeting, participant_id: str, raised_at_ms: float | None) -> Meeting:
    """A hand went up or down."""
    person = meeting.participant(participant_id)
    if person is None:
        return meeting
    moved = with_participant(meeting, participant_id, lambda p: replace(p, hand_raised_at_ms=raised_at_ms))
    if person.is_me:
        lowered = raised_at_ms is None and person.hand_raised_at_ms is not None
        return with_toast(moved, "hand_lowered") if lowered else moved
    if raised_at_ms is None or person.hand_raised_at_ms is not None:
        return moved
    return with_toast(moved, "hand", name=person.name)


def hand_failed(meeting: Meeting, event: HandFailed) -> Meeting:
    """One's own hand is where the others see it: where it was before; nobody knows since when it was up."""
    me = meeting.me
    if me is None or meeting.reconnecting or (me.hand_raised_at_ms is not None) is not event.raised:
        return meeting
    at_ms = None if event.raised else event.at_ms
    back = with_participant(meeting, me.id, lambda p: replace(p, hand_raised_at_ms=at_ms))
    return with_toast(back, "problem", event.problem)


def after(meeting: Meeting) -> Step:
    """What follows from how many are here now."""
    most = meeting.room.tally.most_for_sounds
    sounds = most is None or len(meeting.participants) <= most
    heard = meeting if sounds == meeting.room.sounds else replace(meeting, room=replace(meeting.room, sounds=sounds))
    muted, gates = _mute_in_a_crowd(heard)
    settled, waits = solitude.look_around(muted)
    return settled, (*gates, *waits)


def judged(meeting: Meeting) -> Meeting:
    """The meeting in which nobody is muted any more because of a crowd: the person spoke up, or came back."""
    tally = meeting.room.tally
    if tally.crowd_judged or meeting.page is not Page.ROOM:
        return meeting
    return replace(meeting, room=replace(meeting.room, tally=replace(tally, crowd_judged=True)))


def _mute_in_a_crowd(meeting: Meeting) -> Step:
    tally = meeting.room.tally
    if meeting.page is not Page.ROOM or tally.crowd_judged or tally.mute_above is None:
        return meeting, ()
    if tally.there_first <= tally.mute_above:
        return meeting, ()
    return allowed.turn_off(judged(meeting), (Source.MICROPHONE,), "crowd")


def _update(meeting: Meeting, known: Participant, participant: Participant) -> Meeting:
    kept = replace(
        participant,
        is_me=known.is_me,
        publications=known.publications,
        speaking=known.speaking,
        quality=known.quality,
        hand_raised_at_ms=known.hand_raised_at_ms,
    )
    updated = with_participant(meeting, participant.id, lambda _: kept)
    if not known.is_me or kept.role.leads == known.role.leads:
        return updated
    if kept.role.leads:
        return with_toast(updated, "leads")
    panel = None if updated.panel is Panel.HOST else updated.panel
    return with_toast(replace(updated, panel=panel), "leads_no_more")
