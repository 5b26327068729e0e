"""What the engine has to do, in order."""

from __future__ import annotations

from dataclasses import dataclass, field

from visio_desktop.meeting.accounts import BrowserWish
from visio_desktop.meeting.errands import Errand
from visio_desktop.meeting.look import Look
from visio_desktop.meeting.requests import Request
from visio_desktop.meeting.values import DeviceKind, HeadsetLights, MeetingLink, SoundWishes, Source


@dataclass(frozen=True, slots=True)
class RecogniseLink:
    """Find out the kind of server; answers `LinkRecognised` or `LinkRefused`.

    `sure`: somebody has said that a server on a private network may be asked.
    """

    text: str
    sure: bool = False


@dataclass(frozen=True, slots=True)
class KeepPassphrase:
    """Join this link with a passphrase from now on; kept in memory only, and no part of the state."""

    link: MeetingLink
    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeepToken:
    """Join this link with an access token from now on; kept as a passphrase is."""

    link: MeetingLink
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeepLogin:
    """Join this link as who logs in with these from now on; kept as a passphrase is."""

    link: MeetingLink
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RunBrowserLogin:
    """Do this about the login in the web browser at a link's server; answers `BrowserLoginWent`."""

    link: MeetingLink
    wish: BrowserWish


@dataclass(frozen=True, slots=True)
class KeepBesides:
    """Join this link with the secret it `takes_besides`, "" without: a recovery key once, others from now on."""

    link: MeetingLink
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeepConsent:
    """Join this link agreeing to be recorded, until the program ends."""

    link: MeetingLink


@dataclass(frozen=True, slots=True)
class RunCheck:
    """Test the way to a server; answers `HopTried` for each hop, then `CheckOver`.

    It is stopped once the snapshot has no test of this number any more. `inside` may enter the meeting, as `name`.
    """

    link: MeetingLink
    name: str
    number: int
    inside: bool = False


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
class WearLook:
    """Make one's own picture like this. Once this is carried out nothing else is shown or sent.

    Where it does not work `LookTroubled` is answered: when a camera shows it, at once with `trial`.
    """

    look: Look
    trial: bool = False


@dataclass(frozen=True, slots=True)
class ShowStill:
    """Send this picture in the camera's place, "" sends it no more; the camera stays closed.

    Where it cannot be shown `StillFailed` is answered. With `trial` it is only looked at whether it can.
    """

    still: str
    trial: bool = False


@dataclass(frozen=True, slots=True)
class PlayTestSound:
    """Play a sound. `spec` is the loudspeaker to open for it, None where one is open already."""

    spec: str | None


@dataclass(frozen=True, slots=True)
class ProcessSound:
    """Treat own sound like this from now on."""

    wishes: SoundWishes


@dataclass(frozen=True, slots=True)
class UseHeadset:
    """Listen to the buttons of headsets and show this on them; None lets go of them.

    `HeadsetSeen` tells which, `HeadsetPressed` what is pressed.
    """

    lights: HeadsetLights | None


@dataclass(frozen=True, slots=True)
class SetVoiceVolume:
    """Play a publication at so many percent of its loudness, whether it is heard already or not."""

    publication_id: str
    percent: int


@dataclass(frozen=True, slots=True)
class PlayBack:
    """Record some seconds of the microphone and play them; answers `PlaybackChanged` as it goes on.

    `microphone` and `speaker` are the devices to open for it, None where one is open already.
    """

    microphone: str | None
    speaker: str | None


@dataclass(frozen=True, slots=True)
class UseRinger:
    """Play cues on this device from now on, None on the loudspeaker."""

    spec: str | None


@dataclass(frozen=True, slots=True)
class SetSending:
    """Send this source or not. `False` closes the gate before anything else happens.

    `sound`: a screen goes with what other programs play; without the one there is not the other. `motion`: it is a
    film rather than text. `held`: as `HoldScreen` says from the beginning.
    """

    source: Source
    on: bool
    spec: str = ""
    sound: bool = False
    motion: bool = False
    held: bool = False


@dataclass(frozen=True, slots=True)
class HoldScreen:
    """Let out nothing that happens on the shared screen, nor its sound, once this is carried out; or let it again.

    The others keep the last picture.
    """

    held: bool


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
    | KeepToken
    | KeepLogin
    | RunBrowserLogin
    | KeepBesides
    | KeepConsent
    | RunCheck
    | Connect
    | Disconnect
    | WaitToRetry
    | OpenDevice
    | CloseDevice
    | WearLook
    | ShowStill
    | PlayTestSound
    | ProcessSound
    | SetVoiceVolume
    | PlayBack
    | UseRinger
    | UseHeadset
    | SetSending
    | HoldScreen
    | DeliverChat
    | DeliverHand
    | Deliver
    | WaitAlone
    | RunErrand
    | Remember
)
