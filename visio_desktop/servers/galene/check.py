"""The preflight check: every hop to a group on its own, so that the one that fails has a name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from visio_desktop.meeting.hops import Hop
from visio_desktop.net import Web
from visio_desktop.servers.galene.entrance import Entrance
from visio_desktop.servers.galene.link import Address
from visio_desktop.servers.galene.signal import Signal
from visio_desktop.servers.galene.status import ask_status
from visio_desktop.servers.hops import Road, Skipped, Trials
from visio_desktop.servers.port import JoinRequest
from visio_desktop.system.clock import Clock
from visio_desktop.system.tasks import Tasks
from visio_desktop.system.texts import tr


class Preflight:
    """One run of the check. Media has no way of its own to try: there is none before somebody sends."""

    def __init__(
        self, address: Address, request: JoinRequest, *, web: Web, clock: Clock, ids: Callable[[], str]
    ) -> None:
        self._address = address
        self._request = request
        self._web = web
        self._tasks = Tasks("galene check")
        self._signal = Signal(web, ids(), clock=clock, tasks=self._tasks)
        self._road = Road(address.host, address.port, secure=address.secure, dialer=web.dialer)
        self._trials = Trials(clock)

    async def run(self) -> AsyncIterator[Hop]:
        """Each hop in turn; unseen, no group is entered."""
        try:
            steps = (("link", self._link), *self._road.steps(), ("signalling", self._signalling))
            async for hop in self._trials.in_turn(*steps):
                yield hop
            yield await self._trials.attempt("media", self._media, is_way=True)
        finally:
            await self._signal.close()
            await self._tasks.close()

    async def _link(self) -> str:
        return self._address.base

    async def _signalling(self) -> str:
        """Whether the server has the group, and lets us in."""
        status = await ask_status(self._web, self._address)
        await self._signal.connect(status.endpoint, self._address.host)
        if not self._request.unseen:
            entrance = Entrance(self._address, status, self._request.credentials)
            await entrance.enter(self._signal, self._web, self._request.name)
        return "Galene"

    async def _media(self) -> str:
        raise Skipped(tr("check.only_inside"))
