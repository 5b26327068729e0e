"""Where a session is: the room, who one is there, and what entering it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from visio_desktop.meeting.values import Capability
from visio_desktop.servers.janus.link import Address
from visio_desktop.servers.port import Credentials

ABLE = (
    Capability.PUBLISH
    | Capability.SUBSCRIBE
    | Capability.CHAT
    | Capability.HAND
    | Capability.SCREEN_SHARE
    | Capability.ACTIVE_SPEAKER
    | Capability.LAYERS
    | Capability.REACTIONS
    | Capability.RENAME
)
LEADING = Capability.MUTE_OTHERS | Capability.REMOVE


@dataclass(frozen=True, slots=True)
class Place:
    """One room; the room's secret makes one its moderator."""

    address: Address
    credentials: Credentials = field(repr=False)

    @property
    def capabilities(self) -> Capability:
        """What one may do there."""
        return ABLE | LEADING if self.credentials.room_secret else ABLE

    @property
    def api_secrets(self) -> dict[str, str]:
        """What goes with every request: Janus' own secret, and a token of those it knows."""
        given = {"apisecret": self.credentials.server_secret, "token": self.credentials.token}
        return {name: value for name, value in given.items() if value}

    def entry(self, private_id: object = None) -> dict[str, Any]:
        """What joining the room asks for, as somebody who watches with the private id of the one who is seen."""
        given = {"pin": self.credentials.password, "token": self.credentials.token, "private_id": private_id}
        return {"room": self.address.room, **{name: value for name, value in given.items() if value}}

    def led(self, request: str, **fields: Any) -> Mapping[str, Any]:
        """A request of the one who has the room's secret."""
        return {"request": request, "room": self.address.room, "secret": self.credentials.room_secret, **fields}
