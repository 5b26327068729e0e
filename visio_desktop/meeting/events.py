"""What happened: at a server, at a device, in the engine."""

from __future__ import annotations

from dataclasses import dataclass, field

from visio_desktop.meeting.account_news import AccountNews
from visio_desktop.meeting.accounts import BrowserLogin
from visio_desktop.meeting.hops import Hop
from visio_desktop.meeting.look import USUAL, Look
from visio_desktop.meeting.requests import Request
from visio_desktop.meeting.rooms import Caption, Emoji, Invitation, Knock, Notice, Recording, Rules
from visio_desktop.meeting.state import SAME, Playback
from visio_desktop.meeting.values import (
    USUAL_SOUND,
    Candidate,
    Capability,
    ChatMessage,
    Device,
    DeviceKind,
    HeadsetButton,
    HeadsetState,
    MeetingLink,
    Participant,
    Problem,
    Publication,
    Quality,
    Screen,
    SoundWishes,
    Source,
)

# ---- from a server's adapter ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Joined:
    """The server let us in; everybody already there follows as `ParticipantChanged`."""

    me: Participant
    title: str
    capabilities: Capability
    at_ms: float


@dataclass(frozen=True, slots=True)
class ParticipantChanged:
    """Somebody came or changed. `publications` of this value are ignored: they come as `PublicationChanged`.

    `arrived` is true only for somebody who came after oneself: they are announced.
    """

    participant: Participant
    arrived: bool = False


@dataclass(frozen=True, slots=True)
class ParticipantLeft:
    """Somebody went, with all their publications."""

    participant_id: str


@dataclass(frozen=True, slots=True)
class PublicationChanged:
    """A publication came or changed, one's own included."""

    publication: Publication


@dataclass(frozen=True, slots=True)
class PublicationGone:
    """A publication ended."""

    publication_id: str


@dataclass(frozen=True, slots=True)
class SpeakersChanged:
    """The whole set of those who speak now."""

    participant_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class QualityChanged:
    """The server's judgement of a participant's connection."""

    participant_id: str
    quality: Quality


@dataclass(frozen=True, slots=True)
class HandChanged:
    """A hand went up (epoch time of it) or down (None)."""

    participant_id: str
    raised_at_ms: float | None


@dataclass(frozen=True, slots=True)
class ChatReceived:
    """A chat line from somebody, or the echo of one's own (same id); the engine fills in the epoch time it came at.

    `is_old`: it was written before one came, and is no news.
    """

    message: ChatMessage
    came_at_ms: float | None = None
    is_old: bool = False


@dataclass(frozen=True, slots=True)
class ChatCleared:
    """Whoever leads took lines away: one, or all of a sender, or all there are."""

    sender_id: str = ""
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class LobbyEntered:
    """We wait to be let in; `Joined` follows, or joining fails."""


@dataclass(frozen=True, slots=True)
class CapabilitiesChanged:
    """What can be done in this meeting is something else now: one's own role or the rules changed."""

    capabilities: Capability


@dataclass(frozen=True, slots=True)
class SendingAllowed:
    """What one may send now; what is not in it is turned off and cannot be turned on.

    A server that restricts this says so right after each `Joined`.
    """

    sources: frozenset[Source]


@dataclass(frozen=True, slots=True)
class RulesChanged:
    """The rules of the room."""

    rules: Rules


@dataclass(frozen=True, slots=True)
class WaitingChanged:
    """The whole of those who wait to be let in."""

    waiting: tuple[Knock, ...]


@dataclass(frozen=True, slots=True)
class RecordingChanged:
    """What is being made of the meeting, None: nothing."""

    recording: Recording | None


@dataclass(frozen=True, slots=True)
class InvitationChanged:
    """How others come in. Sounds are made up to so many people only; above so many one joins muted.

    Who is alone for `idle_warning_ms` is warned, and then leaves. None: the server does not say.
    """

    invitation: Invitation
    most_for_sounds: int | None = None
    mute_on_join_above: int | None = None
    idle_warning_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Reacted:
    """Somebody shows a reaction. The echo of one's own is passed over: it is shown already.

    The engine fills in the epoch time.
    """

    participant_id: str
    emoji: Emoji
    at_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Captioned:
    """Somebody's words in writing."""

    caption: Caption


@dataclass(frozen=True, slots=True)
class NoticeReceived:
    """A notice for everybody; `participant_id` is who gave it, "" for the server itself.

    `sources` are those of `SOURCES_REMOVED`. The engine fills in the epoch time.
    """

    notice: Notice
    participant_id: str = ""
    sources: frozenset[Source] = frozenset()
    at_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class DataReceived:
    """Application data of a topic nobody above understands; kept for adapters that build on another."""

    sender_id: str
    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class MutedByServer:
    """The server or a moderator closed one of one's own sources; only the person opens it again."""

    source: Source


@dataclass(frozen=True, slots=True)
class Dropped:
    """The connection is gone. With `may_retry` the engine joins again, else it is all over because of `problem`.

    `cause` is that of the report where the problem alone does not tell.
    """

    problem: Problem
    may_retry: bool
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Restoring:
    """The connection is interrupted and is being brought back within the same session; media may stand still.

    `cause` is that of the report: `signalling`, `network`, `media` or `server`.
    """

    cause: str = ""


@dataclass(frozen=True, slots=True)
class Restored:
    """The connection is back, within the same session, after `lasted_ms`; for `media_gap_ms` of it nothing came in."""

    cause: str = ""
    lasted_ms: float = 0.0
    media_gap_ms: float = 0.0


# ---- from the engine and the devices --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkRecognised:
    """The link is understood."""

    link: MeetingLink


@dataclass(frozen=True, slots=True)
class LinkRefused:
    """The link cannot be used, or not before somebody has chosen among the `candidates`."""

    text: str
    problem: Problem
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class HopTried:
    """One more hop of the connection test of this number was tried."""

    number: int
    hop: Hop


@dataclass(frozen=True, slots=True)
class CheckOver:
    """The connection test of this number has nothing more to tell."""

    number: int


@dataclass(frozen=True, slots=True)
class JoinFailed:
    """Joining did not work."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class BrowserLoginWent:
    """As whom one is known at a link's server by a login in the web browser, and how far one that goes on is."""

    link: MeetingLink
    login: BrowserLogin


@dataclass(frozen=True, slots=True)
class Left:
    """Leaving is done."""


@dataclass(frozen=True, slots=True)
class DevicesListed:
    """The devices this machine has now."""

    devices: tuple[Device, ...]


@dataclass(frozen=True, slots=True)
class MicrophoneSilent:
    """The open microphone has given no sound at all for some time, or (`silent` False) gives some again.

    `muted`: it is the system that keeps it silent.
    """

    name: str
    silent: bool
    muted: bool = False


@dataclass(frozen=True, slots=True)
class StrongNoiseLost:
    """Strong noise suppression does not work here, or no longer: noise is taken out as usual."""


@dataclass(frozen=True, slots=True)
class SelfSpeaking:
    """One's own speech that is sent begins or ends."""

    speaking: bool


@dataclass(frozen=True, slots=True)
class PlaybackChanged:
    """How far listening to oneself is."""

    playback: Playback


@dataclass(frozen=True, slots=True)
class ScreensListed:
    """The screens that can be shared now; `sound`: what other programs play can be, too."""

    screens: tuple[Screen, ...]
    sound: bool = False


@dataclass(frozen=True, slots=True)
class DeviceOpened:
    """A device delivers; `name` is the one really opened."""

    kind: DeviceKind
    name: str


@dataclass(frozen=True, slots=True)
class DeviceFailed:
    """A device could not be opened or stopped delivering."""

    kind: DeviceKind
    problem: Problem


@dataclass(frozen=True, slots=True)
class SigningChanged:
    """The picture of whom one follows comes too slowly for sign language (`poor`), or fast enough again.

    `alone`: it would, were the other faces not left out. `apart`: more than 100 ms before or behind their voice.
    """

    participant_id: str
    poor: bool
    alone: bool = False
    apart: bool = False


@dataclass(frozen=True, slots=True)
class LookTroubled:
    """One's own picture cannot be made with this background, or not fast enough."""

    background: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class HeadsetSeen:
    """A headset's buttons are listened to, or cannot be, or there is none."""

    headset: HeadsetState


@dataclass(frozen=True, slots=True)
class HeadsetPressed:
    """A button of a headset was pressed."""

    button: HeadsetButton


@dataclass(frozen=True, slots=True)
class StillFailed:
    """A picture cannot be shown in the camera's place."""

    still: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class ScreenAsked:
    """The desktop asks the person, in a dialog of its own, what to share; or they have answered."""

    asked: bool


@dataclass(frozen=True, slots=True)
class ScreenFailed:
    """Screen sharing could not start or ended by itself."""

    problem: Problem | None


@dataclass(frozen=True, slots=True)
class ScreenSoundFailed:
    """The sound of other programs could not be shared, or no longer; the screen goes on."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class ChatDelivered:
    """One's own line reached the server."""

    message_id: str


@dataclass(frozen=True, slots=True)
class ChatFailed:
    """One's own line did not reach the server."""

    message_id: str


@dataclass(frozen=True, slots=True)
class HandFailed:
    """The server does not know that one's own hand went up, or down, at this time."""

    raised: bool
    at_ms: float
    problem: Problem


@dataclass(frozen=True, slots=True)
class RequestRefused:
    """The server did not do what was asked."""

    request: Request
    problem: Problem


@dataclass(frozen=True, slots=True)
class RequestDone:
    """The server did what was asked."""

    request: Request


@dataclass(frozen=True, slots=True)
class AloneDue:
    """Nobody else has come since this `WaitAlone`."""

    number: int
    at_ms: float


@dataclass(frozen=True, slots=True)
class SilenceBroken:
    """Somebody speaks into a muted microphone."""


@dataclass(frozen=True, slots=True)
class RetryDue:
    """The wait before the next attempt to come back is over."""

    attempt: int = field(default=1)


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the settings say at start-up.

    `withheld` is done without, whatever a server can do. `joins_without`: each meeting begins with these off, even
    where the one before had them on. `login_off`: nobody is to log in. `images_off`: nobody puts a picture
    behind themselves, `stills_off`: nor in the camera's place. `locked` are the settings nobody may change.
    """

    name: str
    microphone_on: bool
    camera_on: bool
    camera: str
    microphone: str
    speaker: str
    recents: tuple[MeetingLink, ...]
    withheld: Capability = Capability.NONE
    joins_without: frozenset[Source] = frozenset()
    login_off: bool = False
    images_off: bool = False
    stills_off: bool = False
    locked: frozenset[str] = frozenset()
    sound: SoundWishes = USUAL_SOUND
    ringer: str = SAME
    headset_buttons: bool = False
    look: Look = USUAL


ServerEvent = (
    Joined
    | ParticipantChanged
    | ParticipantLeft
    | PublicationChanged
    | PublicationGone
    | SpeakersChanged
    | QualityChanged
    | HandChanged
    | ChatReceived
    | ChatCleared
    | LobbyEntered
    | CapabilitiesChanged
    | SendingAllowed
    | RulesChanged
    | WaitingChanged
    | RecordingChanged
    | InvitationChanged
    | Reacted
    | Captioned
    | NoticeReceived
    | DataReceived
    | MutedByServer
    | Dropped
    | Restoring
    | Restored
)
Event = (
    ServerEvent
    | LinkRecognised
    | LinkRefused
    | HopTried
    | CheckOver
    | JoinFailed
    | BrowserLoginWent
    | Left
    | DevicesListed
    | MicrophoneSilent
    | StrongNoiseLost
    | SelfSpeaking
    | PlaybackChanged
    | ScreensListed
    | DeviceOpened
    | DeviceFailed
    | LookTroubled
    | StillFailed
    | HeadsetSeen
    | HeadsetPressed
    | SigningChanged
    | ScreenAsked
    | ScreenFailed
    | ScreenSoundFailed
    | ChatDelivered
    | ChatFailed
    | HandFailed
    | RequestRefused
    | RequestDone
    | AloneDue
    | SilenceBroken
    | RetryDue
    | AccountNews
    | Preferences
)
