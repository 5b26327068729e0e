"""The values a peer connection is made of and speaks in."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from visio_desktop.rtc.frames import InboundStream
from visio_desktop.rtc.ice.network import EVERYTHING, NetworkOptions

if TYPE_CHECKING:  # aiortc is behind it
    from visio_desktop.rtc.channels import DataChannel


@dataclass(frozen=True, slots=True)
class IceServer:
    """STUN or TURN addresses (RFC 7064, RFC 7065) with what they ask for."""

    urls: tuple[str, ...]
    username: str = ""
    credential: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PeerOptions:
    """How to reach the other side.

    `host_addresses` None means all of this machine but loopback. No server given means none used. With `reuse_lines` an
    m-line whose stream was removed is given to the next stream of its kind, so that descriptions do not grow without
    end where people come and go. `network` says which ways may be taken. With `trickles` the listener is told of
    candidates found after a description, else gathering waits a while for relays.
    """

    ice_servers: tuple[IceServer, ...] = ()
    host_addresses: tuple[str, ...] | None = None
    reuse_lines: bool = False
    network: NetworkOptions = EVERYTHING
    trickles: bool = False


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

    def on_own_candidate(self, candidate: str) -> None:
        """One more address of ours (`a=candidate`, without that), where the options say that it can be told."""
