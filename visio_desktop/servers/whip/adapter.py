"""WHIP and WHEP as two kinds of server: one that one sends to, one that one watches.

What a stream needs is loaded when one begins.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING

from visio_desktop.meeting.events import LobbyEntered
from visio_desktop.meeting.hops import Hop
from visio_desktop.meeting.values import Capability, MeetingLink, Problem, ProblemCode
from visio_desktop.net import Web
from visio_desktop.rtc.ice.network import NetworkOptions
from visio_desktop.servers.port import JoinError, JoinRequest, Session, SessionListener
from visio_desktop.servers.whip.link import WHIP, Address, parse_address, parse_link
from visio_desktop.system.clock import Clock, epoch_ms, monotonic_ms
from visio_desktop.system.loading import load
from visio_desktop.system.tasks import Tasks

if TYPE_CHECKING:
    from visio_desktop.rtc import IceServer, PeerConnection, PeerListener, PeerOptions
    from visio_desktop.servers.whip.wire import MakePeer

_SESSION = "visio_desktop.servers.whip.session"


class OneWayAdapter:
    """See `servers.port.ServerAdapter`; `kind` is `whip` or `whep`.

    `host_addresses` are the addresses media may leave from, None for all; `network` says which ways it may take now.
    """

    def __init__(
        self,
        kind: str,
        web: Web | None = None,
        *,
        clock: Clock = monotonic_ms,
        epoch: Clock = epoch_ms,
        make_peer: MakePeer | None = None,
        host_addresses: tuple[str, ...] | None = None,
        network: Callable[[], NetworkOptions] | None = None,
    ) -> None:
        self._kind = kind
        self._web = web or Web()
        self._clock = clock
        self._epoch = epoch
        self._make_peer = make_peer or _peer
        self._host_addresses = host_addresses
        self._network = network or partial(NetworkOptions, dialer=self._web.dialer)
        self._named: dict[str, tuple[IceServer, ...]] = {}

    @property
    def kind(self) -> str:
        """See `ServerAdapter`."""
        return self._kind

    @property
    def capabilities(self) -> Capability:
        """See `ServerAdapter`."""
        if self._kind == WHIP:
            return Capability.PUBLISH | Capability.SCREEN_SHARE
        return Capability.SUBSCRIBE

    def recognise(self, text: str) -> MeetingLink | None:
        """See `ServerAdapter`."""
        return parse_link(text, self._kind)

    async def identify(self, text: str) -> MeetingLink | None:
        """See `AskingAdapter`: what proves an endpoint is in the table of evidence."""
        del text
        return None

    async def join(self, request: JoinRequest, listener: SessionListener) -> Session:
        """See `ServerAdapter`."""
        address = self._address(request)
        await asyncio.to_thread(load, _SESSION)
        from visio_desktop.servers.whip.endpoint import Endpoint
        from visio_desktop.servers.whip.session import OneWaySession
        from visio_desktop.servers.whip.waiting import Waiting
        from visio_desktop.servers.whip.wire import Wire

        tasks = Tasks(self._kind)
        endpoint = Endpoint(self._web, address, request.credentials.token)
        async with AsyncExitStack() as on_failure:
            on_failure.push_async_callback(endpoint.close)
            on_failure.push_async_callback(endpoint.end)
            on_failure.push_async_callback(tasks.close)
            waiting = Waiting(self._clock, lambda: listener.on_event(LobbyEntered()))
            relays = await endpoint.relays() or self._named.get(address.url, ())
            wire = Wire(self._make_peer, self._options(address, relays), tasks)
            on_failure.push_async_callback(wire.close)
            await wire.open(endpoint, address, waiting)
            if endpoint.named and not relays:
                self._named[address.url] = (
                    endpoint.named
                )  # for the next time, if it turns out that there is no other way
                if self._network().relay_only:
                    await endpoint.end()
                    await wire.close()
                    wire = Wire(self._make_peer, self._options(address, endpoint.named), tasks)
                    on_failure.push_async_callback(wire.close)
                    await wire.open(endpoint, address, waiting)
            on_failure.pop_all()
        listener.on_mark("signalling_open")
        session = OneWaySession(address, endpoint, wire, listener, tasks, clock=self._clock, epoch=self._epoch)
        session.begin(request.name)
        return session

    async def check(self, request: JoinRequest) -> AsyncIterator[Hop]:
        """See `ServerAdapter`."""
        from visio_desktop.servers.whip.check import Preflight

        address = self._address(request)
        async for hop in Preflight(address, self._web, request.credentials.token, clock=self._clock).run():
            yield hop

    def _options(self, address: Address, relays: tuple[IceServer, ...]) -> PeerOptions:
        from visio_desktop.rtc import PeerOptions

        hosts = self._host_addresses
        if hosts is None and not address.secure:
            hosts = ("127.0.0.1",)
        return PeerOptions(relays, hosts, network=self._network(), trickles=True)

    def _address(self, request: JoinRequest) -> Address:
        address = parse_address(request.link.text, self._kind)
        if address is None:
            raise JoinError(Problem(ProblemCode.LINK_UNKNOWN_KIND, request.link.host))
        return address


def _peer(options: PeerOptions, listener: PeerListener) -> PeerConnection:
    from visio_desktop.rtc.peer import PeerConnection

    return PeerConnection(options, listener)
