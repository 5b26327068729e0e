"""One way for media, tried for real: a join of its own that may use nothing else, for the preflight check."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from livekit.protocol.rtc import JoinResponse, SignalResponse, SignalTarget

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import Web
from visio_desktop.rtc import PeerState
from visio_desktop.rtc.frames import InboundStream
from visio_desktop.rtc.ice.network import NetworkOptions
from visio_desktop.servers.livekit.link import Address
from visio_desktop.servers.livekit.peers import MakePeer, peer_options
from visio_desktop.servers.livekit.signal import GOODBYE, Signal
from visio_desktop.servers.livekit.subscriber import Subscriber
from visio_desktop.servers.livekit.wire import WireError, parse_candidate
from visio_desktop.servers.port import JoinError, SessionClosed
from visio_desktop.system.clock import Clock
from visio_desktop.system.tasks import Tasks

_TIMEOUT_S = 6.0
_CANDIDATE_WORDS = 8
_MAX_ADDRESSES = 4
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Way:
    """A way media may take: directly over UDP or TCP, or by a relay that is spoken with over `relay`."""

    name: str
    relay: str = ""

    def alone(self, network: NetworkOptions) -> NetworkOptions:
        """The same network with no other way open."""
        if self.relay:
            return replace(network, relay_only=True, relays=frozenset({self.relay}))
        by_udp = self.name == "ice_udp"
        return replace(network, allow_udp=by_udp, allow_tcp=not by_udp, relays=_NOTHING)


WAYS = (
    Way("ice_udp"),
    Way("ice_tcp"),
    Way("turn_udp", "udp"),
    Way("turn_tcp", "tcp"),
    Way("turn_tls", "tls"),
)


@dataclass(slots=True)
class _Media:
    """Listens to what the server says of media meanwhile."""

    connected: asyncio.Event = field(default_factory=asyncio.Event)
    tcp_addresses: list[tuple[str, int]] = field(default_factory=list)

    def on_media(self, sid: str, stream: InboundStream) -> None:
        """See `MediaListener`."""

    def on_media_ended(self, sid: str) -> None:
        """See `MediaListener`."""

    def on_packet(self, data: bytes) -> None:
        """See `MediaListener`."""

    def on_peer_state(self, target: SignalTarget, state: PeerState) -> None:
        """See `MediaListener`."""
        if target == SignalTarget.SUBSCRIBER and state is PeerState.CONNECTED:
            self.connected.set()

    def note(self, line: str) -> None:
        """Keep the address of a candidate that is reached over TCP (RFC 8839, section 5.1; RFC 6544)."""
        words = line.split()
        is_tcp = len(words) >= _CANDIDATE_WORDS and words[2].lower() == "tcp" and words[5].isascii()
        if is_tcp and words[5].isdigit() and len(self.tcp_addresses) < _MAX_ADDRESSES:
            self.tcp_addresses.append((words[4], int(words[5])))


class Trial:
    """One join by one way; to be closed."""

    def __init__(
        self,
        address: Address,
        token: Callable[[], str],
        *,
        web: Web,
        clock: Clock,
        make_peer: MakePeer,
        host_addresses: tuple[str, ...] | None,
    ) -> None:
        self._address = address
        self._token = token
        self._make_peer = make_peer
        self._host_addresses = host_addresses
        self._tasks = Tasks("livekit.check")
        self._signal = Signal(web, clock=clock, tasks=self._tasks)
        self._media = _Media()
        self._subscriber: Subscriber | None = None

    @property
    def tcp_addresses(self) -> tuple[tuple[str, int], ...]:
        """The addresses the server named that are reached over TCP, each once."""
        return tuple(dict.fromkeys(self._media.tcp_addresses))

    async def join(self) -> JoinResponse:
        """Have the server let us in. Raises `JoinError`."""
        return await self._signal.connect(self._address, self._token())

    async def ask(self) -> None:
        """Ask whether the server would let us in, without going in. Raises `JoinError`."""
        await self._signal.ask(self._address, self._token())

    async def media(self, joined: JoinResponse, network: NetworkOptions) -> str:
        """Wait for media to have a way, and tell it. Raises `JoinError`."""
        options = peer_options(joined.ice_servers, host_addresses=self._host_addresses, network=network)
        self._subscriber = Subscriber(
            self._make_peer, options, send=self._signal.send, listener=self._media, tasks=self._tasks
        )
        self._signal.run(self._on_response, lambda: None)
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                await self._media.connected.wait()
        except TimeoutError:
            raise JoinError(Problem(ProblemCode.MEDIA_UNREACHABLE, self._address.host)) from None
        return " ".join(word for word in self._subscriber.path().values() if word)

    async def close(self) -> None:
        """Leave."""
        try:
            await self._signal.send(leave=GOODBYE)
        except SessionClosed:
            pass
        finally:
            if self._subscriber is not None:
                await self._subscriber.close()
            await self._signal.close()
            await self._tasks.close()

    def _on_response(self, response: SignalResponse) -> None:
        subscriber = self._subscriber
        if subscriber is None:
            return
        match response.WhichOneof("message"):
            case "offer":
                for line in response.offer.sdp.splitlines():
                    if line.startswith("a=candidate:"):
                        self._media.note(line)
                subscriber.receive(response.offer)
            case "trickle":
                try:
                    candidate = parse_candidate(response.trickle.candidateInit)
                except WireError:
                    return
                self._media.note(candidate.line)
                subscriber.receive(candidate)
            case _:
                pass
