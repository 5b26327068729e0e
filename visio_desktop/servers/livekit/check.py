"""The preflight check: every hop to a LiveKit server on its own, so that the one that fails has a name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from livekit.protocol.rtc import JoinResponse, SignalResponse, SignalTarget

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import NetError, Web
from visio_desktop.net.probe import proxy_for, reach, resolve
from visio_desktop.rtc import PeerState
from visio_desktop.rtc.frames import InboundStream
from visio_desktop.servers.livekit.link import Address
from visio_desktop.servers.livekit.peers import MakePeer, peer_options
from visio_desktop.servers.livekit.problems import unreachable
from visio_desktop.servers.livekit.signal import GOODBYE, Signal
from visio_desktop.servers.livekit.subscriber import Subscriber
from visio_desktop.servers.livekit.wire import WireError, parse_candidate
from visio_desktop.servers.port import Hop, HopState, JoinError, SessionClosed
from visio_desktop.system.clock import Clock
from visio_desktop.system.tasks import Tasks

_ICE_TIMEOUT_S = 8.0
_CANDIDATE_WORDS = 8
_MAX_TCP_CANDIDATES = 4


class _Skipped(Exception):  # noqa: N818 - not an error: this hop does not apply here
    """Not applicable here; the text says why."""


@dataclass(slots=True)
class _Media:
    """Listens to what the server says of media while the check runs."""

    connected: asyncio.Event = field(default_factory=asyncio.Event)
    failed: asyncio.Event = field(default_factory=asyncio.Event)
    tcp_candidates: list[tuple[str, int]] = field(default_factory=list)

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
        if len(words) >= _CANDIDATE_WORDS and words[2].lower() == "tcp" and words[5].isdigit():
            self.tcp_candidates.append((words[4], int(words[5])))


class Preflight:
    """One run of the check. `token` is asked for only once the server has been reached."""

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
        self._clock = clock
        self._make_peer = make_peer
        self._host_addresses = host_addresses
        self._tasks = Tasks("livekit.check")
        self._signal = Signal(web, clock=clock, tasks=self._tasks)
        self._media = _Media()
        self._joined: JoinResponse | None = None
        self._subscriber: Subscriber | None = None

    async def run(self) -> AsyncIterator[Hop]:
        """Each hop in turn; after one that failed those that build on it are skipped."""
        steps: tuple[tuple[str, Callable[[], Awaitable[str]]], ...] = (
            ("link", self._link),
            ("dns", self._dns),
            ("tcp", self._tcp),
            ("tls", self._tls),
            ("signalling", self._signalling),
            ("ice_udp", self._ice_udp),
            ("ice_tcp", self._ice_tcp),
        )
        way_is_open = True
        try:
            for name, step in steps:
                hop = await self._try(name, step) if way_is_open else Hop(name, HopState.SKIPPED)
                # Media by UDP and by TCP stand side by side: one failing says nothing of the other.
                way_is_open = way_is_open and (hop.state is not HopState.FAILED or name == "ice_udp")
                yield hop
        finally:
            await self._close()

    async def _try(self, name: str, step: Callable[[], Awaitable[str]]) -> Hop:
        began_ms = self._clock()
        state, detail, problem = HopState.PASSED, "", None
        try:
            detail = await step()
        except _Skipped as why:
            state, detail = HopState.SKIPPED, str(why)
        except NetError as error:
            state, detail, problem = HopState.FAILED, str(error), unreachable(error)
        except JoinError as error:
            state, problem = HopState.FAILED, error.problem
        return Hop(name, state, detail, self._clock() - began_ms, problem)

    async def _link(self) -> str:
        return f"{self._address.base} {self._address.room}".strip()

    async def _dns(self) -> str:
        self._skip_behind_proxy()
        return ", ".join(await resolve(self._address.host, self._address.port))

    async def _tcp(self) -> str:
        self._skip_behind_proxy()
        await reach(self._address.host, self._address.port)
        return f"port {self._address.port}"

    async def _tls(self) -> str:
        self._skip_behind_proxy()
        if not self._address.secure:
            raise _Skipped("not encrypted: a server on this machine")
        return await reach(self._address.host, self._address.port, secure=True)

    async def _signalling(self) -> str:
        self._joined = await self._signal.connect(self._address, self._token())
        return f"LiveKit {self._joined.server_version}"

    async def _ice_udp(self) -> str:
        joined = self._joined
        if joined is None:
            raise _Skipped("not joined")
        options = peer_options(joined.ice_servers, host_addresses=self._host_addresses)
        self._subscriber = Subscriber(
            self._make_peer, options, send=self._signal.send, listener=self._media, tasks=self._tasks
        )
        self._signal.run(self._on_response, lambda: None)
        try:
            async with asyncio.timeout(_ICE_TIMEOUT_S):
                await self._media.connected.wait()
        except TimeoutError:
            raise JoinError(Problem(ProblemCode.MEDIA_UNREACHABLE, self._address.host)) from None
        return " ".join(word for word in self._subscriber.path().values() if word)

    async def _ice_tcp(self) -> str:
        candidates = list(dict.fromkeys(self._media.tcp_candidates))[:_MAX_TCP_CANDIDATES]
        if not candidates:
            raise _Skipped("the server offers none")
        for host, port in candidates:
            try:
                await reach(host, port)
            except NetError:
                continue
            return f"{host} port {port}"
        raise JoinError(Problem(ProblemCode.MEDIA_UNREACHABLE, candidates[0][0]))

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

    def _skip_behind_proxy(self) -> None:
        proxy = proxy_for(self._address.base)
        if proxy:
            raise _Skipped(f"through the proxy {proxy}")

    async def _close(self) -> None:
        try:
            await self._signal.send(leave=GOODBYE)
        except SessionClosed:
            pass
        finally:
            if self._subscriber is not None:
                await self._subscriber.close()
            await self._signal.close()
            await self._tasks.close()
