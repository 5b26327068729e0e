"""What LiveKit's words mean in a call of Matrix: media alone; who is who, and all that is said, is in the room."""

from __future__ import annotations

from livekit.protocol.models import ParticipantInfo

from visio_desktop.meeting.events import ServerEvent
from visio_desktop.meeting.values import Capability
from visio_desktop.servers.livekit.dialect import Dialect, Sender, Traits, capabilities

BY_ROOM = Capability.CHAT | Capability.EDIT_CHAT | Capability.HAND | Capability.REACTIONS | Capability.RENAME
BY_POWER = Capability.REMOVE | Capability.LOWER_HANDS
"""What the room lets some do."""
BY_MEDIA = (
    Capability.PUBLISH
    | Capability.SUBSCRIBE
    | Capability.SCREEN_SHARE
    | Capability.ACTIVE_SPEAKER
    | Capability.CONNECTION_QUALITY
    | Capability.LAYERS
)


class MatrixDialect(Dialect):
    """See `Dialect`."""

    def traits(self, info: ParticipantInfo) -> Traits:
        """See `Dialect`."""
        del info
        return Traits()

    def capabilities(self, me: ParticipantInfo) -> Capability:
        """See `Dialect`."""
        return capabilities(me) & BY_MEDIA | BY_ROOM

    def packet(self, sender: Sender, topic: str, payload: bytes) -> list[ServerEvent]:
        """See `Dialect`."""
        del sender, topic, payload
        return []
