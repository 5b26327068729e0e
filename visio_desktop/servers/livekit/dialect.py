"""What the server behind a LiveKit server means by attributes, metadata and data packets.

LiveKit carries them without looking. `Dialect` is LiveKit by itself; servers that build on it have one of their own,
which may keep what it hears: there is one object for each session, told of the room before anybody in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from livekit.protocol.models import ParticipantInfo, ParticipantPermission, Room, TrackSource

from visio_desktop.meeting.events import DataReceived, Reacted, ServerEvent
from visio_desktop.meeting.rooms import EVERY_SOURCE
from visio_desktop.meeting.values import Capability, Participant, Role, Source
from visio_desktop.servers.livekit.hands import parse_hand
from visio_desktop.servers.livekit.reactions import parse_reaction

MAX_NAME_CHARACTERS = 200
SOURCES = {
    TrackSource.CAMERA: Source.CAMERA,
    TrackSource.MICROPHONE: Source.MICROPHONE,
    TrackSource.SCREEN_SHARE: Source.SCREEN,
    TrackSource.SCREEN_SHARE_AUDIO: Source.SCREEN_AUDIO,
}


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of somebody beside their name and media; see `Participant`."""

    hand_raised_at_ms: float | None = None
    colour: str = ""
    role: Role = Role.MEMBER
    is_authenticated: bool | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose packet it is: `identity` is "" for the server itself, `person` None for somebody unknown."""

    identity: str
    person: Participant | None

    @property
    def is_server(self) -> bool:
        """LiveKit writes the identity into what participants send; only the server's own has none."""
        return not self.identity


class Dialect:
    """LiveKit without another server above it."""

    def title(self, room: Room) -> str:
        """What the meeting is called."""
        return room.name

    def traits(self, info: ParticipantInfo) -> Traits:
        """What attributes and metadata say of somebody."""
        colour = info.attributes.get("color", "")
        return Traits(parse_hand(info.attributes), colour if len(colour) <= MAX_NAME_CHARACTERS else "")

    def shows(self, info: ParticipantInfo) -> bool:
        """Whether somebody is one of the meeting's people."""
        del info
        return True

    def capabilities(self, me: ParticipantInfo) -> Capability:
        """What can be done in this meeting, asked anew whenever one's own entry or the room changed."""
        return capabilities(me)

    def room(self, room: Room) -> list[ServerEvent]:
        """The room as it is when one comes in, and each time it changes."""
        del room
        return []

    def packet(self, sender: Sender, topic: str, payload: bytes) -> list[ServerEvent]:
        """What a packet of data says; nothing else understood it."""
        emoji = parse_reaction(payload) if not topic and sender.person is not None else None
        if emoji is not None:
            return [Reacted(sender.identity, emoji)]
        return [DataReceived(sender.identity, topic, payload)]


def capabilities(info: ParticipantInfo) -> Capability:
    """What LiveKit lets this participant do."""
    found = Capability.ACTIVE_SPEAKER | Capability.CONNECTION_QUALITY | Capability.LAYERS
    permission = info.permission
    if permission.can_subscribe:
        found |= Capability.SUBSCRIBE
    if permission.can_publish:
        found |= Capability.PUBLISH
        if Source.SCREEN in sendable(permission):
            found |= Capability.SCREEN_SHARE
    if permission.can_publish_data:
        found |= Capability.CHAT | Capability.DATA | Capability.EDIT_CHAT | Capability.REACTIONS
    if permission.can_update_metadata:
        found |= Capability.HAND | Capability.RENAME
    return found


def sendable(permission: ParticipantPermission) -> frozenset[Source]:
    """What somebody may send; LiveKit means every source where it names none."""
    if not permission.can_publish:
        return frozenset()
    named = frozenset(SOURCES[number] for number in permission.can_publish_sources if number in SOURCES)
    return named if permission.can_publish_sources else EVERY_SOURCE
