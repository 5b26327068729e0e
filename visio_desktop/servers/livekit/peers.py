"""What this adapter needs of a peer connection, so that tests can stand in for the network."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from livekit.protocol.rtc import ICEServer

from visio_desktop.rtc import DataChannel, IceServer, PeerListener, PeerOptions
from visio_desktop.rtc.congestion.demand import Priority
from visio_desktop.rtc.congestion.statistics import TransportStatistics
from visio_desktop.rtc.frames import Codec, OutboundStream, SendLayer
from visio_desktop.rtc.gap import MediaGap
from visio_desktop.rtc.ice.network import EVERYTHING, NetworkOptions

_MAX_SERVERS = 16


class SentStream(OutboundStream, Protocol):
    """The part of `rtc.SendingStream` used here."""

    def on_pause(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever layers that were sent are paused for want of rate, or come back."""


class Peer(Protocol):
    """The part of `rtc.PeerConnection` used here."""

    def open_channel(self, label: str, *, ordered: bool = True, max_retransmits: int | None = None) -> DataChannel:
        """Open a data channel with the next offer."""

    def add_sender(
        self,
        codecs: tuple[Codec, ...],
        *,
        stream_id: str,
        track_id: str,
        layers: tuple[SendLayer, ...] = (),
        priority: Priority = Priority.CAMERA,
    ) -> SentStream:
        """Add a sent m-line to the next offer."""

    def add_receivers(self, *, sounds: int = 0, pictures: int = 0) -> None:
        """Add so many m-lines to the next offer for the server to send on."""

    def remove_sender(self, stream: OutboundStream) -> None:
        """Make its m-line inactive in the next offer."""

    async def create_offer(self, *, ice_restart: bool = False) -> str:
        """Our description, on request with another way for media."""

    async def set_answer(self, sdp: str) -> None:
        """Their answer to it."""

    async def accept_offer(self, sdp: str) -> str:
        """Answer their description."""

    async def add_candidate(self, candidate: str, mid: str) -> None:
        """One more address of theirs."""

    def path(self) -> dict[str, str]:
        """How media goes."""

    def transport_statistics(self) -> TransportStatistics:
        """What is known of the way there."""

    @property
    def restarts(self) -> int:
        """How often another way for media was found."""

    @property
    def gap(self) -> MediaGap:
        """For how long nothing came in."""

    def suspect(self) -> None:
        """Find out soon whether media still has a way."""

    def use_servers(self, servers: tuple[IceServer, ...]) -> None:
        """Use these relays from the next restart on."""

    async def close(self) -> None:
        """Release everything."""


type Ids = Callable[[], str]
type MakePeer = Callable[[PeerOptions, PeerListener], Peer]


def peer_options(
    servers: Iterable[ICEServer], *, host_addresses: tuple[str, ...] | None, network: NetworkOptions = EVERYTHING
) -> PeerOptions:
    """The server's TURN relays, and no STUN.

    The server sees our address by itself. Unless configured otherwise it names third parties' STUN servers, who would
    learn of every meeting and delay it by not answering.
    """
    return PeerOptions(relays(servers), host_addresses, network=network, trickles=True)


def relays(servers: Iterable[ICEServer]) -> tuple[IceServer, ...]:
    """The TURN relays among a server's ICE servers, at most so many."""
    return tuple(
        IceServer(urls=urls, username=s.username, credential=s.credential)
        for s in list(servers)[:_MAX_SERVERS]
        if (urls := tuple(url for url in s.urls if url.startswith(("turn:", "turns:"))))
    )
