"""What is asked of a server within a meeting, beyond sending and receiving: one small value each.

The window sends `intents.AskServer(request)`, the engine gets `effects.Deliver(request)` and hands it to
`Session.request`; what a server cannot do it refuses, and its capabilities keep the window from offering it.
"""

from __future__ import annotations

from dataclasses import dataclass

from visio_desktop.meeting.rooms import Emoji, RecordingKind, Rules
from visio_desktop.meeting.values import Role


@dataclass(frozen=True, slots=True)
class React:
    """Show everybody a reaction."""

    emoji: Emoji


@dataclass(frozen=True, slots=True)
class Rename:
    """Go by another name."""

    name: str


@dataclass(frozen=True, slots=True)
class EditChat:
    """Replace the text of one's own chat line."""

    message_id: str
    text: str


@dataclass(frozen=True, slots=True)
class LowerHand:
    """Lower somebody else's hand."""

    participant_id: str


@dataclass(frozen=True, slots=True)
class MuteOther:
    """Close somebody's microphone; only they open it again."""

    participant_id: str


@dataclass(frozen=True, slots=True)
class MuteEveryone:
    """Close the microphones of all others."""


@dataclass(frozen=True, slots=True)
class RemovePerson:
    """Put somebody out of the meeting."""

    participant_id: str


@dataclass(frozen=True, slots=True)
class SetRole:
    """Let somebody lead the room too, or no longer."""

    participant_id: str
    role: Role


@dataclass(frozen=True, slots=True)
class LetSpeak:
    """Let somebody send sound and pictures, or no longer."""

    participant_id: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class ClearChat:
    """Take away what was written, for everybody."""


@dataclass(frozen=True, slots=True)
class SetRules:
    """Change who may enter and what members may do."""

    rules: Rules


@dataclass(frozen=True, slots=True)
class SetLock:
    """Let nobody else in but those who lead, or let them in again."""

    locked: bool


@dataclass(frozen=True, slots=True)
class Admit:
    """Let somebody in who waits, or refuse them."""

    waiting_id: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class AdmitEveryone:
    """Let all in who wait."""


@dataclass(frozen=True, slots=True)
class StartRecording:
    """Record from now on, telling everybody."""

    kind: RecordingKind


@dataclass(frozen=True, slots=True)
class StopRecording:
    """Stop what is being recorded."""


@dataclass(frozen=True, slots=True)
class RequestRecording:
    """Ask those who may to record."""

    kind: RecordingKind


@dataclass(frozen=True, slots=True)
class StartCaptions:
    """Have what is said written down."""


Request = (
    React
    | Rename
    | EditChat
    | LowerHand
    | MuteOther
    | MuteEveryone
    | RemovePerson
    | SetRole
    | LetSpeak
    | ClearChat
    | SetRules
    | SetLock
    | Admit
    | AdmitEveryone
    | StartRecording
    | StopRecording
    | RequestRecording
    | StartCaptions
)
