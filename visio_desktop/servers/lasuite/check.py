"""The preflight check: to the web server, what it says of itself and of the room, then to the LiveKit server behind it.

Where the server gives them out, a token for a room of its own is used: nobody is disturbed by the check. Else the room
itself is entered, unless nobody there is to see us. LiveKit's own hops follow; those before its signalling are named
`media_...`, and left out where it is at the same address.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Protocol

from visio_desktop.meeting.hops import Hop, HopState
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.hops import Road, Skipped, Trials, of_media
from visio_desktop.servers.lasuite.api import Api, ApiError, NotFound
from visio_desktop.servers.lasuite.config import ServerConfig, parse_config
from visio_desktop.servers.lasuite.link import WebAddress
from visio_desktop.servers.lasuite.room import Way, parse_room, parse_way
from visio_desktop.servers.lasuite.way import livekit_address
from visio_desktop.servers.livekit.link import Address
from visio_desktop.servers.port import JoinError
from visio_desktop.system.clock import Clock
from visio_desktop.system.texts import tr


class MediaCheck(Protocol):
    """Checks a LiveKit server: `LiveKitAdapter.hops`."""

    def __call__(
        self, address: Address, token: Callable[[], str], *, own_token: Callable[[], str] | None
    ) -> AsyncIterator[Hop]:
        """Each hop; `own_token` is for a room of our own, where there is one."""


class Preflight:
    """One run of the check, as `name`. `media` checks a LiveKit server, given its address and a token."""

    def __init__(
        self,
        address: WebAddress,
        api: Api,
        web: Web,
        media: MediaCheck,
        *,
        clock: Clock,
        name: str = "",
        unseen: bool = False,
    ) -> None:
        self._address = address
        self._api = api
        self._media = media
        self._bounds = web.bounds
        self._parameters = {"username": name} if name else None
        self._unseen = unseen
        self._road = Road(address.host, address.port, secure=address.secure, dialer=web.dialer)
        self._trials = Trials(clock)
        self._config = ServerConfig("")
        self._way: Way | None = None
        self._where: Address | None = None
        self._is_own = False

    async def run(self) -> AsyncIterator[Hop]:
        """Each hop in turn; after one that failed those that build on it are skipped."""
        steps = (("link", self._link), *self._road.steps(), ("config", self._ask_config), ("room", self._ask_room))
        async for hop in self._trials.in_turn(*steps, ("connection_test", self._ask_for_token)):
            yield hop
        way, where = self._way, self._where
        if not self._trials.is_open or way is None or where is None:
            yield Hop("signalling", HopState.SKIPPED)
            yield Hop("media", HopState.SKIPPED, is_way=True)
            return
        token = lambda: way.token  # noqa: E731 - one of two that are the same or none
        async for hop in self._media(where, token, own_token=token if self._is_own else None):
            there = (where.host, where.port) == (self._address.host, self._address.port)
            if (named := of_media(hop, same_place=there)) is not None:
                yield named

    async def _link(self) -> str:
        return self._address.text

    async def _ask_config(self) -> str:
        config = parse_config((await self._asking(self._api.ask("GET", "/config/"))).body)
        if config is None:
            raise JoinError(Problem(ProblemCode.LINK_UNKNOWN_KIND, self._address.host))
        self._config = config
        return tr("check.is_lasuite", address=config.livekit_url)

    async def _ask_room(self) -> str:
        path = f"/rooms/{self._address.slug}/"
        room = parse_room(await self._asking(self._api.call("GET", path, parameters=self._parameters)))
        self._way = room.way
        access = "unregistered" if room.access is None else room.access.value
        return tr(f"check.room_{access}") if room.way is not None else tr("check.room_lobby")

    async def _ask_for_token(self) -> str:
        own: Way | None = None
        with suppress(NotFound):
            answer = Fields(await self._asking(self._api.call("POST", "/diagnostics/connection/"), NotFound))
            own = parse_way(answer.object("livekit"))
        if own is None and (self._way is None or self._unseen):
            raise Skipped(tr("check.no_test" if self._way is None else "check.only_inside"))
        self._way, self._is_own = own or self._way, own is not None
        if self._way is not None:
            self._where = livekit_address(self._way, self._config, self._address, self._bounds)
        return tr("check.inside_room" if own is None else "check.own_room")

    async def _asking[T](self, asked: Awaitable[T], *but: type[ApiError]) -> T:
        try:
            return await asked
        except but:
            raise
        except ApiError as error:
            raise JoinError(error.problem, str(error)) from error
