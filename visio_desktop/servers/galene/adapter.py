"""The Galene kind of server: recognises its links, joins, and checks the way there.

What a meeting needs is loaded when one begins.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from visio_desktop.meeting.hops import Hop
from visio_desktop.meeting.values import Capability, MeetingLink, Problem, ProblemCode
from visio_desktop.net import NetError, Web
from visio_desktop.rtc.ice.network import NetworkOptions
from visio_desktop.servers.galene.asking import ABLE
from visio_desktop.servers.galene.link import KIND, Address, parse_address, parse_page, shown
from visio_desktop.servers.port import JoinError, JoinRequest, RequestFailed, Session, SessionListener
from visio_desktop.servers.unreachable import unreachable
from visio_desktop.system.clock import Clock, epoch_ms, monotonic_ms
from visio_desktop.system.loading import load
from visio_desktop.system.tasks import Tasks

if TYPE_CHECKING:
    from visio_desktop.rtc import IceServer
    from visio_desktop.servers.links.wire import MakePeer

_SESSION = ("visio_desktop.rtc.peer", "visio_desktop.servers.galene.session", "visio_desktop.servers.galene.entrance")
_MOST_KEPT = 50


class GaleneAdapter:
    """See `servers.port.AskingAdapter`.

    `host_addresses` are the addresses media may leave from, None for all. Of credentials the password is that of the
    group or of the name, the token one of the group's.
    """

    def __init__(
        self,
        web: Web | None = None,
        *,
        clock: Clock = monotonic_ms,
        epoch: Clock = epoch_ms,
        ids: Callable[[], str] | None = None,
        host_addresses: tuple[str, ...] | None = None,
        network: Callable[[], NetworkOptions] | None = None,
    ) -> None:
        self._web = web or Web()
        self._clock = clock
        self._epoch = epoch
        self._ids = ids or partial(secrets.token_hex, 16)
        self._host_addresses = host_addresses
        self._network = network or partial(NetworkOptions, dialer=self._web.dialer)
        self._handed: dict[str, str] = {}
        self._were_me: dict[str, None] = {}

    @property
    def kind(self) -> str:
        """See `ServerAdapter`."""
        return KIND

    @property
    def capabilities(self) -> Capability:
        """See `ServerAdapter`."""
        return ABLE

    def recognise(self, text: str) -> MeetingLink | None:
        """See `ServerAdapter`. A token in a link is kept for joining it, in memory only."""
        address = parse_address(text)
        return None if address is None else self._kept(address)

    async def identify(self, text: str) -> MeetingLink | None:
        """See `AskingAdapter`. Whether a page is a group's its `.status` proves, which the table of kinds asks for."""
        address = parse_page(text)
        if address is not None:
            self._kept(address)
        return None

    async def join(self, request: JoinRequest, listener: SessionListener) -> Session:
        """See `ServerAdapter`."""
        address = _address(request)
        request = self._with_token(request)
        await asyncio.to_thread(load, *_SESSION)
        from visio_desktop.servers.galene.entrance import Entrance
        from visio_desktop.servers.galene.session import GaleneSession, Surroundings
        from visio_desktop.servers.galene.signal import Signal
        from visio_desktop.servers.galene.status import ask_status
        from visio_desktop.servers.galene.words import ice_servers

        tasks = Tasks("galene")
        signal = Signal(self._web, self._new_id(), clock=self._clock, tasks=tasks)
        async with AsyncExitStack() as on_failure:
            on_failure.push_async_callback(tasks.close)
            on_failure.push_async_callback(signal.close)
            try:
                status = await ask_status(self._web, address)
                await signal.connect(status.endpoint, address.host)
                joined = await Entrance(address, status, request.credentials).enter(signal, self._web, request.name)
                peers = self._maker(address, ice_servers(joined.fields.object("rtcConfiguration")))
                around = Surroundings(self._epoch, self._ids, tasks, peers, self._were_me.__contains__)
                session = GaleneSession(signal, address.host, listener, around)
                on_failure.push_async_callback(session.leave)
                await session.begin(joined, status.title)
            except NetError as error:
                raise JoinError(unreachable(error), str(error)) from error
            except RequestFailed as error:
                raise JoinError(Problem(ProblemCode.SERVER_SILENT, address.host), str(error)) from error
            on_failure.pop_all()
        return session

    async def check(self, request: JoinRequest) -> AsyncIterator[Hop]:
        """See `ServerAdapter`."""
        from visio_desktop.servers.galene.check import Preflight

        preflight = Preflight(
            _address(request), self._with_token(request), web=self._web, clock=self._clock, ids=self._ids
        )
        async for hop in preflight.run():
            yield hop

    def _kept(self, address: Address) -> MeetingLink:
        link = shown(address)
        if address.token:
            while len(self._handed) >= _MOST_KEPT:
                del self._handed[next(iter(self._handed))]
            self._handed[link.text] = address.token
        return link

    def _with_token(self, request: JoinRequest) -> JoinRequest:
        """What was given, before what the link held."""
        given = request.credentials
        handed = self._handed.get(request.link.text, "")
        if given.token or given.password or not handed:
            return request
        return replace(request, credentials=replace(given, token=handed))

    def _new_id(self) -> str:
        """Who we are this time; lines of the chat that we wrote before are ours for all that."""
        while len(self._were_me) >= _MOST_KEPT:
            del self._were_me[next(iter(self._were_me))]
        new = self._ids()
        self._were_me[new] = None
        return new

    def _maker(self, address: Address, servers: tuple[IceServer, ...]) -> MakePeer:
        """Makes the connections to this server; one on this machine is reached over loopback."""
        from visio_desktop.rtc import PeerConnection, PeerOptions

        here = None if address.secure else ("127.0.0.1",)
        options = PeerOptions(
            ice_servers=servers,
            host_addresses=self._host_addresses or here,
            network=self._network(),
            trickles=True,
        )
        return lambda listener: PeerConnection(options, listener)


def _address(request: JoinRequest) -> Address:
    address = parse_address(request.link.text)
    if address is None:
        raise JoinError(Problem(ProblemCode.LINK_UNKNOWN_KIND, request.link.host))
    return address
