from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.helpers.fake_server import FakeAdapter
from visio_desktop.engine.browser_logins import BrowserLogins
from visio_desktop.meeting.accounts import NO_BROWSER_LOGIN, BrowserLogin, BrowserWish, LoginPhase
from visio_desktop.meeting.effects import RunBrowserLogin
from visio_desktop.meeting.events import BrowserLoginWent, Event
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import MeetingLink, Problem, ProblemCode
from visio_desktop.servers.catalog import Catalog
from visio_desktop.servers.port import JoinError

LINK = MeetingLink("fake", "fake:room", "fake.example", logs_in_by_browser=True)
PAGE = "https://fake.example/login"
OPEN = BrowserLogin(LoginPhase.OPEN, address=PAGE)


class Known(FakeAdapter):
    """A server one logs in at in the browser; it knows when somebody gave up."""

    def __init__(self) -> None:
        super().__init__()
        self.name = ""
        self.agreed = asyncio.Event()
        self.error: Exception | None = None
        self.given_up = asyncio.Event()
        self.lets_out = asyncio.Event()
        self.lets_out.set()

    async def log_in(self, link: MeetingLink, opened: Callable[[str], None]) -> str:
        if self.error is not None:
            raise self.error
        opened(PAGE)
        try:
            await self.agreed.wait()
        except asyncio.CancelledError:
            self.given_up.set()
            raise
        self.name = "Ada"
        return self.name

    async def logged_in_as(self, link: MeetingLink) -> str:
        return self.name

    async def log_out(self, link: MeetingLink) -> None:
        await self.lets_out.wait()
        self.name = ""


class Bench:
    def __init__(self, adapter: FakeAdapter) -> None:
        self.told: list[BrowserLogin] = []
        self.new = asyncio.Event()
        self.logins = BrowserLogins(lambda: Catalog([adapter]), self.tell)

    def tell(self, event: Event) -> None:
        assert isinstance(event, BrowserLoginWent)
        assert event.link == LINK
        self.told.append(event.login)
        self.new.set()

    def wish(self, wish: BrowserWish) -> None:
        self.logins.begin(RunBrowserLogin(LINK, wish))

    async def until(self, *logins: BrowserLogin) -> None:
        while len(self.told) < len(logins):
            self.new.clear()
            await self.new.wait()
        assert tuple(self.told) == logins


async def test_logging_in_looking_and_logging_out_are_told() -> None:
    adapter = Known()
    bench = Bench(adapter)
    bench.wish(BrowserWish.LOG_IN)
    await bench.until(OPEN)
    adapter.agreed.set()
    ada = BrowserLogin(name="Ada")
    await bench.until(OPEN, ada)
    bench.wish(BrowserWish.LOOK)
    await bench.until(OPEN, ada, ada)
    bench.wish(BrowserWish.LOG_OUT)
    await bench.until(OPEN, ada, ada, NO_BROWSER_LOGIN)


async def test_a_login_that_nobody_looks_at_any_more_is_given_up() -> None:
    adapter = Known()
    bench = Bench(adapter)
    shown = Meeting(page=Page.PREJOIN, link=LINK, browser_login=OPEN)
    for elsewhere in (Meeting(), Meeting(page=Page.JOINING, link=LINK)):
        bench.told.clear()
        bench.wish(BrowserWish.LOG_IN)
        await bench.until(OPEN)
        bench.logins.take_in(shown)
        await asyncio.sleep(0)
        assert not adapter.given_up.is_set()
        bench.logins.take_in(elsewhere)
        await adapter.given_up.wait()
        adapter.given_up.clear()
    assert bench.told == [OPEN]


async def test_giving_up_and_beginning_anew_end_the_one_before_without_a_word() -> None:
    adapter = Known()
    bench = Bench(adapter)
    bench.wish(BrowserWish.LOG_IN)
    await bench.until(OPEN)
    bench.wish(BrowserWish.LOG_IN)
    await adapter.given_up.wait()
    adapter.given_up.clear()
    await bench.until(OPEN, OPEN)
    bench.wish(BrowserWish.GIVE_UP)
    await adapter.given_up.wait()
    assert (bench.told, adapter.name) == ([OPEN, OPEN], "")


async def test_what_is_overtaken_by_a_newer_wish_says_nothing_any_more() -> None:
    adapter = Known()
    adapter.name = "Ada"
    bench = Bench(adapter)
    adapter.lets_out.clear()
    bench.wish(BrowserWish.LOG_OUT)
    bench.wish(BrowserWish.LOOK)
    ada = BrowserLogin(name="Ada")
    await bench.until(ada)
    adapter.lets_out.set()
    while adapter.name:
        await asyncio.sleep(0)
    assert bench.told == [ada]
    bench.wish(BrowserWish.LOOK)
    await bench.until(ada, NO_BROWSER_LOGIN)


async def test_what_fails_is_told() -> None:
    adapter = Known()
    bench = Bench(adapter)
    problem = Problem(ProblemCode.LOGIN_NOT_OFFERED, "fake.example")
    adapter.error = JoinError(problem)
    bench.wish(BrowserWish.LOG_IN)
    await bench.until(BrowserLogin(problem=problem))
    adapter.error = ZeroDivisionError()
    bench.wish(BrowserWish.LOG_IN)
    await bench.until(BrowserLogin(problem=problem), BrowserLogin(problem=Problem(ProblemCode.INTERNAL)))


async def test_a_kind_without_such_logins_says_so() -> None:
    bench = Bench(FakeAdapter())
    bench.wish(BrowserWish.LOOK)
    await bench.until(BrowserLogin(problem=Problem(ProblemCode.LOGIN_FAILED, "fake.example")))
