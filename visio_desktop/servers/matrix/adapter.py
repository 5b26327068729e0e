"""The Element Call kind of server, MatrixRTC: recognises links by what their host answers, joins, checks the way there.

What a meeting needs is loaded while the servers are asked for the way in.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import cached_property, partial
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Any

from visio_desktop.meeting.events import LobbyEntered
from visio_desktop.meeting.hops import Hop
from visio_desktop.meeting.values import Capability, MeetingLink, Problem, ProblemCode
from visio_desktop.net import Reply, Web
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.matrix.account import Account, AccountBook, Doorway
from visio_desktop.servers.matrix.api import Api, ApiError, LoggedOut
from visio_desktop.servers.matrix.config import CallConfig, parse_config
from visio_desktop.servers.matrix.link import KIND, CallLink, parse_link
from visio_desktop.servers.matrix.logins import Logins
from visio_desktop.servers.named import named
from visio_desktop.servers.port import JoinError, JoinRequest, Session, SessionListener
from visio_desktop.system.clock import Clock, epoch_ms, monotonic_ms
from visio_desktop.system.loading import load
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import together

if TYPE_CHECKING:
    from visio_desktop.servers.matrix.means import KeyMeans
    from visio_desktop.servers.matrix.sso import Ways
    from visio_desktop.system.secrets import SecretStore

_log = get_logger(__name__)

IDENTIFY_TIMEOUT_S = 5.0
_ENTERING = "visio_desktop.servers.matrix.entering"
_MOST_REMEMBERED = 50
_OK = 200


class MatrixAdapter:
    """See `servers.port.ServerAdapter`, `AskingAdapter` and `BrowserLogins`; `livekit` carries the media.

    Of credentials the password encrypts the meeting, in the place of the one in its link; `user` logs in, or the token
    is an access token of the homeserver. Without either one is whoever one was there last, else a new guest.
    `secrets_at` is where logins are kept, else in memory; `logins` says whether there may be any but guests', `browser`
    whether a web browser may be offered for calls we cannot join.
    """

    def __init__(
        self,
        livekit: LiveKitAdapter,
        web: Web | None = None,
        *,
        secrets_at: Callable[[], SecretStore] | None = None,
        keys: Callable[[], KeyMeans | None] = lambda: None,
        logins: Callable[[], bool] = lambda: True,
        browser: Callable[[], bool] = lambda: True,
        clock: Clock = monotonic_ms,
        epoch: Clock = epoch_ms,
        random: Random | None = None,
        ids: Callable[[], str] | None = None,
    ) -> None:
        self._livekit = livekit
        self._web = web or Web()
        self._secrets_at = secrets_at
        self._keys = keys
        self._browser = browser
        self._logins = Logins(self._web, lambda: self._book, logins)
        self._clock = clock
        self._epoch = epoch
        self._random = random or SystemRandom()
        self._ids = ids or partial(secrets.token_hex, 12)
        self._configs: dict[str, CallConfig] = {}
        self._passwords: dict[str, str] = {}

    @cached_property
    def _book(self) -> AccountBook:
        """Where logins are kept; the keyring takes a while to load."""
        from visio_desktop.servers.matrix.book import SecretBook

        return SecretBook(self._secrets_at) if self._secrets_at is not None else SecretBook()

    @property
    def kind(self) -> str:
        """See `ServerAdapter`."""
        return KIND

    @property
    def capabilities(self) -> Capability:
        """See `ServerAdapter`."""
        from visio_desktop.servers.matrix.dialect import BY_MEDIA, BY_POWER, BY_ROOM

        return BY_MEDIA | BY_ROOM | BY_POWER

    def recognise(self, text: str) -> MeetingLink | None:
        """See `ServerAdapter`: no link is of this kind by its form alone."""
        del text
        return None

    async def identify(self, text: str) -> MeetingLink | None:
        """See `AskingAdapter`. A password in the link is kept for joining it, in memory only."""
        link = parse_link(text)
        if link is None:
            return None
        try:
            config = await self._asked(link)
        except ApiError as error:
            raise JoinError(error.problem, str(error)) from error
        if config is None:
            return None
        if link.password:
            _bound(self._passwords)
            self._passwords[link.text] = link.password
        ways = await self._ways(link, config)
        return replace(link.meeting, takes_login=ways.by_password, logs_in_by_browser=ways.by_browser)

    async def join(self, request: JoinRequest, listener: SessionListener) -> Session:
        """See `ServerAdapter`. May wait long for an invitation, of which `LobbyEntered` tells."""
        link = _link(request.link)
        try:
            config = await self._config(link)
            return await self._as_somebody(link, config, request, listener)
        except ApiError as error:
            raise JoinError(error.problem, str(error)) from error

    async def check(self, request: JoinRequest) -> AsyncIterator[Hop]:
        """See `ServerAdapter`."""
        from visio_desktop.servers.matrix.check import Preflight

        preflight = Preflight(
            _link(request.link),
            request,
            self._web,
            self._book,
            self._livekit.hops,
            asked=self._asked,
            clock=self._clock,
            may_log_in=self._logins.allowed,
        )
        async for hop in preflight.run():
            yield hop

    async def log_in(self, link: MeetingLink, opened: Callable[[str], None]) -> str:
        """See `BrowserLogins`."""
        call = _link(link)
        try:
            config = await self._config(call)
            async with AsyncExitStack() as after:
                api = Api(self._web, named(config.homeserver, call.host, self._web.bounds))
                after.push_async_callback(api.close)
                account = await self._logins.log_in(api, config.homeserver, opened)
        except ApiError as error:
            raise JoinError(error.problem, str(error)) from error
        return account.device.user_id

    async def logged_in_as(self, link: MeetingLink) -> str:
        """See `BrowserLogins`."""
        config = self._configs.get(_link(link).base)
        account = await self._logins.at(config.homeserver) if config is not None else None
        return account.device.user_id if account is not None else ""

    async def log_out(self, link: MeetingLink) -> None:
        """See `BrowserLogins`."""
        config = self._configs.get(_link(link).base)
        if config is not None:
            await self._logins.log_out(config.homeserver)

    async def _as_somebody(
        self, link: CallLink, config: CallConfig, request: JoinRequest, listener: SessionListener
    ) -> Session:
        """Into the room, onto the media server, into the call. Raises `JoinError`, `ApiError`."""
        from visio_desktop.servers.matrix.focus import Turnstile, discover
        from visio_desktop.servers.matrix.syncing import Syncing

        async with AsyncExitStack() as on_failure:
            api = Api(self._web, named(config.homeserver, link.host, self._web.bounds))
            on_failure.push_async_callback(api.close)
            account, room_id = await self._let_in(api, link, config, request, listener)
            syncing = Syncing(api, room_id, clock=self._clock, random=self._random)
            focus, synced, _ = await together(
                discover(api, config, self._web), syncing.first(), asyncio.to_thread(load, _ENTERING)
            )
            from visio_desktop.servers.matrix.entering import Inside, Means, enter_call

            turnstile = Turnstile(api, self._web, account.device, room_id)
            inside = Inside(api, account, link, config, turnstile, syncing, room_id)
            recovery_key = request.credentials.recovery_key
            means = Means(self._epoch, self._ids, self._livekit.enter, self._keys, recovery_key, self._browser)
            passphrase = request.credentials.password or link.password or self._passwords.get(link.text, "")
            try:
                session = await enter_call(inside, means, synced, focus, passphrase, listener)
            except JoinError as error:
                if error.problem.code is ProblemCode.LOGIN_EXPIRED:
                    await self._book.forget(config.homeserver)
                raise
            on_failure.pop_all()
            return session

    async def _let_in(
        self, api: Api, link: CallLink, config: CallConfig, request: JoinRequest, listener: SessionListener
    ) -> tuple[Account, str]:
        """Who one is, and the room's id. A login that the server does not know any more is forgotten, once."""
        from visio_desktop.servers.matrix.entrance import Entrance

        given, may_log_in = request.credentials, self._logins.allowed
        doorway = Doorway(api, config.homeserver, self._book, given, request.name, may_log_in=may_log_in)
        entrance = Entrance(api, link, config.server_name, clock=self._clock)
        account = await doorway.enter()
        try:
            return account, await entrance.enter(lambda: listener.on_event(LobbyEntered()))
        except LoggedOut as error:
            _log.info("login_over", error=str(error))
            await doorway.over()
        account = await doorway.enter()
        return account, await entrance.enter(lambda: listener.on_event(LobbyEntered()))

    async def _config(self, link: CallLink) -> CallConfig:
        """What the host says of itself, as of when it was asked last. Raises `JoinError`, `ApiError`."""
        known = self._configs.get(link.base)
        config = known if known is not None else await self._asked(link)
        if config is None:
            raise JoinError(Problem(ProblemCode.LINK_UNKNOWN_KIND, link.host))
        return config

    async def _ways(self, link: CallLink, config: CallConfig) -> Ways:
        """How its homeserver lets people log in; one that does not say now is asked again when one joins."""
        from visio_desktop.servers.matrix.sso import UNKNOWN, Ways, ask_ways

        if not self._logins.allowed:
            return Ways(by_password=False)
        try:
            async with AsyncExitStack() as after:
                api = Api(self._web, named(config.homeserver, link.host, self._web.bounds))
                after.push_async_callback(api.close)
                return await ask_ways(api)
        except (ApiError, JoinError) as error:
            _log.info("ways_to_log_in_unknown", error=str(error))
            return UNKNOWN

    async def _asked(self, link: CallLink) -> CallConfig | None:
        """What the host says of itself; None where it is of another kind. Raises `ApiError`."""
        api = Api(self._web, link.base)
        try:
            reply: Reply = await api.reply("GET", "/config.json", timeout_s=IDENTIFY_TIMEOUT_S)
        finally:
            await api.close()
        config = parse_config(reply.body) if reply.status == _OK else None
        if config is not None:
            _bound(self._configs)
            self._configs[link.base] = config
        return config


def _link(meeting: MeetingLink) -> CallLink:
    link = parse_link(meeting.text)
    if link is None:
        raise JoinError(Problem(ProblemCode.LINK_UNKNOWN_KIND, meeting.host))
    return link


def _bound(kept: dict[str, Any]) -> None:
    """Forget the oldest of too many."""
    while len(kept) >= _MOST_REMEMBERED:
        del kept[next(iter(kept))]
