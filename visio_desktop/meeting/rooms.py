"""What a moderated room is made of beside people and media: its rules, its lobby, what is recorded, what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from visio_desktop.meeting.values import Source

EVERY_SOURCE = frozenset(Source)


class Access(Enum):
    """Who enters without being let in: everybody, those who are logged in, those with a role in the room."""

    PUBLIC = "public"
    TRUSTED = "trusted"
    RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True)
class Rules:
    """What those who lead a room decided; `access` is None while unknown.

    `member_sources` is what all others may send; `everyone_mutes`: whether anybody may close the microphone of another.
    `locked`: nobody else gets in; None where there is no lock.
    """

    access: Access | None = None
    member_sources: frozenset[Source] = EVERY_SOURCE
    everyone_mutes: bool = True
    locked: bool | None = None


class Emoji(Enum):
    """The reactions there are, by the names La Suite Meet gives them."""

    THUMBS_UP = "thumbs-up"
    THUMBS_DOWN = "thumbs-down"
    CLAPPING_HANDS = "clapping-hands"
    RED_HEART = "red-heart"
    FACE_WITH_TEARS_OF_JOY = "face-with-tears-of-joy"
    FACE_WITH_OPEN_MOUTH = "face-with-open-mouth"
    PARTY_POPPER = "party-popper"
    FOLDED_HANDS = "folded-hands"


@dataclass(frozen=True, slots=True)
class Reaction:
    """One reaction of somebody; `number` grows, so that each is shown once."""

    number: int
    participant_id: str
    name: str
    emoji: Emoji
    at_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody who waits to be let in."""

    id: str
    name: str
    colour: str = ""


class RecordingKind(Enum):
    """What is made of a meeting: a film of it, or its words."""

    SCREEN = "screen_recording"
    TRANSCRIPT = "transcript"


class RecordingState(Enum):
    """How far it is; everybody in the meeting must be able to see it."""

    STARTING = "starting"
    STARTED = "started"
    SAVING = "saving"
    FAILED = "aborted"


@dataclass(frozen=True, slots=True)
class Recording:
    """What is being made of this meeting."""

    kind: RecordingKind
    state: RecordingState


class Notice(Enum):
    """What everybody in the room is told of, by whoever did or wants it."""

    RECORDING_STARTED = "recording_started"
    RECORDING_STOPPED = "recording_stopped"
    RECORDING_REQUESTED = "recording_requested"
    RECORDING_LIMIT = "recording_limit"
    TRANSCRIPT_STARTED = "transcript_started"
    TRANSCRIPT_STOPPED = "transcript_stopped"
    TRANSCRIPT_REQUESTED = "transcript_requested"
    TRANSCRIPT_LIMIT = "transcript_limit"
    MUTED_BY_HOST = "muted_by_host"
    SOURCES_REMOVED = "sources_removed"


@dataclass(frozen=True, slots=True)
class Caption:
    """Words of somebody, written down by the server; a later one of the same `id` replaces it."""

    id: str
    participant_id: str
    name: str
    text: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class Invitation:
    """How others come in: the link, and by telephone the number and the PIN ("" without)."""

    link: str = ""
    phone: str = ""
    pin: str = ""


Pace = tuple[tuple[str, float], ...]
"""Who did something when, epoch milliseconds."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What is kept of a room so that nobody is told a thing twice, and nobody floods it; not for showing.

    `knocks`: who was announced as waiting. `told`: what people were told is being made of the meeting.
    `there_first`: how many were there when we came. `crowd_judged`: whether we were muted because of them, or need not
    be. `captions_asked`: whether the server was asked to write. `alone`: the number of the running `WaitAlone`.
    """

    knocks: tuple[str, ...] = ()
    told: RecordingKind | None = None
    reacted: Pace = ()
    requested: Pace = ()
    written: Pace = ()
    there_first: int = 0
    crowd_judged: bool = False
    mute_above: int | None = None
    most_for_sounds: int | None = None
    captions_asked: bool = False
    idle_warning_ms: float | None = None
    alone: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """What the window shows of the room itself; `may_send` is what oneself may send now.

    `leave_at_ms`: nobody else has been here for long, and so we leave at this epoch time unless `StayAlone` is said.
    """

    rules: Rules | None = None
    may_send: frozenset[Source] = EVERY_SOURCE
    waiting: tuple[Knock, ...] = ()
    recording: Recording | None = None
    captions_on: bool = False
    captions: tuple[Caption, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    invitation: Invitation = Invitation()
    sounds: bool = True
    leave_at_ms: float | None = None
    tally: Tally = Tally()
