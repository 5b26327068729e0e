"""What a person asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from visio_desktop.meeting.accounts import BrowserWish
from visio_desktop.meeting.errands import Errand
from visio_desktop.meeting.look import Look
from visio_desktop.meeting.requests import Request
from visio_desktop.meeting.values import DeviceKind, MeetingLink, SoundWishes, Source


class Panel(Enum):
    """The side panels of the room."""

    CHAT = "chat"
    PEOPLE = "people"
    INFO = "info"
    HOST = "host"


@dataclass(frozen=True, slots=True)
class OpenLink:
    """Look at a meeting link and show pre-join.

    `from_outside`: another program opened it, so nobody has asked us for anything yet. `sure`: its server may be asked
    what it is, even on a private network.
    """

    text: str
    from_outside: bool = False
    sure: bool = False


@dataclass(frozen=True, slots=True)
class ChooseLink:
    """Of what a link may be, this is it."""

    link: MeetingLink


@dataclass(frozen=True, slots=True)
class GoHome:
    """Back to the home page, releasing every device."""


@dataclass(frozen=True, slots=True)
class ForgetRecent:
    """Take one meeting off the list of recent ones, all of them with an empty text."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class SetPassphrase:
    """Encrypt this meeting end to end with a passphrase; "" does not."""

    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SetToken:
    """Join this meeting with an access token; "" without one."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SetLogin:
    """Log in at this meeting's server by a name and a password; "" as whoever one was there last, or as a guest."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AskBrowserLogin:
    """Log in at this meeting's server in the web browser, give that up, or log out again."""

    wish: BrowserWish


@dataclass(frozen=True, slots=True)
class SetBesides:
    """Join this meeting with the secret its link `takes_besides`; "" without."""

    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AgreeToRecording:
    """Agree to be recorded in this meeting, which lets in nobody who does not."""


@dataclass(frozen=True, slots=True)
class CheckConnection:
    """Test the way to the server of the meeting shown by pre-join.

    `inside` enters the meeting for it, without picture and sound, where that is the only place to try media: others
    see it.
    """

    inside: bool = False


@dataclass(frozen=True, slots=True)
class EndCheck:
    """Stop the connection test, or put away what came of it."""


@dataclass(frozen=True, slots=True)
class SetName:
    """The name others see."""

    name: str


@dataclass(frozen=True, slots=True)
class Join:
    """Join the meeting shown by pre-join."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave the meeting, or give up joining."""


@dataclass(frozen=True, slots=True)
class Rejoin:
    """Join the same meeting again from the ended or failed page."""


@dataclass(frozen=True, slots=True)
class SetSourceOn:
    """Turn microphone, camera or screen share on or off."""

    source: Source
    on: bool


@dataclass(frozen=True, slots=True)
class HoldToTalk:
    """Push to talk: open the microphone while `held`, restoring what was before."""

    held: bool


@dataclass(frozen=True, slots=True)
class ChooseDevice:
    """Use another device, in pre-join, in settings or during the meeting; `spec` as on the command line."""

    kind: DeviceKind
    spec: str


@dataclass(frozen=True, slots=True)
class FollowSigning:
    """Follow what this participant says in sign language; None follows nobody."""

    participant_id: str | None


@dataclass(frozen=True, slots=True)
class ChooseLook:
    """Make one's own picture like this from now on."""

    look: Look


@dataclass(frozen=True, slots=True)
class TryDevices:
    """Outside a meeting: show what camera and microphone give, or let go of them. Nothing is sent."""

    on: bool


@dataclass(frozen=True, slots=True)
class TestSpeaker:
    """Play a sound through the chosen loudspeaker."""

    __test__ = False


@dataclass(frozen=True, slots=True)
class SetSound:
    """Treat own sound like this from now on."""

    wishes: SoundWishes


@dataclass(frozen=True, slots=True)
class SetVolume:
    """Hear a participant at so many percent of their loudness, 0 to 200, for this meeting."""

    participant_id: str
    percent: int


@dataclass(frozen=True, slots=True)
class ListenToMyself:
    """Record some seconds of the microphone and play them; nothing of it is sent."""


@dataclass(frozen=True, slots=True)
class ChooseRinger:
    """Play cues on another device; `SAME` plays them where the others are heard."""

    spec: str


@dataclass(frozen=True, slots=True)
class UseHeadsetButtons:
    """Let the buttons of a headset mute and leave, or no longer."""

    on: bool


@dataclass(frozen=True, slots=True)
class UseDevices:
    """Use these devices, which have just been plugged in."""

    chosen: tuple[tuple[DeviceKind, str], ...]


@dataclass(frozen=True, slots=True)
class ChooseScreen:
    """What to share: the key of a screen or window, as the capture port lists them; `sound` adds what programs play.

    `motion` sends a film or a game, smoothly and with less detail; else text is sharp and moves less smoothly.
    """

    spec: str
    sound: bool = False
    motion: bool = False


@dataclass(frozen=True, slots=True)
class PauseScreen:
    """Let nothing more of the shared screen out, nor of its sound; the others keep the last picture. Or go on."""

    paused: bool


@dataclass(frozen=True, slots=True)
class SendChat:
    """Write to everybody; the engine fills in the id and the epoch time."""

    text: str
    message_id: str = ""
    at_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class SetHand:
    """Raise or lower one's own hand; the engine fills in the epoch time."""

    raised: bool
    at_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class AskServer:
    """Ask the server for something within the meeting; the engine fills in the epoch time."""

    request: Request
    at_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class StayAlone:
    """Stay in the meeting though nobody else is there."""


@dataclass(frozen=True, slots=True)
class ShowCaptions:
    """Show what is said in writing, or no longer."""

    on: bool


@dataclass(frozen=True, slots=True)
class Pin:
    """Keep a publication large; None unpins."""

    publication_id: str | None


@dataclass(frozen=True, slots=True)
class ShowPanel:
    """Open a side panel; None closes it."""

    panel: Panel | None


@dataclass(frozen=True, slots=True)
class DismissToast:
    """A toast has been read or its time is over."""

    toast_id: int


Intent = (
    OpenLink
    | ChooseLink
    | GoHome
    | ForgetRecent
    | SetName
    | SetPassphrase
    | SetToken
    | SetLogin
    | AskBrowserLogin
    | SetBesides
    | AgreeToRecording
    | CheckConnection
    | EndCheck
    | Join
    | Leave
    | Rejoin
    | SetSourceOn
    | HoldToTalk
    | ChooseDevice
    | ChooseLook
    | FollowSigning
    | TryDevices
    | TestSpeaker
    | SetSound
    | SetVolume
    | ListenToMyself
    | ChooseRinger
    | UseHeadsetButtons
    | UseDevices
    | ChooseScreen
    | PauseScreen
    | SendChat
    | SetHand
    | AskServer
    | StayAlone
    | ShowCaptions
    | Pin
    | ShowPanel
    | DismissToast
    | Errand
)
