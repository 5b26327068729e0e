"""The preflight check: every hop to a Janus server on its own, so that the one that fails has a name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from visio_desktop.meeting.hops import Hop
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import Web
from visio_desktop.rtc import PeerConnection, PeerListener, PeerState, RtcError
from visio_desktop.servers.hops import Road, Skipped, Trials
from visio_desktop.servers.janus.outgoing import Outgoing
from visio_desktop.servers.janus.place import Place
from visio_desktop.servers.janus.problems import refused
from visio_desktop.servers.janus.signal import Ids, Signal
from visio_desktop.servers.janus.words import Refusal
from visio_desktop.servers.port import JoinError, RequestFailed
from visio_desktop.system.clock import Clock
from visio_desktop.system.tasks import Tasks
from visio_desktop.system.texts import tr

_MEDIA_TIMEOUT_S = 10.0


class Preflight:
    """One run of the check."""

    def __init__(
        self, place: Place, *, web: Web, clock: Clock, ids: Ids, make_peer: Callable[[PeerListener], PeerConnection]
    ) -> None:
        self._place = place
        self._make_peer = make_peer
        self._tasks = Tasks("janus check")
        self._signal = Signal(web, ids=ids, tasks=self._tasks, secrets=place.api_secrets)
        address = place.address
        self._road = Road(address.host, address.port, secure=address.secure, dialer=web.dialer)
        self._trials = Trials(clock)
        self._handle = 0

    async def run(self, *, unseen: bool) -> AsyncIterator[Hop]:
        """Each hop in turn; `unseen` enters no room."""
        media = self._enter_nothing if unseen else self._media
        try:
            steps = (("link", self._link), *self._road.steps(), ("signalling", self._signalling))
            async for hop in self._trials.in_turn(*steps):
                yield hop
            yield await self._trials.attempt("media", media, is_way=True)
        finally:
            await self._signal.close()
            await self._tasks.close()

    async def _link(self) -> str:
        return f"{self._place.address.url} {self._place.address.room}"

    async def _signalling(self) -> str:
        """Whether the server lets us in and has that room."""
        host = self._place.address.host
        try:
            await self._signal.connect(self._place.address.url, host)
            self._handle = await self._signal.attach()
            exists = await self._signal.room(self._handle, {"request": "exists", "room": self._place.address.room})
        except Refusal as error:
            raise refused(error, host, pin=self._place.credentials.password) from error
        except RequestFailed as error:
            raise JoinError(Problem(ProblemCode.SERVER_SILENT, host), str(error)) from error
        if not exists.room.flag("exists"):
            raise JoinError(Problem(ProblemCode.ROOM_NOT_FOUND, host))
        return "Janus"

    async def _enter_nothing(self) -> str:
        raise Skipped(tr("check.only_inside"))

    async def _media(self) -> str:
        """Join, and see the connection up."""
        host = self._place.address.host
        connected = asyncio.Event()
        outgoing = Outgoing(
            self._make_peer,
            lambda state: connected.set() if state is PeerState.CONNECTED else None,
            lambda body, offer: self._signal.room(self._handle, body, offer=offer),
        )
        try:
            entry = self._place.entry()
            await self._signal.room(self._handle, {"request": "join", "ptype": "publisher", "display": "", **entry})
            async with asyncio.timeout(_MEDIA_TIMEOUT_S):
                await outgoing.begin()
                await connected.wait()
            return " ".join(value for value in outgoing.peer.path().values() if value)
        except Refusal as error:
            raise refused(error, host, pin=self._place.credentials.password) from error
        except (RequestFailed, RtcError, TimeoutError) as error:
            raise JoinError(Problem(ProblemCode.MEDIA_UNREACHABLE, host), str(error)) from error
        finally:
            await outgoing.close()
