from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.rest_server import Answer, RestServer
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.matrix.api import Api, Unreachable
from visio_desktop.servers.matrix.sso import UNKNOWN, Ways, ask_ways, login_token, parse_ways, redeem
from visio_desktop.servers.port import JoinError
from visio_desktop.system.tasks import together

WAYS, LOGIN = "GET /v3/login", "POST /v3/login"
BOTH = {"flows": [{"type": "m.login.password"}, {"type": "m.login.sso"}, {"type": "m.login.token"}]}


@pytest.mark.parametrize(
    ("answer", "ways"),
    [
        (BOTH, Ways(by_password=True, by_browser=True)),
        ({"flows": [{"type": "m.login.sso"}]}, Ways(by_password=False, by_browser=True)),
        ({"flows": [{"type": "m.login.password"}]}, Ways(by_password=True)),
        ({"flows": [{"type": "org.example"}]}, Ways(by_password=False)),
        ({"flows": []}, UNKNOWN),
        ({"flows": "m.login.sso"}, UNKNOWN),
        ({}, UNKNOWN),
    ],
)
def test_how_people_log_in(answer: dict[str, Any], ways: Ways) -> None:
    assert parse_ways(answer) == ways


@given(st.recursive(st.none() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.sampled_from("flowstype"), x)))
def test_any_answer_names_ways(answer: Any) -> None:
    assert isinstance(parse_ways({"flows": answer}), Ways)


async def come_back(page: str, token: str) -> None:
    """As a browser at the end."""
    back = urlsplit(parse_qs(urlsplit(page).query)["redirectUrl"][0])
    reader, writer = await asyncio.open_connection(back.hostname, back.port)
    writer.write(f"GET {back.path}?loginToken={token} HTTP/1.1\r\nHost: {back.netloc}\r\n\r\n".encode())
    assert (await reader.read()).startswith(b"HTTP/1.1 200")
    writer.close()
    await writer.wait_closed()


async def through[T](work: Callable[[Callable[[str], None]], Coroutine[Any, Any, T]], token: str = "one-time") -> T:
    """What comes of work whose page somebody comes back from."""
    pages: asyncio.Queue[str] = asyncio.Queue()

    async def browse() -> None:
        await come_back(await pages.get(), token)

    return (await together(work(pages.put_nowait), browse()))[0]


async def test_a_page_is_opened_and_the_browser_comes_back_with_a_token(server: RestServer, api: Api) -> None:
    server.says(WAYS, BOTH)
    pages: list[str] = []

    async def asked(opened: Callable[[str], None]) -> str:
        def keep(page: str) -> None:
            pages.append(page)
            opened(page)

        return await login_token(api, keep)

    assert await through(asked) == "one-time"
    (page,) = pages
    assert page.startswith(f"{server.url}/_matrix/client/v3/login/sso/redirect?redirectUrl=http%3A%2F%2F127.0.0.1")


async def test_giving_up_leaves_nothing_open(server: RestServer, api: Api) -> None:
    server.says(WAYS, BOTH)
    pages: asyncio.Queue[str] = asyncio.Queue()
    waiting = asyncio.get_running_loop().create_task(login_token(api, pages.put_nowait))
    back = urlsplit(parse_qs(urlsplit(await pages.get()).query)["redirectUrl"][0])
    reader, writer = await asyncio.open_connection(back.hostname, back.port)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with suppress(ConnectionError):
        assert await reader.read() == b""
    writer.close()


async def test_where_it_is_not_offered_nothing_is_opened(server: RestServer, api: Api) -> None:
    server.says(WAYS, {"flows": [{"type": "m.login.password"}]})
    pages: list[str] = []
    with pytest.raises(JoinError) as caught:
        await login_token(api, pages.append)
    assert (caught.value.problem.code, pages) == (ProblemCode.LOGIN_NOT_OFFERED, [])


@pytest.mark.parametrize("token", ["x" * 5_000, "a%0Ab"])
async def test_what_is_no_token_is_not_passed_on(server: RestServer, api: Api, token: str) -> None:
    server.says(WAYS, BOTH)
    with pytest.raises(JoinError) as caught:
        await through(partial(login_token, api), token)
    assert caught.value.problem.code is ProblemCode.LOGIN_FAILED


async def test_the_token_is_given_to_the_homeserver(server: RestServer, api: Api) -> None:
    server.says(LOGIN, {"user_id": "@ada:h"})
    assert (await redeem(api, "one-time", "Visio"))["user_id"] == "@ada:h"
    body = server.of(LOGIN)[0].body
    assert body == {"type": "m.login.token", "token": "one-time", "initial_device_display_name": "Visio"}
    server.says(LOGIN, Answer({"errcode": "M_FORBIDDEN"}, 403))
    with pytest.raises(JoinError) as caught:
        await redeem(api, "one-time", "Visio")
    assert caught.value.problem.code is ProblemCode.LOGIN_FAILED
    assert "one-time" not in str(caught.value)


async def test_nobody_there() -> None:
    api = Api(Web(), "http://127.0.0.1:9")
    with pytest.raises(Unreachable):
        await ask_ways(api)
    with pytest.raises(Unreachable):
        await redeem(api, "one-time", "Visio")
    await api.close()
