"""What this adapter needs of a peer connection, so that tests can stand in for the network."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from livekit.protocol.rtc import ICEServer

from visio_desktop.rtc import DataChannel, IceServer, PeerListener, PeerOptions
from visio_desktop.rtc.frames import Codec, OutboundStream

_MAX_SERVERS = 16


class Peer(Protocol):
    """The part of `rtc.PeerConnection` used here."""

    def open_channel(self, label: str, *, ordered: bool = True, max_retransmits: int | None = None) -> DataChannel:
        """Open a data channel with the next offer."""

    def add_sender(self, codecs: tuple[Codec, ...], *, stream_id: str, track_id: str) -> OutboundStream:
        """Add a sent m-line to the next offer."""

    def remove_sender(self, stream: OutboundStream) -> None:
        """Make its m-line inactive in the next offer."""

    async def create_offer(self) -> str:
        """Our description."""

    async def set_answer(self, sdp: str) -> None:
        """Their answer to it."""

    async def accept_offer(self, sdp: str) -> str:
        """Answer their description."""

    async def add_candidate(self, candidate: str, mid: str) -> None:
        """One more address of theirs."""

    def path(self) -> dict[str, str]:
        """How media goes."""

    async def close(self) -> None:
        """Release everything."""


type Ids = Callable[[], str]
type MakePeer = Callable[[PeerOptions, PeerListener], Peer]


def peer_options(servers: Iterable[ICEServer], *, host_addresses: tuple[str, ...] | None) -> PeerOptions:
    """The server's TURN relays, and no STUN.

    The server sees our address by itself. Unless configured otherwise it names third parties' STUN servers, who would
    learn of every meeting and delay it by not answering.
    """
    ice_servers = tuple(
        IceServer(urls=relays, username=s.username, credential=s.credential)
        for s in list(servers)[:_MAX_SERVERS]
        if (relays := tuple(url for url in s.urls if url.startswith(("turn:", "turns:"))))
    )
    return PeerOptions(ice_servers=ice_servers, host_addresses=host_addresses)
