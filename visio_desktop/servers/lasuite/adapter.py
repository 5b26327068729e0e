"""The La Suite Meet kind of server: recognises its links by what the server answers, joins, and checks the way there.

What a meeting needs is loaded while the server is asked for the room.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from typing import Any

from visio_desktop.meeting.events import LobbyEntered
from visio_desktop.meeting.hops import Hop
from visio_desktop.meeting.values import Capability, MeetingLink, Problem, ProblemCode
from visio_desktop.net import Reply, Web
from visio_desktop.servers.lasuite.api import Api, ApiError, Busy, Faulty
from visio_desktop.servers.lasuite.config import ServerConfig, parse_config
from visio_desktop.servers.lasuite.entrance import Entrance
from visio_desktop.servers.lasuite.link import KIND, WebAddress, parse_address
from visio_desktop.servers.lasuite.lobby import Guest
from visio_desktop.servers.lasuite.place import Place, Stay
from visio_desktop.servers.lasuite.way import is_good_for_a_return, livekit_address
from visio_desktop.servers.livekit.adapter import LiveKitAdapter, Ticket
from visio_desktop.servers.port import JoinError, JoinRequest, Session, SessionListener
from visio_desktop.system.clock import Clock, monotonic_ms
from visio_desktop.system.loading import load
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)

IDENTIFY_TIMEOUT_S = 5.0
_SESSION = "visio_desktop.servers.lasuite.session"
_TOKEN_PROBLEMS = {ProblemCode.TOKEN_EXPIRED, ProblemCode.TOKEN_REFUSED}
_MAX_REMEMBERED = 50


class LaSuiteAdapter:
    """See `servers.port.ServerAdapter` and `AskingAdapter`; `livekit` carries the meetings.

    For the life of the program it remembers who we were as a guest of a room, so that coming again one is the same.
    """

    def __init__(
        self,
        livekit: LiveKitAdapter,
        web: Web | None = None,
        *,
        language: Callable[[], str] = lambda: "",
        clock: Clock = monotonic_ms,
    ) -> None:
        self._livekit = livekit
        self._web = web or Web()
        self._language = language
        self._clock = clock
        self._configs: dict[str, ServerConfig] = {}
        self._guests: dict[str, Guest] = {}
        self._lost: dict[str, Stay] = {}

    @property
    def kind(self) -> str:
        """See `ServerAdapter`."""
        return KIND

    @property
    def capabilities(self) -> Capability:
        """See `ServerAdapter`."""
        return ~(Capability.LOCK | Capability.SPEECH | Capability.CLEAR_CHAT)

    def recognise(self, text: str) -> MeetingLink | None:
        """See `ServerAdapter`: no link is of this kind by its form alone."""
        del text
        return None

    async def identify(self, text: str) -> MeetingLink | None:
        """See `AskingAdapter`."""
        address = parse_address(text)
        if address is None:
            return None
        try:
            config = await self._asked(address)
        except ApiError as error:
            raise JoinError(error.problem, str(error)) from error
        return None if config is None else MeetingLink(KIND, address.text, address.host, address.slug)

    async def join(self, request: JoinRequest, listener: SessionListener) -> Session:
        """See `ServerAdapter`. May wait long in a lobby, of which `LobbyEntered` tells."""
        address = _address(request)
        api = Api(self._web, address.base, request.credentials.cookies)
        async with AsyncExitStack() as on_failure:
            on_failure.push_async_callback(api.close)
            session = await self._join(api, address, request, listener)
            on_failure.pop_all()
            return session

    async def check(self, request: JoinRequest) -> AsyncIterator[Hop]:
        """See `ServerAdapter`."""
        from visio_desktop.servers.lasuite.check import Preflight

        address = _address(request)
        api = Api(self._web, address.base)
        preflight = Preflight(
            address,
            api,
            self._web,
            self._livekit.hops,
            clock=self._clock,
            name=request.name,
            unseen=request.unseen,
        )
        try:
            async for hop in preflight.run():
                yield hop
        finally:
            await api.close()

    async def _join(self, api: Api, address: WebAddress, request: JoinRequest, listener: SessionListener) -> Session:
        lost = self._lost.pop(address.text, None)
        if lost is not None and self._is_return(lost, request):
            try:
                return await self._enter(api, lost, request, listener, name=lost.name)
            except JoinError as error:
                if error.problem.code not in _TOKEN_PROBLEMS:
                    self._keep(lost)
                    raise
                _log.info("token_old", host=address.host)
        stay = await self._found(api, address, request, listener)
        return await self._enter(api, stay, request, listener)

    def _is_return(self, lost: Stay, request: JoinRequest) -> bool:
        """Whether it is the same person who comes back, in time."""
        cookies = request.credentials.cookies
        is_same = lost.asked_name == request.name and lost.place.session == bool(cookies) and lost.cookies == cookies
        return is_same and is_good_for_a_return(lost, self._clock())

    def _keep(self, lost: Stay) -> None:
        _bound(self._lost)
        self._lost[lost.place.link] = lost

    async def _found(self, api: Api, address: WebAddress, request: JoinRequest, listener: SessionListener) -> Stay:
        """The room and the way in. Raises `JoinError`."""
        config = await self._config(address)
        guest = self._guest(address.text)
        entrance = Entrance(api, address.slug, guest, clock=self._clock, renew=request.credentials.renew)
        (room, way), _ = await asyncio.gather(
            entrance.find(request.name, lambda: listener.on_event(LobbyEntered())),
            asyncio.to_thread(load, _SESSION),
        )
        place = Place(config, room, address.text, address.slug, session=api.has_session)
        return Stay(place, way, request.name, way.token, self._clock(), cookies=request.credentials.cookies)

    async def _enter(
        self, api: Api, stay: Stay, request: JoinRequest, listener: SessionListener, *, name: str = ""
    ) -> Session:
        """Join LiveKit; a `name` that somebody took before the connection was lost is taken again."""
        from visio_desktop.servers.lasuite.session import LaSuiteSession

        where = livekit_address(stay.way, stay.place.config, _address(request), self._web.bounds)
        if where.host != api.host:
            _log.info("media_elsewhere", web=api.host, media=where.host)
        session = LaSuiteSession(
            api,
            replace(stay),
            listener,
            language=self._language,
            on_lost=self._keep,
            renew=request.credentials.renew,
        )
        ticket = Ticket(where, stay.token, keep_token=partial(session.keep_token, clock=self._clock))
        session.begin(await self._livekit.enter(ticket, session, session.dialect), name)
        return session

    async def _config(self, address: WebAddress) -> ServerConfig:
        """What the server says of itself, as of when it was asked last. Raises `JoinError`."""
        known = self._configs.get(address.base)
        if known is not None:
            return known
        try:
            config = await self._asked(address)
        except ApiError as error:
            raise JoinError(error.problem, str(error)) from error
        if config is None:
            raise JoinError(Problem(ProblemCode.LINK_UNKNOWN_KIND, address.host))
        return config

    async def _asked(self, address: WebAddress) -> ServerConfig | None:
        """What the server says of itself; None where it is of another kind. Raises `ApiError`."""
        api = Api(self._web, address.base)
        try:
            reply = await api.ask("GET", "/config/", timeout_s=IDENTIFY_TIMEOUT_S)
            config = parse_config(reply.body) if reply.status == 200 else None  # noqa: PLR2004 - OK
            if config is None:
                _raise_if_in_trouble(api, reply)
                return None
        finally:
            await api.close()
        _bound(self._configs)
        self._configs[address.base] = config
        return config

    def _guest(self, link: str) -> Guest:
        _bound(self._guests)
        return self._guests.setdefault(link, Guest())


def _address(request: JoinRequest) -> WebAddress:
    address = parse_address(request.link.text)
    if address is None:
        raise JoinError(Problem(ProblemCode.LINK_UNKNOWN_KIND, request.link.host))
    return address


def _raise_if_in_trouble(api: Api, reply: Reply) -> None:
    """A server that cannot answer now may be one of ours: that is told, instead of that it is none."""
    try:
        api.understood(reply)
    except (Busy, Faulty):
        raise
    except ApiError:
        return


def _bound(kept: dict[str, Any]) -> None:
    """Forget the oldest of too many."""
    while len(kept) >= _MAX_REMEMBERED:
        del kept[next(iter(kept))]
