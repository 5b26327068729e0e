"""The preflight check: every hop to a conversation on its own, so that the one that fails has a name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from visio_desktop.meeting.events import ServerEvent
from visio_desktop.meeting.hops import Hop
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import Web
from visio_desktop.rtc import IceServer
from visio_desktop.rtc.frames import InboundStream
from visio_desktop.servers.hops import Road, Skipped, Trials
from visio_desktop.servers.links.wire import MakePeer
from visio_desktop.servers.port import JoinError, JoinRequest, RequestFailed
from visio_desktop.servers.talk.entrance import Entrance, Entry
from visio_desktop.servers.talk.greeting import greet
from visio_desktop.servers.talk.link import Address
from visio_desktop.servers.talk.ocs import Ocs, OcsError
from visio_desktop.servers.talk.session import Surroundings, TalkSession
from visio_desktop.servers.talk.signal import Signal
from visio_desktop.servers.talk.words import Refusal
from visio_desktop.system.clock import Clock
from visio_desktop.system.tasks import Tasks
from visio_desktop.system.texts import tr

MEDIA_TIMEOUT_S = 10.0

type Maker = Callable[[Address, tuple[IceServer, ...]], MakePeer]


class Preflight:
    """One run of the check."""

    def __init__(self, address: Address, web: Web, request: JoinRequest, *, clock: Clock, maker: Maker) -> None:
        self._address = address
        self._web = web
        self._request = request
        self._clock = clock
        self._maker = maker
        given = request.credentials
        self._ocs = Ocs(web, address.base, given.user, given.user_password)
        self._entrance = Entrance(self._ocs, address, clock=clock)
        self._tasks = Tasks("talk check")
        self._signal: Signal | None = None
        self._entry: Entry | None = None
        self._road = Road(address.host, address.port, secure=address.secure, dialer=web.dialer)
        self._trials = Trials(clock)

    async def run(self, *, unseen: bool) -> AsyncIterator[Hop]:
        """Each hop in turn; `unseen` enters no conversation."""
        signalling, media = (self._server, self._enter_nothing) if unseen else (self._signalling, self._media)
        try:
            steps = (("link", self._link), *self._road.steps(), ("signalling", signalling))
            async for hop in self._trials.in_turn(*steps):
                yield hop
            yield await self._trials.attempt("media", media, is_way=True)
        finally:
            await self._entrance.leave()
            if self._signal is not None:
                await self._signal.close()
            await self._tasks.close()
            await self._ocs.close()

    async def _link(self) -> str:
        return self._address.web

    async def _server(self) -> str:
        try:
            await self._entrance.abilities()
        except OcsError as error:
            raise JoinError(error.problem, str(error)) from error
        return "Nextcloud Talk"

    async def _signalling(self) -> str:
        """Whether the conversation lets us in, and its signalling server greets us."""
        given = self._request.credentials
        self._entry = await self._entrance.find(
            self._request.name, given.password, consent=given.consents, on_waiting=lambda: None
        )
        self._signal = Signal(self._web, self._entry.url, self._tasks)
        await greet(self._signal, self._ocs, self._entry.settings, self._address.host)
        return "Nextcloud Talk"

    async def _enter_nothing(self) -> str:
        raise Skipped(tr("check.only_inside"))

    async def _media(self) -> str:
        """Join the call, and see our connection up."""
        if self._signal is None or self._entry is None:
            raise Skipped(tr("check.only_inside"))
        listener = _Listener()
        make_peer = self._maker(self._address, self._entry.settings.relays)
        around = Surroundings(self._clock, self._clock, self._tasks, make_peer)
        session = TalkSession(self._ocs, self._entrance, self._entry, self._signal, self._address, listener, around)
        try:
            async with asyncio.timeout(MEDIA_TIMEOUT_S):
                await session.enter(self._request.name, consent=self._request.credentials.consents)
                await listener.connected.wait()
            return " ".join(value for value in session.path().values() if value)
        except (RequestFailed, Refusal, TimeoutError) as error:
            raise JoinError(Problem(ProblemCode.MEDIA_UNREACHABLE, self._address.host), str(error)) from error
        finally:
            await session.leave()


class _Listener:
    """Hears only that media has a way."""

    def __init__(self) -> None:
        self.connected = asyncio.Event()

    def on_event(self, event: ServerEvent) -> None:
        """See `SessionListener`."""

    def on_stream(self, publication_id: str, stream: InboundStream) -> None:
        """See `SessionListener`."""

    def on_stream_ended(self, publication_id: str) -> None:
        """See `SessionListener`."""

    def on_mark(self, name: str) -> None:
        """See `SessionListener`."""
        if name == "first_ice_connected":
            self.connected.set()
