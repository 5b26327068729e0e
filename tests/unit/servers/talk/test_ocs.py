from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.rest_server import Answer, RestServer, rest_server
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.talk.ocs import Jar, Ocs, OcsError


@pytest.fixture
async def server() -> AsyncIterator[RestServer]:
    async with rest_server() as running:
        running.root = "/ocs/v2.php"
        yield running


@pytest.fixture
async def ocs(server: RestServer) -> AsyncIterator[Ocs]:
    made = Ocs(Web(), server.url, "ada", "secret")
    yield made
    await made.close()


async def test_what_is_in_the_wrapping_is_the_answer_and_cookies_come_back(server: RestServer, ocs: Ocs) -> None:
    server.says("POST /a", Answer({"ocs": {"data": {"x": 1}}}, cookie="oc_s=1; path=/; secure; HttpOnly"))
    server.says("GET /a", {"ocs": {"data": []}}, Answer({"ocs": {}}, 304))
    assert (await ocs.call("POST", "/a", {"flags": 7})).data == {"x": 1}
    assert (await ocs.call("GET", "/a", parameters={"token": "t"})).data == []
    assert (await ocs.call("GET", "/a")).data is None
    first, second, _ = server.asked
    assert (first.body, second.query) == ({"flags": 7}, {"token": "t"})
    assert {asked.headers["OCS-APIRequest"] for asked in server.asked} == {"true"}
    assert ("Cookie" in first.headers, second.headers["Cookie"]) == (False, "oc_s=1")
    assert second.headers["Authorization"] == "Basic YWRhOnNlY3JldA=="
    assert ocs.has_account


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer({"ocs": {"data": []}}, 401), ProblemCode.LOGIN_REFUSED),
        (Answer({"ocs": {"data": []}}, 404), ProblemCode.ROOM_NOT_FOUND),
        (Answer({"ocs": {"data": []}}, 429), ProblemCode.SERVER_BUSY),
        (Answer("<h1>Maintenance</h1>", 503), ProblemCode.SERVER_BUSY),
        (Answer("<h1>Not Found</h1>", 404), ProblemCode.SERVER_NOT_UNDERSTOOD),
        (Answer({"ocs": {"data": []}}, 302), ProblemCode.SERVER_NOT_UNDERSTOOD),
        (Answer({"ocs": []}), ProblemCode.SERVER_NOT_UNDERSTOOD),
        (Answer([]), ProblemCode.SERVER_NOT_UNDERSTOOD),
    ],
)
async def test_refusals_are_typed(server: RestServer, ocs: Ocs, answer: Answer, code: ProblemCode) -> None:
    server.says("GET /a", answer)
    with pytest.raises(OcsError) as caught:
        await ocs.call("GET", "/a")
    assert (caught.value.problem.code, caught.value.status) == (code, answer.status)
    assert "YWRh" not in repr(caught.value)


async def test_a_guest_may_be_asked_to_log_in(server: RestServer) -> None:
    ocs = Ocs(Web(), server.url)
    server.says("GET /a", Answer({"ocs": {"data": []}}, 401))
    with pytest.raises(OcsError) as caught:
        await ocs.call("GET", "/a")
    assert (caught.value.problem.code, ocs.has_account) == (ProblemCode.LOGIN_NEEDED, False)
    assert "Authorization" not in server.asked[0].headers
    await ocs.close()


async def test_nobody_there_is_told_as_such() -> None:
    ocs = Ocs(Web(), "http://127.0.0.1:9")
    with pytest.raises(OcsError) as caught:
        await ocs.call("GET", "/a")
    assert (caught.value.problem.code, caught.value.status) == (ProblemCode.HOST_UNREACHABLE, 0)
    await ocs.close()


def test_cookies_are_deleted_and_bounded() -> None:
    jar = Jar()
    jar.take(("a=1; path=/", "b=2", "c=x y", "d", "=3", f"e={'x' * 5_000}"))
    assert jar.headers() == {"Cookie": "a=1; b=2"}
    jar.take(("a=deleted; expires=long ago", "b=; Max-Age=0"))
    assert jar.headers() == {}
    jar.take(tuple(f"n{number}=1" for number in range(100)))
    assert len(jar.headers()["Cookie"].split("; ")) == 20


@given(st.lists(st.text(max_size=30), max_size=10))
def test_no_cookie_breaks_out_of_its_header(lines: list[str]) -> None:
    jar = Jar()
    jar.take(tuple(lines))
    for line in jar.headers().values():
        assert not set("\r\n\0") & set(line)
        assert all(pair.count("=") >= 1 for pair in line.split("; "))
