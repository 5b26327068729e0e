"""From a snapshot to the tiles to be shown: who, in which state, and which of them large. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from visio_desktop.engine import OWN_CAMERA
from visio_desktop.meeting import still
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Participant, Publication, Source
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.side_panel import tamed_name
from visio_desktop.ui.widgets.tile_overlay import own_name
from visio_desktop.ui.widgets.video_tile import TileLook


@dataclass(frozen=True, slots=True)
class Part:
    """One tile. `key` stays the same while a picture comes and goes; `pin_id` is what a pin names."""

    key: str
    publication_id: str
    look: TileLook
    pin_id: str | None
    large: bool = False
    is_mine: bool = False


def cast_of(meeting: Meeting, away: frozenset[str] = frozenset()) -> tuple[Part, ...]:
    """One tile for each share of somebody else, then one a person, oneself first.

    One's own share has none: a screen that shows itself shows itself in itself. What is `away`, by its key, stands in a
    window of its own and is not large here.
    """
    hands = {person.id: place for place, person in enumerate(meeting.raised_hands, 1)}
    people = [_person(meeting, person, hands.get(person.id, 0)) for person in meeting.participants]
    shares = [
        _share(meeting, person, publication)
        for person in meeting.participants
        for publication in person.publications
        if publication.source is Source.SCREEN and not person.is_me
    ]
    return _without((*shares, *people), away)


def _without(parts: tuple[Part, ...], away: frozenset[str]) -> tuple[Part, ...]:
    """What is away is not large here; another share takes its place."""
    if not any(part.large and part.key in away for part in parts):
        return parts
    next_key = next((part.key for part in parts if not part.look.cover and part.key not in away), None)
    return tuple(replace(part, large=part.key == next_key) for part in parts)


def _person(meeting: Meeting, person: Participant, hand: int) -> Part:
    camera = person.publication(Source.CAMERA)
    left_out = meeting.signing_alone and meeting.signs is not None and person.id != meeting.signing
    shows_still = person.is_me and bool(still.shown(meeting))
    mine = meeting.camera_on or shows_still
    has_picture = mine if person.is_me else camera is not None and not camera.muted and not left_out
    name = own_name(tamed_name(person.name)) if person.is_me else tamed_name(person.name)
    look = TileLook(
        name=tr("picture.still_named", name=name) if shows_still else name,
        colour=person.colour,
        muted=not meeting.microphone_on if person.is_me else not person.microphone_open,
        speaking=person.speaking and (meeting.microphone_on or not person.is_me),
        hand=hand,
        quality=person.quality,
        has_picture=has_picture,
        mirrored=person.is_me and not shows_still,
        pinned=camera is not None and camera.id == meeting.pinned,
        may_pin=camera is not None,
        may_open=not person.is_me,
        may_turn=not person.is_me,
        signing=None if person.is_me or camera is None else meeting.signing == person.id,
        signing_poor=meeting.signing == person.id and meeting.signing_poor,
        signing_apart=meeting.signing == person.id and meeting.signing_apart,
        waiting=meeting.reconnecting and not person.is_me,
        encrypted=person.encrypted,
    )
    publication_id = OWN_CAMERA if person.is_me else camera.id if camera is not None else f"none:{person.id}"
    pin_id = camera.id if camera is not None else None
    return Part(person.id, publication_id, look, pin_id, _is_large(meeting, camera), person.is_me)


def _share(meeting: Meeting, person: Participant, publication: Publication) -> Part:
    look = TileLook(
        name=tr("room.screen_of", name=tamed_name(person.name)),
        has_picture=not publication.muted,
        cover=False,
        pinned=publication.id == meeting.pinned,
        may_pin=True,
        may_open=True,
        waiting=meeting.reconnecting,
        encrypted=publication.encrypted,
    )
    large = _is_large(meeting, publication)
    return Part(f"{person.id}/{publication.id}", publication.id, look, publication.id, large)


def _is_large(meeting: Meeting, publication: Publication | None) -> bool:
    return publication is not None and meeting.focus is not None and meeting.focus.id == publication.id
