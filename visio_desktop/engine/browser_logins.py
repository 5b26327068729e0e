"""Logins at servers in the person's own web browser: one at a time, given up as soon as nobody looks at it any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from visio_desktop.meeting.accounts import NO_BROWSER_LOGIN, BrowserLogin, BrowserWish, LoginPhase
from visio_desktop.meeting.effects import RunBrowserLogin
from visio_desktop.meeting.events import BrowserLoginWent, Event
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import MeetingLink, Problem, ProblemCode
from visio_desktop.servers.port import BrowserLogins as Adapter
from visio_desktop.servers.port import JoinError
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

if TYPE_CHECKING:
    from visio_desktop.servers.catalog import Catalog

LIMIT_S: Final = 20 * 60.0
"""Pages to log in on live no longer than this."""
_UNDER_WAY = (LoginPhase.OPENING, LoginPhase.OPEN)
_log = get_logger(__name__)


class BrowserLogins:
    """Runs on the engine's loop. What a newer wish has overtaken says nothing any more."""

    def __init__(self, catalog: Callable[[], Catalog], report: Callable[[Event], None]) -> None:
        self._catalog = catalog
        self._report = report
        self._tasks = Tasks("browser logins", self._crashed)
        self._number = 0
        self._link: MeetingLink | None = None
        self._login: asyncio.Task[None] | None = None

    def begin(self, effect: RunBrowserLogin) -> None:
        """Do as wished; reports `BrowserLoginWent`."""
        self._stop()
        self._number += 1
        self._link = effect.link
        match effect.wish:
            case BrowserWish.LOG_IN:
                self._login = self._tasks.start(self._run(self._number, effect), name=str(self._number))
            case BrowserWish.LOOK | BrowserWish.LOG_OUT:
                self._tasks.start(self._run(self._number, effect), name=str(self._number))
            case BrowserWish.GIVE_UP:
                pass

    def take_in(self, meeting: Meeting) -> None:
        """A new snapshot: a login that it does not show is nobody's."""
        shown = meeting.link == self._link and meeting.browser_login.phase in _UNDER_WAY
        if self._login is not None and not shown:
            self._stop()

    async def close(self) -> None:
        """Stop for good."""
        await self._tasks.close()

    def _stop(self) -> None:
        login, self._login = self._login, None
        if login is not None:
            login.cancel()

    async def _run(self, number: int, effect: RunBrowserLogin) -> None:
        """Report what comes of it."""
        link = effect.link
        try:
            async with asyncio.timeout(LIMIT_S):
                done = await self._done(number, self._adapter(link), effect)
        except JoinError as error:
            _log.info("browser_login_failed", error=str(error))
            done = BrowserLogin(problem=error.problem)
        except TimeoutError:
            done = BrowserLogin(problem=Problem(ProblemCode.LOGIN_FAILED, link.host))
        self._tell(number, link, done)

    async def _done(self, number: int, adapter: Adapter, effect: RunBrowserLogin) -> BrowserLogin:
        link = effect.link
        if effect.wish is BrowserWish.LOG_OUT:
            await adapter.log_out(link)
            return NO_BROWSER_LOGIN
        if effect.wish is BrowserWish.LOOK:
            return BrowserLogin(name=await adapter.logged_in_as(link))
        opened = lambda address: self._tell(number, link, BrowserLogin(LoginPhase.OPEN, address=address))  # noqa: E731
        return BrowserLogin(name=await adapter.log_in(link, opened))

    def _adapter(self, link: MeetingLink) -> Adapter:
        adapter = self._catalog().of_kind(link)
        if not isinstance(adapter, Adapter):
            raise JoinError(Problem(ProblemCode.LOGIN_FAILED, link.host), "no logins in the browser")
        return adapter

    def _tell(self, number: int, link: MeetingLink, login: BrowserLogin) -> None:
        if number == self._number:
            self._report(BrowserLoginWent(link, login))

    def _crashed(self, name: str, _error: BaseException) -> None:
        if self._link is not None:
            self._tell(int(name), self._link, BrowserLogin(problem=Problem(ProblemCode.INTERNAL)))
