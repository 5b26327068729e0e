"""The Nextcloud Talk kind of server: recognises its links, joins, and checks the way there.

What a call needs is loaded when one begins.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from visio_desktop.meeting.events import LobbyEntered
from visio_desktop.meeting.hops import Hop
from visio_desktop.meeting.values import Capability, MeetingLink, Problem, ProblemCode
from visio_desktop.net import Web
from visio_desktop.rtc.ice.network import NetworkOptions
from visio_desktop.servers.port import JoinError, JoinRequest, RequestFailed, Session, SessionListener
from visio_desktop.servers.talk.account import Logins
from visio_desktop.servers.talk.link import KIND, Address, parse_address, parse_link
from visio_desktop.system.clock import Clock, epoch_ms, monotonic_ms
from visio_desktop.system.loading import load
from visio_desktop.system.tasks import Tasks

if TYPE_CHECKING:
    from visio_desktop.rtc import IceServer
    from visio_desktop.servers.links.wire import MakePeer
    from visio_desktop.servers.talk.entrance import Entrance, Entry
    from visio_desktop.servers.talk.ocs import Ocs
    from visio_desktop.system.secrets import SecretStore

_SESSION = "visio_desktop.servers.talk.session"


class TalkAdapter:
    """See `servers.port.ServerAdapter` and `BrowserLogins`.

    Of credentials the password is the conversation's, the user's an account's.
    `host_addresses` are the addresses media may leave from, None for all; `network` says which ways it may take now,
    `browser` whether a web browser may be offered for calls we cannot join. `secrets_at` is where logins in the browser
    are kept, else in memory; `logins` says whether there may be any.
    """

    def __init__(
        self,
        web: Web | None = None,
        secrets_at: Callable[[], SecretStore] | None = None,
        *,
        clock: Clock = monotonic_ms,
        epoch: Clock = epoch_ms,
        host_addresses: tuple[str, ...] | None = None,
        network: Callable[[], NetworkOptions] | None = None,
        browser: Callable[[], bool] = lambda: True,
        logins: Callable[[], bool] = lambda: True,
    ) -> None:
        self._web = web or Web()
        self._logins = Logins(self._web, store=secrets_at, allowed=logins, clock=clock)
        self._clock = clock
        self._epoch = epoch
        self._host_addresses = host_addresses
        self._browser = browser
        self._network = network or partial(NetworkOptions, dialer=self._web.dialer)

    @property
    def kind(self) -> str:
        """See `ServerAdapter`."""
        return KIND

    @property
    def capabilities(self) -> Capability:
        """See `ServerAdapter`."""
        from visio_desktop.servers.talk.rooms import ABLE, LEADING

        return ABLE | LEADING

    def recognise(self, text: str) -> MeetingLink | None:
        """See `ServerAdapter`."""
        link = parse_link(text)
        return None if link is None else replace(link, logs_in_by_browser=self._logins.allowed)

    async def identify(self, text: str) -> MeetingLink | None:
        """See `AskingAdapter`: what proves a web link to be one of Talk's is in the table of evidence."""
        del text
        return None

    async def join(self, request: JoinRequest, listener: SessionListener) -> Session:
        """See `ServerAdapter`. May wait long in a lobby, of which `LobbyEntered` tells."""
        address = _address(request.link)
        await asyncio.to_thread(load, _SESSION)
        from visio_desktop.servers.talk.entrance import Entrance
        from visio_desktop.servers.talk.ocs import Ocs

        given = await self._logins.as_whom(address.base, request.credentials)
        ocs = Ocs(self._web, address.base, given.user, given.user_password)
        entrance = Entrance(ocs, address, clock=self._clock, browser=self._browser())
        async with AsyncExitStack() as on_failure:
            on_failure.push_async_callback(ocs.close)
            on_failure.push_async_callback(entrance.leave)
            try:
                entry = await entrance.find(
                    request.name,
                    given.password,
                    consent=given.consents,
                    on_waiting=lambda: listener.on_event(LobbyEntered()),
                )
            except JoinError as error:
                raise await self._explained(error, address, kept=given is not request.credentials) from error
            session = await self._enter(ocs, entrance, entry, request, listener)
            on_failure.pop_all()
        return session

    async def check(self, request: JoinRequest) -> AsyncIterator[Hop]:
        """See `ServerAdapter`."""
        from visio_desktop.servers.talk.check import Preflight

        address = _address(request.link)
        known = replace(request, credentials=await self._logins.as_whom(address.base, request.credentials))
        preflight = Preflight(address, self._web, known, clock=self._clock, maker=self._maker)
        async for hop in preflight.run(unseen=request.unseen):
            yield hop

    async def log_in(self, link: MeetingLink, opened: Callable[[str], None]) -> str:
        """See `BrowserLogins`."""
        address = _address(link)
        return (await self._logins.log_in(address.base, address.host, opened)).name

    async def logged_in_as(self, link: MeetingLink) -> str:
        """See `BrowserLogins`."""
        login = await self._logins.at(_address(link).base)
        return login.name if login is not None else ""

    async def log_out(self, link: MeetingLink) -> None:
        """See `BrowserLogins`."""
        await self._logins.log_out(_address(link).base)

    async def _explained(self, error: JoinError, address: Address, *, kept: bool) -> JoinError:
        """A login that was kept and is refused now is over: its owner, or an administrator, has revoked it."""
        if error.problem.code is not ProblemCode.LOGIN_REFUSED or not kept:
            return error
        await self._logins.over(address.base)
        return JoinError(Problem(ProblemCode.LOGIN_EXPIRED, address.host), str(error))

    async def _enter(
        self, ocs: Ocs, entrance: Entrance, entry: Entry, request: JoinRequest, listener: SessionListener
    ) -> Session:
        from visio_desktop.servers.talk.greeting import greet
        from visio_desktop.servers.talk.session import Surroundings, TalkSession
        from visio_desktop.servers.talk.signal import Signal
        from visio_desktop.servers.talk.words import Refusal

        address, tasks = _address(request.link), Tasks("talk")
        signal = Signal(self._web, entry.url, tasks)
        around = Surroundings(self._clock, self._epoch, tasks, self._maker(address, entry.settings.relays))
        async with AsyncExitStack() as on_failure:
            on_failure.push_async_callback(tasks.close)
            on_failure.push_async_callback(signal.close)
            try:
                await greet(signal, ocs, entry.settings, address.host)
                session = TalkSession(ocs, entrance, entry, signal, address, listener, around)
                on_failure.push_async_callback(session.leave)
                await session.enter(request.name, consent=request.credentials.consents)
            except Refusal as error:
                raise JoinError(Problem(ProblemCode.REQUEST_REFUSED, address.host), str(error)) from error
            except RequestFailed as error:
                raise JoinError(Problem(ProblemCode.SERVER_SILENT, address.host), str(error)) from error
            on_failure.pop_all()
        return session

    def _maker(self, address: Address, relays: tuple[IceServer, ...]) -> MakePeer:
        """Makes the connections of one call; one on this machine is reached over loopback."""
        from visio_desktop.rtc import PeerConnection, PeerOptions

        hosts = self._host_addresses
        if hosts is None and not address.secure:
            hosts = ("127.0.0.1",)
        options = PeerOptions(relays, hosts, network=self._network())
        return lambda listener: PeerConnection(options, listener)


def _address(link: MeetingLink) -> Address:
    address = parse_address(link.text)
    if address is None:
        raise JoinError(Problem(ProblemCode.LINK_UNKNOWN_KIND, link.host))
    return address
