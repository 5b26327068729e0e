from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.talk.logins import LoginFlow, agree
from tests.helpers.talk.state import MODERATOR
from tests.helpers.web_server import answering_all
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.port import JoinError
from visio_desktop.servers.talk import flow as module
from visio_desktop.servers.talk.flow import Flow, Granted, is_at, parse_granted, parse_ticket
from visio_desktop.system.clock import monotonic_ms

HOME = "https://cloud.example.org"


@pytest.fixture(autouse=True)
def _ask_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POLL_S", 0.0)


@asynccontextmanager
async def nextcloud(logins: LoginFlow) -> AsyncIterator[str]:
    application = web.Application()
    logins.add_to(application.router)
    runner = web.AppRunner(application, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def flow_at(base: str) -> AsyncIterator[Flow]:
    flow = Flow(Web(), base, clock=monotonic_ms)
    try:
        yield flow
    finally:
        await flow.close()


async def refused(base: str) -> ProblemCode:
    opened: list[str] = []
    async with flow_at(base) as flow:
        with pytest.raises(JoinError) as caught:
            await flow.run(opened.append)
    assert all(page.startswith(base) for page in opened)
    return caught.value.problem.code


async def test_the_browser_gets_its_page_and_we_get_the_app_password_once_the_person_agreed() -> None:
    logins, pages = LoginFlow(), asyncio.Queue[str]()
    async with nextcloud(logins) as base, flow_at(base) as flow:
        running = asyncio.gather(flow.run(pages.put_nowait))
        page = await pages.get()
        while logins.polled < 3:
            await asyncio.sleep(0)
        assert not running.done()
        assert "Visio Desktop wants to have access" in await agree(page)
        (granted,) = await running
    assert (granted.user, granted.password) == (MODERATOR.id, next(iter(logins.app_passwords)))
    assert granted.password not in repr(granted)


async def test_where_there_is_no_such_login_or_one_elsewhere_it_is_said() -> None:
    logins = LoginFlow()
    async with nextcloud(logins) as base:
        logins.named_as = "http://127.0.0.1:9"
        assert await refused(base) is ProblemCode.LOGIN_ASTRAY
        logins.named_as = base.replace("http:", "https:")
        assert await refused(base) is ProblemCode.LOGIN_ASTRAY
        logins.is_offered = False
        assert await refused(base) is ProblemCode.LOGIN_NOT_OFFERED
        assert logins.polled == 0
    assert await refused("http://127.0.0.1:9") is ProblemCode.HOST_UNREACHABLE


class Says:
    """A server that says this to who begins, then these things in turn to who asks; the last of them stays."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def handle(self, request: web.Request) -> web.Response:
        if request.path == "/index.php/login/v2":
            here = f"http://{request.host}"
            poll = {"token": "t", "endpoint": f"{here}/poll"}
            return web.json_response({"poll": poll, "login": f"{here}/page"})
        self.asked += 1
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return web.Response(status=status, text=body if isinstance(body, str) else json.dumps(body))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((200, "<html>"), ProblemCode.SERVER_NOT_UNDERSTOOD),
        ((200, {"loginName": "a:b", "appPassword": "p"}), ProblemCode.SERVER_NOT_UNDERSTOOD),
        ((200, {"loginName": "a", "appPassword": ""}), ProblemCode.SERVER_NOT_UNDERSTOOD),
        ((403, {}), ProblemCode.LOGIN_FAILED),
        ((302, {}), ProblemCode.LOGIN_FAILED),
        ((503, {}), ProblemCode.LOGIN_FAILED),
    ],
)
async def test_answers_that_are_none_end_it(answer: tuple[int, Any], code: ProblemCode) -> None:
    says = Says((404, []), answer)
    async with answering_all(says.handle) as place:
        assert await refused(f"http://{place}") is code
    assert says.asked == 1 + (module.MOST_FAILURES if answer[0] == 503 else 1)


async def test_a_server_that_is_busy_for_a_moment_is_asked_again() -> None:
    busy = [(503, "")] * (module.MOST_FAILURES - 1)
    says = Says(*busy, (404, []), *busy, (200, {"loginName": "ada", "appPassword": "p"}))
    async with answering_all(says.handle) as place, flow_at(f"http://{place}") as flow:
        assert await flow.run(lambda _: None) == Granted("ada", "p")


async def test_nobody_is_waited_for_longer_than_the_server_does() -> None:
    says, now = Says((404, [])), [0.0]

    def clock() -> float:
        now[0] += module.PATIENCE_MS / 4
        return now[0]

    async with answering_all(says.handle) as place:
        flow = Flow(Web(), f"http://{place}", clock=clock)
        with pytest.raises(JoinError) as caught:
            await flow.run(lambda _: None)
        await flow.close()
    assert caught.value.problem.code is ProblemCode.LOGIN_FAILED
    assert says.asked == 3


@pytest.mark.parametrize(
    ("address", "is_ours"),
    [
        (f"{HOME}/login/v2/flow/abc", True),
        ("https://cloud.example.org:443/x", True),
        ("https://CLOUD.example.org/x", True),
        ("http://cloud.example.org/x", False),
        ("https://cloud.example.org:8443/x", False),
        ("https://cloud.example.org.evil.example/x", False),
        ("https://evil.example/https://cloud.example.org", False),
        ("https://cloud.example.org@evil.example/x", False),
        ("https://evil.example\\@cloud.example.org/", False),
        ("https://cloud.example.org:x/", False),
        ("//cloud.example.org/x", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_only_the_servers_own_addresses_are_believed(address: str, is_ours: bool) -> None:
    assert is_at(address, HOME) is is_ours
    for page, endpoint in ((address, f"{HOME}/poll"), (f"{HOME}/page", address)):
        body = json.dumps({"poll": {"token": "t", "endpoint": endpoint}, "login": page}).encode()
        assert (parse_ticket(body, HOME) is not None) is is_ours


@given(st.binary() | st.recursive(st.none() | st.text(), lambda a: st.dictionaries(st.text(), a)).map(json.dumps))
def test_rubbish_is_neither_a_ticket_nor_a_grant(body: bytes | str) -> None:
    told = body if isinstance(body, bytes) else body.encode()
    assert parse_ticket(told, HOME) is None
    assert parse_granted(told) is None


def test_what_is_too_long_is_nothing() -> None:
    long = {"poll": {"token": "t" * 600, "endpoint": f"{HOME}/p"}, "login": f"{HOME}/l"}
    assert parse_ticket(json.dumps(long).encode(), HOME) is None
    assert parse_granted(json.dumps({"loginName": "a", "appPassword": "p" * 600}).encode()) is None
