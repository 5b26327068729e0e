"""What the engine has to do, in order."""

from __future__ import annotations

from dataclasses import dataclass, field

from visio_desktop.meeting.errands import Errand
from visio_desktop.meeting.requests import Request
from visio_desktop.meeting.values import DeviceKind, MeetingLink, Source


@dataclass(frozen=True, slots=True)
class RecogniseLink:
    """Find out the kind of server; answers `LinkRecognised` or `LinkRefused`."""

    text: str


@dataclass(frozen=True, slots=True)
class KeepPassphrase:
    """Join this link with a passphrase from now on; kept in memory only, and no part of the state."""

    link: MeetingLink
    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Connect:
    """Join the server; answers `Joined` or `JoinFailed`, or `Dropped` when it was a return."""

    link: MeetingLink
    name: str
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Leave the server; answers `Left`."""


@dataclass(frozen=True, slots=True)
class WaitToRetry:
    """Answer `RetryDue` after the wait of this attempt."""

    attempt: int


@dataclass(frozen=True, slots=True)
class OpenDevice:
    """Open a device, closing the one in use; answers `DeviceOpened` or `DeviceFailed`."""

    kind: DeviceKind
    spec: str


@dataclass(frozen=True, slots=True)
class CloseDevice:
    """Close a device; without one open nothing happens."""

    kind: DeviceKind


@dataclass(frozen=True, slots=True)
class PlayTestSound:
    """Play a sound. `spec` is the loudspeaker to open for it, None where one is open already."""

    spec: str | None


@dataclass(frozen=True, slots=True)
class SetSending:
    """Send this source or not. `False` closes the gate before anything else happens.

    `sound`: a screen goes with what other programs play; without the one there is not the other.
    """

    source: Source
    on: bool
    spec: str = ""
    sound: bool = False


@dataclass(frozen=True, slots=True)
class DeliverChat:
    """Send a chat line; answers `ChatFailed` when it cannot be."""

    message_id: str
    text: str


@dataclass(frozen=True, slots=True)
class DeliverHand:
    """Tell the server of one's own hand."""

    raised: bool
    at_ms: float


@dataclass(frozen=True, slots=True)
class Deliver:
    """Ask the server; answers `RequestDone`, or `RequestRefused` when it does not do it."""

    request: Request


@dataclass(frozen=True, slots=True)
class WaitAlone:
    """Answer `AloneDue` after so long; the newest one counts, `number` 0 ends the wait."""

    number: int
    wait_ms: float


@dataclass(frozen=True, slots=True)
class RunErrand:
    """Do what is asked around meetings; answers are `account_news`."""

    errand: Errand


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep something for the next start: `name`, `camera`, `microphone`, `speaker`, `recent` or `forget`."""

    what: str
    value: str


Effect = (
    RecogniseLink
    | KeepPassphrase
    | Connect
    | Disconnect
    | WaitToRetry
    | OpenDevice
    | CloseDevice
    | PlayTestSound
    | SetSending
    | DeliverChat
    | DeliverHand
    | Deliver
    | WaitAlone
    | RunErrand
    | Remember
)
