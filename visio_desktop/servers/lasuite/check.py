"""The preflight check: to the web server, what it says of itself and of the room, then to the LiveKit server behind it.

Where the server gives them out, a token for a room of its own is used: nobody is disturbed by the check. LiveKit's own
hops follow; those before its signalling are named `media_...`, and left out where it is at the same address.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.lasuite.api import Api, ApiError, NotFound
from visio_desktop.servers.lasuite.config import ServerConfig, parse_config
from visio_desktop.servers.lasuite.fields import Fields
from visio_desktop.servers.lasuite.link import WebAddress
from visio_desktop.servers.lasuite.room import Way, parse_room, parse_way
from visio_desktop.servers.lasuite.way import livekit_address
from visio_desktop.servers.livekit.hops import Road, Skipped, Trials
from visio_desktop.servers.livekit.link import Address
from visio_desktop.servers.port import Hop, HopState, JoinError
from visio_desktop.system.clock import Clock

_ON_THE_ROAD = ("dns", "tcp", "proxy", "tls")

type MediaCheck = Callable[[Address, Callable[[], str]], AsyncIterator[Hop]]


class Preflight:
    """One run of the check. `media` checks a LiveKit server, given its address and a token."""

    def __init__(self, address: WebAddress, api: Api, web: Web, media: MediaCheck, *, clock: Clock) -> None:
        self._address = address
        self._api = api
        self._media = media
        self._road = Road(address.host, address.port, secure=address.secure, dialer=web.dialer)
        self._trials = Trials(clock)
        self._config = ServerConfig("")
        self._way: Way | None = None
        self._where: Address | None = None

    async def run(self) -> AsyncIterator[Hop]:
        """Each hop in turn; after one that failed those that build on it are skipped."""
        steps = (("link", self._link), *self._road.steps(), ("config", self._ask_config), ("room", self._ask_room))
        async for hop in self._trials.in_turn(*steps, ("connection_test", self._ask_for_token)):
            yield hop
        way, where = self._way, self._where
        if not self._trials.is_open or way is None or where is None:
            yield Hop("signalling", HopState.SKIPPED)
            return
        async for hop in self._media(where, lambda: way.token):
            if (named := self._named(hop)) is not None:
                yield named

    def _named(self, hop: Hop) -> Hop | None:
        """A hop to LiveKit beside those to the web server."""
        if hop.name == "link":
            return replace(hop, name="media_link")
        if hop.name not in _ON_THE_ROAD:
            return hop
        where = self._where
        there = where is not None and (where.host, where.port) == (self._address.host, self._address.port)
        return None if there and hop.state is not HopState.FAILED else replace(hop, name=f"media_{hop.name}")

    async def _link(self) -> str:
        return self._address.text

    async def _ask_config(self) -> str:
        config = parse_config((await self._asking(self._api.ask("GET", "/config/"))).body)
        if config is None:
            raise JoinError(Problem(ProblemCode.LINK_UNKNOWN_KIND, self._address.host))
        self._config = config
        return f"La Suite Meet, media at {config.livekit_url}"

    async def _ask_room(self) -> str:
        room = parse_room(await self._asking(self._api.call("GET", f"/rooms/{self._address.slug}/")))
        self._way = room.way
        access = room.access.value if room.access is not None else "not registered"
        return f"{access}, {'open' if room.way is not None else 'through its lobby'}"

    async def _ask_for_token(self) -> str:
        told = "in the room itself"
        with suppress(NotFound):
            answer = Fields(await self._asking(self._api.call("POST", "/diagnostics/connection/"), NotFound))
            self._way = parse_way(answer.object("livekit")) or self._way
            told = "in a room of its own"
        if self._way is None:
            raise Skipped("the server does not offer it, and the room is not open")
        self._where = livekit_address(self._way, self._config, self._address)
        return told

    async def _asking[T](self, asked: Awaitable[T], *but: type[ApiError]) -> T:
        try:
            return await asked
        except but:
            raise
        except ApiError as error:
            raise JoinError(error.problem, str(error)) from error
