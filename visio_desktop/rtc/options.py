"""The values a peer connection is made of and speaks in."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from visio_desktop.rtc.channels import DataChannel
from visio_desktop.rtc.frames import InboundStream


@dataclass(frozen=True, slots=True)
class IceServer:
    """STUN or TURN addresses (RFC 7064, RFC 7065) with what they ask for."""

    urls: tuple[str, ...]
    username: str = ""
    credential: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PeerOptions:
    """How to reach the other side.

    `host_addresses` None means all of this machine but loopback. No server given means none used.
    """

    ice_servers: tuple[IceServer, ...] = ()
    relay_only: bool = False
    host_addresses: tuple[str, ...] | None = None


class PeerState(Enum):
    """How the transport stands. DISCONNECTED may come back by itself, FAILED and CLOSED never do."""

    NEW = "new"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    FAILED = "failed"
    CLOSED = "closed"


class PeerListener(Protocol):
    """What a peer connection tells. Called on the loop; nothing here blocks or raises."""

    def on_state(self, state: PeerState) -> None:
        """The transport's state changed."""

    def on_stream(self, stream: InboundStream, *, mid: str, stream_id: str, track_id: str) -> None:
        """An m-line, new or used again, carries media now; the ids are those of its `a=msid`."""

    def on_stream_ended(self, stream: InboundStream) -> None:
        """The m-line became inactive, carries something else, or the connection was closed."""

    def on_channel(self, channel: DataChannel) -> None:
        """The other side opened a data channel."""
