"""The way to the other side: the ICE connection that carries, and while ICE restarts the one that is to follow it.

An ICE restart (RFC 8445, section 9) makes a second connection with credentials of its own, lets it find its way while
the first one still carries, and then exchanges the two under the pipe. DTLS, SRTP and SCTP live on and never notice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from aioice import Candidate

from visio_desktop.rtc import sdp
from visio_desktop.rtc.aiortc_private import IceConnection, IcePipe
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

_ICE_TIMEOUT_S = 20.0
_CLOSE_TIMEOUT_S = 3.0
_LINGER_S = 0.5
_MAX_CANDIDATES = 100
_QUEUED_DATAGRAMS = 256

_log = get_logger(__name__)


@dataclass(slots=True, eq=False)
class _Way:
    """One ICE connection and how far it has come."""

    connection: IceConnection
    gathering: asyncio.Task[None] | None = None
    connecting: asyncio.Task[None] | None = None
    candidates: int = 0
    is_over: bool = False


class IcePath:
    """`carrying` moves media now; `newest` is what descriptions speak of: the same, or the one that is to follow.

    `on_moved` is called when another connection carries, `on_dead` when none does and none is on its way.
    """

    def __init__(
        self, make: Callable[[], IceConnection], *, on_moved: Callable[[], None], on_dead: Callable[[], None]
    ) -> None:
        self._make = make
        self._on_moved = on_moved
        self._on_dead = on_dead
        self._gather = Tasks("gathering")
        self._tasks = Tasks("ice")
        self._newest = self._carrying = _Way(make())
        self._ways = [self._newest]
        self._settled = asyncio.Event()
        self._closed = False
        self.pipe = IcePipe(self._carrying.connection)
        self.restarts = 0

    @property
    def carrying(self) -> IceConnection:
        """What media goes over, or will first go over."""
        return self._carrying.connection

    @property
    def newest(self) -> IceConnection:
        """Whose credentials and candidates are ours."""
        return self._newest.connection

    @property
    def is_restarting(self) -> bool:
        """Whether another connection is looking for its way."""
        return self._newest is not self._carrying and not self._newest.is_over

    def take_the_lead(self) -> None:
        """We control ICE; to be said before anything connects."""
        self.newest.ice_controlling = True

    async def gather(self) -> None:
        """Collect candidates of the newest connection, once each.

        Whoever waits may be cancelled; the gathering itself is not, since aioice forgets sockets it is just opening.
        """
        way = self._newest
        if way.gathering is None:
            way.gathering = self._gather.start(way.connection.gather_candidates(), name="gather")
        await asyncio.shield(way.gathering)
        if self._closed or way.is_over:
            await way.connection.close()

    def renew(self) -> None:
        """Begin a restart, in the same role; one that is still under way is given up for this one."""
        given_up, role = self._newest, self.carrying.ice_controlling
        self._newest = _Way(self._make())
        self._newest.connection.ice_controlling = role
        self._ways.append(self._newest)
        if given_up is not self._carrying:
            self._retire(given_up)

    def is_known(self, remote: sdp.Transport) -> bool:
        """Whether the newest connection leads to this end already."""
        return _leads_to(self.newest, remote)

    def was_known(self, remote: sdp.Transport) -> bool:
        """Whether the connection that carries leads to this end."""
        return _leads_to(self.carrying, remote)

    def connect(self, remote: sdp.Transport) -> None:
        """Let the newest connection find its way to this end."""
        way = self._newest
        way.connection.remote_is_lite = remote.ice_lite
        way.connection.remote_username, way.connection.remote_password = remote.ufrag, remote.password
        way.connecting = self._tasks.start(self._establish(way), name="connect")

    async def settled(self) -> bool:
        """Wait until media can go somewhere for the first time; False if it cannot."""
        await self._settled.wait()
        return self.carrying.nominated() is not None

    async def add_candidate(self, candidate: Candidate) -> None:
        """Try another address of theirs."""
        way = self._newest
        if way.candidates < _MAX_CANDIDATES and not way.is_over and not self._closed:
            way.candidates += 1
            await way.connection.add_remote_candidate(candidate)

    async def close_sockets(self) -> None:
        """The end of all connections; what uses the pipe has to be closed before."""
        await self._tasks.close()
        gathering = {way.gathering for way in self._ways if way.gathering is not None}
        if gathering:
            await asyncio.wait(gathering, timeout=_CLOSE_TIMEOUT_S)
        await self._gather.close()
        for way in self._ways:
            await _close(way.connection)

    def give_up(self) -> None:
        """Nothing begins any more; what waits is told."""
        self._closed = True
        self._settled.set()

    async def _establish(self, way: _Way) -> None:
        try:
            async with asyncio.timeout(_ICE_TIMEOUT_S):
                await way.connection.connect()
        except (ConnectionError, TimeoutError):
            _log.info("ice_not_connected", restart=way is not self._carrying)
            self._failed(way)
            return
        if not way.is_over:
            self._move(way)
            await self._pump(way)

    def _move(self, way: _Way) -> None:
        """Exchange the connections under the pipe."""
        previous, self._carrying = self._carrying, way
        self.pipe.connection = way.connection
        self._settled.set()
        if previous is not way:
            self.restarts += 1
            self._retire(previous, after_s=_LINGER_S if previous.connection.nominated() else 0.0)
        self._on_moved()

    def _failed(self, way: _Way) -> None:
        """It leads nowhere: the one before carries on if it lives."""
        if way.is_over:
            return
        way.is_over = True
        if way is self._newest and self.carrying.nominated() is None:
            self._settled.set()
            self._on_dead()
        if way is not self._carrying:
            self._retire(way)

    async def _pump(self, way: _Way) -> None:
        """Hand over what the connection receives for DTLS, for as long as it lives."""
        while True:
            try:
                data = await way.connection.recv()
            except ConnectionError:
                break
            self.pipe.put(data)
        if way is self._carrying and not self.is_restarting:
            self._on_dead()

    def _retire(self, way: _Way, after_s: float = 0.0) -> None:
        way.is_over = True
        self._tasks.start(self._close_later(way, after_s), name="retire")

    async def _close_later(self, way: _Way, after_s: float) -> None:
        """Packets may still be on their way over the old connection."""
        await asyncio.sleep(after_s)
        if way.gathering is not None:
            await asyncio.wait({way.gathering})
        await _close(way.connection)
        if way.connecting is not None:
            await asyncio.wait({way.connecting})
        self._ways.remove(way)


def _leads_to(connection: IceConnection, remote: sdp.Transport) -> bool:
    return (remote.ufrag, remote.password) == (connection.remote_username, connection.remote_password)


async def _close(connection: IceConnection) -> None:
    try:
        async with asyncio.timeout(_CLOSE_TIMEOUT_S):
            await connection.close()
    except TimeoutError:
        _log.warning("ice_close_timeout")
        connection.abandon()
