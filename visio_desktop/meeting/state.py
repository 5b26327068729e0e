"""The immutable snapshot the window shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from visio_desktop.meeting.accounts import NO_BROWSER_LOGIN, BrowserLogin, Server, server_of
from visio_desktop.meeting.hops import Check
from visio_desktop.meeting.intents import Panel
from visio_desktop.meeting.look import USUAL, Look
from visio_desktop.meeting.rooms import Room
from visio_desktop.meeting.values import (
    NO_HEADSET,
    USUAL_SOUND,
    Candidate,
    Capability,
    ChatMessage,
    Device,
    DeviceKind,
    HeadsetState,
    MeetingLink,
    Participant,
    Problem,
    Publication,
    Screen,
    SoundWishes,
    Source,
    Toast,
)

SAME = "same"
"""The `Meeting.ringer` that is no device of its own."""


class Page(Enum):
    """What the window shows as a whole."""

    HOME = "home"
    PREJOIN = "prejoin"
    JOINING = "joining"
    ROOM = "room"
    FAILED = "failed"
    ENDED = "ended"


class Playback(Enum):
    """What goes on while one listens to oneself."""

    NONE = "none"
    RECORDING = "recording"
    PLAYING = "playing"


class Ending(Enum):
    """Why a meeting is over."""

    LEFT = "left"
    REMOVED = "removed"
    ROOM_ENDED = "room_ended"
    ELSEWHERE = "elsewhere"
    ALONE = "alone"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class DeviceState:
    """A chosen device: the spec asked for, the name really opened ("" until then), and what is wrong with it.

    `standing_in`: the chosen one is away, and the system's default is used until it is back.
    """

    spec: str = "default"
    opened_name: str = ""
    problem: Problem | None = None
    standing_in: bool = False

    @property
    def to_open(self) -> str:
        """The spec to be opened now."""
        return "default" if self.standing_in else self.spec


@dataclass(frozen=True, slots=True)
class Meeting:
    """Everything the window shows except pixels and sound levels.

    `trying`: camera and microphone are open outside a meeting, to be looked at. `screens` is None until they have been
    looked for. `restoring`: the session is being brought back; `reconnecting`: it is lost, another one is begun.
    `in_lobby`: joining waits for somebody to let us in; `looking`: a link's server is being asked what it is.
    `link_from_outside`: that link was opened by another program. `link_asked` is the text of the one that was refused,
    `link_candidates` what it may be where several answers fit.
    `look` is how one's own picture is made, `look_problem` why it cannot be.
    `signing` is whose sign language is followed, `signing_poor`: it comes too slowly, `signing_apart`: more than
    100 ms before or behind their voice. `signing_alone`: the
    other faces are left out for it.
    `check` is the connection test, None where nobody asked for one.
    `browser_login` is the one at the server of the link, before and after meetings. `login_typed`: whose name was typed
    to log in with, and for which link.
    `server_sought`: what was typed as a server is being asked; `server_problem`: it is none.
    `poor_told`: a notice said that one's own connection is poor, and it has not been excellent since.
    `withheld` are no capabilities here, meetings begin without the sources in `joins_without`, and with `login_off`
    nobody logs in, with `images_off` no background is a picture, with `stills_off` none stands
    for a camera (`still_withdrawn`: a host wants none now): so it was decided, and for good of the settings in
    `locked`.
    `headset_buttons`: a headset may mute and leave; `headset` is what was found of one.
    `ringer` is where cues are played, `SAME` for the loudspeaker. `volumes` are how loud participants are to be heard,
    in percent, those at 100 left out. `playback`: own sound is being recorded or played back.
    """

    page: Page = Page.HOME
    link: MeetingLink | None = None
    link_problem: Problem | None = None
    link_asked: str = ""
    link_candidates: tuple[Candidate, ...] = ()
    recents: tuple[MeetingLink, ...] = ()
    name: str = ""
    title: str = ""
    microphone_on: bool = False
    camera_on: bool = False
    screen_on: bool = False
    screen_spec: str = ""
    screen_sound: bool = False
    screen_motion: bool = False
    screen_paused: bool = False
    screen_asked: bool = False
    sound_shareable: bool = False
    held_to_talk: bool = False
    camera: DeviceState = DeviceState()
    microphone: DeviceState = DeviceState()
    speaker: DeviceState = DeviceState()
    devices: tuple[Device, ...] = ()
    sound: SoundWishes = USUAL_SOUND
    ringer: str = SAME
    headset_buttons: bool = False
    headset: HeadsetState = NO_HEADSET
    volumes: tuple[tuple[str, int], ...] = ()
    playback: Playback = Playback.NONE
    look: Look = USUAL
    look_problem: Problem | None = None
    trying: bool = False
    screens: tuple[Screen, ...] | None = None
    capabilities: Capability = Capability.NONE
    withheld: Capability = Capability.NONE
    joins_without: frozenset[Source] = frozenset()
    login_off: bool = False
    images_off: bool = False
    stills_off: bool = False
    still_withdrawn: bool = False
    locked: frozenset[str] = frozenset()
    participants: tuple[Participant, ...] = ()
    chat: tuple[ChatMessage, ...] = ()
    unread: int = 0
    panel: Panel | None = None
    pinned: str | None = None
    signing: str | None = None
    signing_poor: bool = False
    signing_alone: bool = False
    signing_apart: bool = False
    toasts: tuple[Toast, ...] = ()
    joined_at_ms: float | None = None
    reconnecting: bool = False
    restoring: bool = False
    poor_told: bool = False
    room: Room = Room()
    in_lobby: bool = False
    looking: bool = False
    link_from_outside: bool = False
    servers: tuple[Server, ...] = ()
    can_log_in: bool = False
    browser_login: BrowserLogin = NO_BROWSER_LOGIN
    login_typed: tuple[MeetingLink, str] | None = None
    server_problem: Problem | None = None
    server_sought: bool = False
    check: Check | None = None
    attempt: int = 0
    problem: Problem | None = None
    ending: Ending | None = None
    next_id: int = 1

    @property
    def me(self) -> Participant | None:
        """Oneself, None outside a meeting."""
        return self.participants[0] if self.participants else None

    def participant(self, participant_id: str) -> Participant | None:
        """The participant of this id, None without one."""
        return next((p for p in self.participants if p.id == participant_id), None)

    def publication(self, publication_id: str) -> Publication | None:
        """The publication of this id, None without one."""
        return next((q for p in self.participants for q in p.publications if q.id == publication_id), None)

    def server(self, url: str) -> Server | None:
        """The server of this origin, None for one we do not know."""
        return next((s for s in self.servers if s.url == url), None)

    @property
    def account_typed(self) -> str:
        """The account's name that was typed for this link, "" without one."""
        link, user = self.login_typed or (None, "")
        return user if link == self.link else ""

    @property
    def at(self) -> Server | None:
        """The server of the link, None where it is none with accounts, or there is no link."""
        return self.server(server_of(self.link.text)) if self.link is not None else None

    @property
    def fixed_name(self) -> str:
        """How the server calls whom it knows, where it lets nobody choose; "" where one says it oneself."""
        server = self.at
        if server is None or server.account is None or server.as_guest or server.features.names_editable:
            return ""
        return server.account.name

    @property
    def name_there(self) -> str:
        """The name one joins with."""
        return self.fixed_name or self.name

    def device(self, kind: DeviceKind) -> DeviceState:
        """The chosen device of a kind."""
        match kind:
            case DeviceKind.CAMERA:
                return self.camera
            case DeviceKind.MICROPHONE:
                return self.microphone
            case DeviceKind.SPEAKER:
                return self.speaker

    def volume_percent(self, participant_id: str) -> int:
        """How loud a participant is to be heard, 0 to 200."""
        return dict(self.volumes).get(participant_id, 100)

    def is_on(self, source: Source) -> bool:
        """Whether the person wants this source sent; what is not on is never sent."""
        match source:
            case Source.MICROPHONE:
                return self.microphone_on
            case Source.CAMERA:
                return self.camera_on
            case Source.SCREEN:
                return self.screen_on
            case Source.SCREEN_AUDIO:
                return self.screen_on and self.screen_sound

    @property
    def raised_hands(self) -> tuple[Participant, ...]:
        """Those with a raised hand, the first to raise it first."""
        raised = [p for p in self.participants if p.hand_raised_at_ms is not None]
        return tuple(sorted(raised, key=lambda p: p.hand_raised_at_ms or 0.0))

    @property
    def signs(self) -> Publication | None:
        """The camera of whose sign language is followed, None while there is nothing to be seen of it."""
        signer = None if self.signing is None else self.participant(self.signing)
        camera = None if signer is None else signer.publication(Source.CAMERA)
        return None if camera is None or camera.muted else camera

    @property
    def focus(self) -> Publication | None:
        """The publication shown large: the pinned one, else whose signs are followed, else somebody else's share."""
        if self.pinned is not None and (pinned := self.publication(self.pinned)) is not None:
            return pinned
        if self.signs is not None:
            return self.signs
        others = (p for p in self.participants if not p.is_me)
        return next((s for p in others if (s := p.publication(Source.SCREEN)) is not None), None)
