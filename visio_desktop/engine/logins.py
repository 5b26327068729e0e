"""Sessions at servers: opened in the login window, kept, renewed unseen when they run out, ended."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from visio_desktop.engine.account_book import KeptCookies
from visio_desktop.engine.login_program import LoginFailed, LoginWindow
from visio_desktop.login.wire import Begin
from visio_desktop.meeting.accounts import Account, LoginPhase
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.servers.accounts import AccountError, Login, LoginOver
from visio_desktop.system.log import get_logger

if TYPE_CHECKING:
    from visio_desktop.servers.accounts import AccountServer
    from visio_desktop.system.secrets import SecretStore

REST_AFTER_RENEWAL_MS: Final = 60_000.0
"""A renewal that failed is not tried again so soon: each starts a web engine."""
_LONGEST_NAME: Final = 100
MOST_RENEWALS: Final = 3
RENEWALS_WITHIN_MS: Final = 600_000.0
"""A server that forgets each session at once is not asked for ever: no more renewals than these within so long."""
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AccountServices:
    """What accounts need of the rest. `window` is None where nothing that shows a login is installed.

    `begin` gives a `Begin` for a server, its profile's folder, and whether nobody is to see it, with the network as the
    settings want it. It may wait for the keyring: it runs in a thread.

    Servers whose host is not `allowed` are not asked, `usual` is always among those known, and with `off` nobody is
    logged in.
    """

    server: Callable[[], AccountServer]
    open_store: Callable[[], SecretStore]
    book: Path
    profiles: Path
    window: LoginWindow | None = None
    begin: Callable[[str, Path, bool], Begin] = lambda url, folder, silent: Begin(url, str(folder), silent=silent)
    allowed: Callable[[str], bool] = lambda _host: True
    usual: str = ""
    off: bool = False


class Logins:
    """By server and slot. Runs on the engine's loop. `lapsed` hears of each that cannot be renewed.

    `known` gives the server's id of a slot's account, "" where that is not known: nobody else is taken for it unseen.
    """

    def __init__(
        self,
        services: AccountServices,
        lapsed: Callable[[str, int], None],
        may_renew: Callable[[str], bool],
        monotonic_ms: Callable[[], float],
        known: Callable[[str, int], str] = lambda _url, _slot: "",
    ) -> None:
        self._services = services
        self._lapsed = lapsed
        self._may_renew = may_renew
        self._monotonic_ms = monotonic_ms
        self._known = known
        self._cookies = KeptCookies(services.open_store)
        self._renewing: dict[tuple[str, int], asyncio.Lock] = {}
        self._failed_ms: dict[tuple[str, int], float] = {}
        self._renewed_ms: dict[tuple[str, int], tuple[float, ...]] = {}

    async def open(self, url: str, slot: int, went: Callable[[LoginPhase], None]) -> tuple[Login, Account]:
        """Let the person log in. Raises `LoginFailed` and `AccountError`."""
        login = await self._through_window(url, slot, lambda: went(LoginPhase.OPEN), silent=False)
        went(LoginPhase.CHECKING)
        return login, await self._services.server().who(login)

    async def keep(self, login: Login, slot: int, account: Account) -> Account:
        """Keep a login as this slot's; the account as it is known from now on."""
        lasting = await self._cookies.put(login.url, slot, login.cookies)
        self._failed_ms.pop((login.url, slot), None)
        self._renewed_ms.pop((login.url, slot), None)
        return replace(account, slot=slot, lasting=lasting)

    async def cookies(self, url: str, slot: int) -> Mapping[str, str]:
        """The cookies of a login, nothing without one; what is renewed appears in them."""
        return await self._cookies.get(url, slot) or {}

    async def using[T](self, url: str, slot: int, work: Callable[[Login], Awaitable[T]]) -> T:
        """Do something in an account's name; where its session ran out it is renewed once, unseen.

        Raises `AccountError`, after which nothing was done; `LoginOver` where the person has to log in again.
        """
        login = Login(url, dict(await self.cookies(url, slot)))
        if not login.cookies:
            nothing = LoginOver(Problem(ProblemCode.LOGIN_EXPIRED, urlsplit(url).netloc), "no cookies")
            return await self._after_renewal(login, slot, work, nothing)
        try:
            return await work(login)
        except LoginOver as over:
            return await self._after_renewal(login, slot, work, over)

    async def _after_renewal[T](
        self, stale: Login, slot: int, work: Callable[[Login], Awaitable[T]], over: LoginOver
    ) -> T:
        """Do it with another session; where that is none to the server either, renewing it again helps nobody."""
        login = await self._renewed(stale, slot, over)
        try:
            return await work(login)
        except LoginOver:
            self._give_up((stale.url, slot))
            raise

    async def forget(self, url: str, slot: int, *, erase: bool) -> None:
        """Remove a login, and what the login window knows with `erase`."""
        await self._cookies.forget(url, slot)
        if erase:
            await asyncio.to_thread(shutil.rmtree, self._folder(url, slot), ignore_errors=True)

    async def _renewed(self, stale: Login, slot: int, over: LoginOver) -> Login:
        key = (stale.url, slot)
        async with self._renewing.setdefault(key, asyncio.Lock()):
            current = await self.cookies(*key)
            if current and current != stale.cookies:
                return Login(stale.url, dict(current))  # somebody else has renewed it meanwhile
            try:
                login = await self._renew(stale.url, slot)
            except (LoginFailed, AccountError) as error:
                _log.info("login_not_renewed", error=str(error))
                self._give_up(key)
                raise over from error
        return login

    def _give_up(self, key: tuple[str, int]) -> None:
        self._failed_ms[key] = self._monotonic_ms()
        self._lapsed(*key)

    async def _renew(self, url: str, slot: int) -> Login:
        failed_ms, now_ms = self._failed_ms.get((url, slot)), self._monotonic_ms()
        host = urlsplit(url).netloc
        if self._services.window is None or not self._may_renew(url):
            raise LoginOver(Problem(ProblemCode.LOGIN_EXPIRED, host), "not unseen")
        if failed_ms is not None and now_ms - failed_ms < REST_AFTER_RENEWAL_MS:
            raise LoginOver(Problem(ProblemCode.LOGIN_EXPIRED, host), "tried just now")
        recent = [at for at in self._renewed_ms.get((url, slot), ()) if now_ms - at < RENEWALS_WITHIN_MS]
        if len(recent) >= MOST_RENEWALS:
            raise LoginOver(Problem(ProblemCode.LOGIN_EXPIRED, host), "again and again")
        self._renewed_ms[url, slot] = (*recent, now_ms)
        login = await self._through_window(url, slot, lambda: None, silent=True)
        found, known = await self._services.server().who(login), self._known(url, slot)
        if known and found.id != known:
            raise LoginOver(Problem(ProblemCode.LOGIN_EXPIRED, host), "somebody else's by now")
        await self._cookies.put(url, slot, login.cookies)
        return login

    async def _through_window(self, url: str, slot: int, shown: Callable[[], None], *, silent: bool) -> Login:
        window = self._services.window
        if window is None:
            raise AccountError(Problem(ProblemCode.LOGIN_MISSING))
        begin = await asyncio.to_thread(self._services.begin, url, self._folder(url, slot), silent)
        return Login(url, dict(await window.run(begin, shown)))

    def _folder(self, url: str, slot: int) -> Path:
        """Where the login window keeps what it knows of this account's organisation."""
        return self._services.profiles / quote(url.partition("://")[2], safe="")[:_LONGEST_NAME] / str(slot)
