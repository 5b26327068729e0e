"""The immutable snapshot the window shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from visio_desktop.meeting.accounts import Server
from visio_desktop.meeting.intents import Panel
from visio_desktop.meeting.rooms import Room
from visio_desktop.meeting.values import (
    Capability,
    ChatMessage,
    Device,
    DeviceKind,
    MeetingLink,
    Participant,
    Problem,
    Publication,
    Screen,
    Source,
    Toast,
)


class Page(Enum):
    """What the window shows as a whole."""

    HOME = "home"
    PREJOIN = "prejoin"
    JOINING = "joining"
    ROOM = "room"
    FAILED = "failed"
    ENDED = "ended"


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
    """A chosen device: the spec asked for, the name really opened ("" until then), and what is wrong with it."""

    spec: str = "default"
    opened_name: str = ""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """Everything the window shows except pixels and sound levels.

    `trying`: camera and microphone are open outside a meeting, to be looked at. `screens` is None until they have been
    looked for. `restoring`: the session is being brought back; `reconnecting`: it is lost, another one is begun.
    `in_lobby`: joining waits for somebody to let us in; `looking`: a link's server is being asked what it is.
    `link_from_outside`: that link was opened by another program.
    `server_sought`: what was typed as a server is being asked; `server_problem`: it is none.
    `poor_told`: a notice said that one's own connection is poor, and it has not been excellent since.
    """

    page: Page = Page.HOME
    link: MeetingLink | None = None
    link_problem: Problem | None = None
    recents: tuple[MeetingLink, ...] = ()
    name: str = ""
    title: str = ""
    microphone_on: bool = False
    camera_on: bool = False
    screen_on: bool = False
    screen_spec: str = ""
    screen_sound: bool = False
    sound_shareable: bool = False
    held_to_talk: bool = False
    camera: DeviceState = DeviceState()
    microphone: DeviceState = DeviceState()
    speaker: DeviceState = DeviceState()
    devices: tuple[Device, ...] = ()
    trying: bool = False
    screens: tuple[Screen, ...] | None = None
    capabilities: Capability = Capability.NONE
    participants: tuple[Participant, ...] = ()
    chat: tuple[ChatMessage, ...] = ()
    unread: int = 0
    panel: Panel | None = None
    pinned: str | None = None
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
    server_problem: Problem | None = None
    server_sought: bool = False
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

    def device(self, kind: DeviceKind) -> DeviceState:
        """The chosen device of a kind."""
        match kind:
            case DeviceKind.CAMERA:
                return self.camera
            case DeviceKind.MICROPHONE:
                return self.microphone
            case DeviceKind.SPEAKER:
                return self.speaker

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
    def focus(self) -> Publication | None:
        """The publication shown large: the pinned one, else the first screen share of somebody else."""
        if self.pinned is not None and (pinned := self.publication(self.pinned)) is not None:
            return pinned
        others = (p for p in self.participants if not p.is_me)
        return next((s for p in others if (s := p.publication(Source.SCREEN)) is not None), None)
