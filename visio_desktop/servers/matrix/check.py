"""The preflight check: to the call's host, the homeserver, into the room, onto the media server behind it.

One is in the room for it, but not in its call: nobody there sees us. Unseen means that nobody is told at all: without a
login from before nothing is asked in anybody's name then. LiveKit's own hops follow, named `media_...` before its
signalling, and left out where it is at the same address.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from visio_desktop.meeting.hops import Hop, HopState
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.hops import Road, Skipped, Trials, of_media
from visio_desktop.servers.livekit.link import Address
from visio_desktop.servers.matrix.account import Account, AccountBook, Doorway
from visio_desktop.servers.matrix.api import CLIENT, Api, ApiError
from visio_desktop.servers.matrix.config import CallConfig
from visio_desktop.servers.matrix.entrance import Entrance
from visio_desktop.servers.matrix.focus import Pass, Turnstile, discover
from visio_desktop.servers.matrix.link import CallLink
from visio_desktop.servers.named import named
from visio_desktop.servers.port import JoinError, JoinRequest
from visio_desktop.system.clock import Clock
from visio_desktop.system.texts import tr


class MediaCheck(Protocol):
    """Checks a LiveKit server: `LiveKitAdapter.hops`."""

    def __call__(self, address: Address, token: Callable[[], str]) -> AsyncIterator[Hop]:
        """Each hop."""


class Preflight:
    """One run of the check. `asked` gets the host's configuration, `media` checks a LiveKit server."""

    def __init__(
        self,
        link: CallLink,
        request: JoinRequest,
        web: Web,
        book: AccountBook,
        media: MediaCheck,
        *,
        asked: Callable[[CallLink], Awaitable[CallConfig | None]],
        clock: Clock,
        may_log_in: bool = True,
    ) -> None:
        self._may_log_in = may_log_in
        self._link = link
        self._request = request
        self._web = web
        self._book = book
        self._media = media
        self._asked = asked
        self._clock = clock
        self._road = Road(link.host, link.port, secure=link.secure, dialer=web.dialer)
        self._trials = Trials(clock)
        self._config = CallConfig("", "")
        self._api: Api | None = None
        self._account: Account | None = None
        self._room_id = ""
        self._pass: Pass | None = None

    async def run(self) -> AsyncIterator[Hop]:
        """Each hop in turn; after one that failed those that build on it are skipped."""
        steps = (
            ("link", self._say_link),
            *self._road.steps(),
            ("config", self._ask_config),
            ("homeserver", self._ask_homeserver),
            ("login", self._log_in),
            ("room", self._enter_room),
            ("media_pass", self._get_pass),
        )
        try:
            async for hop in self._trials.in_turn(*steps):
                yield hop
        finally:
            if self._api is not None:
                await self._api.close()
        found = self._pass
        if not self._trials.is_open or found is None:
            yield Hop("signalling", HopState.SKIPPED)
            yield Hop("media", HopState.SKIPPED, is_way=True)
            return
        there = (found.address.host, found.address.port) == (self._link.host, self._link.port)
        async for hop in self._media(found.address, lambda: found.token):
            if (named := of_media(hop, same_place=there)) is not None:
                yield named

    async def _say_link(self) -> str:
        return self._link.text

    async def _ask_config(self) -> str:
        config = await _asking(self._asked(self._link))
        if config is None:
            raise JoinError(Problem(ProblemCode.LINK_UNKNOWN_KIND, self._link.host))
        self._config = config
        return tr("check.is_element", address=config.homeserver)

    async def _ask_homeserver(self) -> str:
        self._api = Api(self._web, named(self._config.homeserver, self._link.host, self._web.bounds))
        await _asking(self._api.ask("GET", f"{CLIENT}/versions"))
        return self._config.server_name

    async def _log_in(self) -> str:
        api, given = self._homeserver, self._request.credentials
        kept = await self._book.load(self._config.homeserver)
        if self._request.unseen and kept is None and not given.user and not given.token:
            raise Skipped(tr("check.only_inside"))
        name, server = self._request.name, self._config.homeserver
        doorway = Doorway(api, server, self._book, given, name, may_log_in=self._may_log_in)
        self._account = await _asking(doorway.enter())
        return self._account.device.user_id

    async def _enter_room(self) -> str:
        if self._account is None or self._request.unseen:
            raise Skipped(tr("check.only_inside"))
        entrance = Entrance(self._homeserver, self._link, self._config.server_name, clock=self._clock)
        room_id = await _asking(entrance.look())
        if room_id is None:
            raise Skipped(tr("check.room_lobby"))
        self._room_id = room_id
        return self._room_id

    async def _get_pass(self) -> str:
        if self._account is None or not self._room_id:
            raise Skipped(tr("check.only_inside"))
        focus = await _asking(discover(self._homeserver, self._config, self._web))
        if not focus:
            raise JoinError(Problem(ProblemCode.CALLS_MISSING, self._homeserver.host))
        turnstile = Turnstile(self._homeserver, self._web, self._account.device, self._room_id)
        self._pass = await _asking(turnstile.pass_for(focus, publishing=True))
        return focus

    @property
    def _homeserver(self) -> Api:
        if self._api is None:
            raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, self._link.host))
        return self._api


async def _asking[T](asked: Awaitable[T]) -> T:
    try:
        return await asked
    except ApiError as error:
        raise JoinError(error.problem, str(error)) from error
