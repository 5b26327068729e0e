"""The LiveKit kind of server: recognises its links, joins, and checks the way there."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from functools import partial
from random import Random, SystemRandom

from visio_desktop.meeting.values import Capability, MeetingLink, Problem, ProblemCode
from visio_desktop.net import Web
from visio_desktop.rtc import PeerConnection, PeerListener, PeerOptions
from visio_desktop.servers.livekit.check import Preflight
from visio_desktop.servers.livekit.link import KIND, Address, parse_address, parse_link
from visio_desktop.servers.livekit.peers import Ids, MakePeer, peer_options
from visio_desktop.servers.livekit.session import LiveKitSession, Surroundings
from visio_desktop.servers.livekit.signal import Signal
from visio_desktop.servers.livekit.token import TokenSource
from visio_desktop.servers.port import Hop, JoinError, JoinRequest, Session, SessionListener
from visio_desktop.system.clock import Clock, epoch_ms, monotonic_ms
from visio_desktop.system.tasks import Tasks


class LiveKitAdapter:
    """See `servers.port.ServerAdapter`. `host_addresses` are the addresses media may leave from, None for all."""

    def __init__(
        self,
        web: Web | None = None,
        *,
        clock: Clock = monotonic_ms,
        epoch: Clock = epoch_ms,
        random: Random | None = None,
        ids: Ids | None = None,
        make_peer: MakePeer | None = None,
        host_addresses: tuple[str, ...] | None = None,
    ) -> None:
        self._web = web or Web()
        self._clock = clock
        self._epoch = epoch
        self._ids = ids or partial(secrets.token_hex, 8)
        self._make_peer = make_peer or _peer
        self._host_addresses = host_addresses
        self._tokens = TokenSource(epoch=epoch, random=random or SystemRandom())

    @property
    def kind(self) -> str:
        """See `ServerAdapter`."""
        return KIND

    @property
    def capabilities(self) -> Capability:
        """See `ServerAdapter`."""
        return ~Capability.NONE

    def recognise(self, text: str) -> MeetingLink | None:
        """See `ServerAdapter`."""
        return parse_link(text)

    async def join(self, request: JoinRequest, listener: SessionListener) -> Session:
        """See `ServerAdapter`."""
        address = _address(request)
        token = self._token(request, address)
        tasks = Tasks("livekit")
        signal = Signal(self._web, clock=self._clock, tasks=tasks)
        joined = await signal.connect(address, token)
        around = Surroundings(
            clock=self._clock,
            epoch=self._epoch,
            ids=self._ids,
            make_peer=self._make_peer,
            keep_token=partial(self._tokens.refreshed, request.credentials),
        )
        session = LiveKitSession(signal, address.host, listener, around, tasks)
        session.begin(joined, peer_options(joined.ice_servers, host_addresses=self._hosts(address)))
        return session

    async def check(self, request: JoinRequest) -> AsyncIterator[Hop]:
        """See `ServerAdapter`."""
        address = _address(request)
        preflight = Preflight(
            address,
            partial(self._token, request, address),
            web=self._web,
            clock=self._clock,
            make_peer=self._make_peer,
            host_addresses=self._hosts(address),
        )
        async for hop in preflight.run():
            yield hop

    def _token(self, request: JoinRequest, address: Address) -> str:
        return self._tokens.token(request.credentials, room=address.room, name=request.name, host=address.host)

    def _hosts(self, address: Address) -> tuple[str, ...] | None:
        """A server on this machine is reached over loopback, which is not looked at otherwise."""
        if self._host_addresses is not None or address.secure:
            return self._host_addresses
        return ("127.0.0.1",)


def _address(request: JoinRequest) -> Address:
    address = parse_address(request.link.text)
    if address is None:
        raise JoinError(Problem(ProblemCode.LINK_UNKNOWN_KIND, request.link.host))
    return address


def _peer(options: PeerOptions, listener: PeerListener) -> PeerConnection:
    return PeerConnection(options, listener)
