"""What passes over the stage: reactions, and what is said in writing."""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting.changes import Step, nothing
from visio_desktop.meeting.effects import Deliver, Effect
from visio_desktop.meeting.events import Reacted
from visio_desktop.meeting.pace import paced
from visio_desktop.meeting.people import short_name
from visio_desktop.meeting.requests import StartCaptions
from visio_desktop.meeting.rooms import Caption, Emoji, Reaction
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Capability, Participant

MOST_REACTIONS = 30
REACTIONS_A_SECOND = 10
MOST_FINAL = 3
MOST_OPEN = 6
LONGEST_CAPTION = 500
_LONGEST_ID = 200
_EVERYBODY = ""


def reacted(meeting: Meeting, event: Reacted) -> Meeting:
    """Somebody else shows a reaction."""
    person = meeting.participant(event.participant_id)
    if person is None or person.is_me:
        return meeting
    return react(meeting, person, event.emoji, event.at_ms) or meeting


def react(meeting: Meeting, person: Participant, emoji: Emoji, at_ms: float) -> Meeting | None:
    """The meeting with one more reaction; None from somebody who floods it."""
    tally = meeting.room.tally
    pace = paced(tally.reacted, person.id, at_ms, most=REACTIONS_A_SECOND, within_ms=1_000)
    if pace is None or (pace := paced(pace, _EVERYBODY, at_ms, most=MOST_REACTIONS, within_ms=1_000)) is None:
        return None
    reaction = Reaction(meeting.next_id, person.id, person.name, emoji, at_ms)
    reactions = (*meeting.room.reactions, reaction)[-MOST_REACTIONS:]
    room = replace(meeting.room, reactions=reactions, tally=replace(tally, reacted=pace))
    return replace(meeting, room=room, next_id=meeting.next_id + 1)


def show_captions(meeting: Meeting, on: bool) -> Step:
    """Show what is said in writing; the server is asked for it once a stay."""
    room = meeting.room
    if meeting.page is not Page.ROOM or room.captions_on == on:
        return nothing(meeting)
    if not on:
        return replace(meeting, room=replace(room, captions_on=False, captions=())), ()
    ask = Capability.CAPTIONS in meeting.capabilities and not room.tally.captions_asked
    effects: tuple[Effect, ...] = (Deliver(StartCaptions()),) if ask else ()
    tally = replace(room.tally, captions_asked=room.tally.captions_asked or ask)
    return replace(meeting, room=replace(room, captions_on=True, tally=tally)), effects


def captions_refused(meeting: Meeting) -> Meeting:
    """Nobody writes: they are off, and may be asked for again."""
    tally = replace(meeting.room.tally, captions_asked=False)
    return replace(meeting, room=replace(meeting.room, captions_on=False, captions=(), tally=tally))


def captioned(meeting: Meeting, caption: Caption) -> Meeting:
    """Words in writing: in their place if they are known, else the newest; one open line for each participant."""
    if not meeting.room.captions_on:
        return meeting
    person = meeting.participant(caption.participant_id)
    name = short_name(caption.name) if person is None else person.name
    caption = replace(caption, id=caption.id[:_LONGEST_ID], name=name, text=caption.text[-LONGEST_CAPTION:])
    captions = meeting.room.captions
    known = next((c for c in captions if c.id == caption.id), None)
    if known is None:
        captions = (*(c for c in captions if c.final or c.participant_id != caption.participant_id), caption)
    elif known.final or known.participant_id != caption.participant_id:
        return meeting
    else:
        captions = tuple(caption if c is known else c for c in captions)
    return replace(meeting, room=replace(meeting.room, captions=_newest(captions)))


def _newest(captions: tuple[Caption, ...]) -> tuple[Caption, ...]:
    final = [c for c in captions if c.final][-MOST_FINAL:]
    open_ones = [c for c in captions if not c.final][-MOST_OPEN:]
    return tuple(c for c in captions if c in final or c in open_ones)
