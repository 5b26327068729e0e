from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.helpers.lasuite_samples import SAMPLES
from tests.helpers.rest_server import Answer, RestServer, rest_server
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.lasuite.api import (
    Api,
    ApiError,
    Busy,
    Conflict,
    Faulty,
    Forbidden,
    Invalid,
    NotFound,
    NotLoggedIn,
    NotUnderstood,
    Unreachable,
)

COOKIES = {"meet_sessionid": "sesame", "csrftoken": "proof", "bad": "a\r\nX: y"}


@pytest.fixture
async def server() -> AsyncIterator[RestServer]:
    async with rest_server() as server:
        yield server


@pytest.fixture
async def nobody(server: RestServer) -> AsyncIterator[Api]:
    api = Api(Web(), server.url)
    yield api
    await api.close()


@pytest.fixture
async def somebody(server: RestServer) -> AsyncIterator[Api]:
    api = Api(Web(), server.url, COOKIES)
    yield api
    await api.close()


async def test_nobody_sends_nothing_that_tells_who_they_are(server: RestServer, nobody: Api) -> None:
    server.says("POST /rooms/", {"ok": True})
    assert await nobody.call("POST", "/rooms/", {"name": "tea"}, parameters={"username": "Ada"}) == {"ok": True}
    (asked,) = server.asked
    assert (asked.body, asked.query) == ({"name": "tea"}, {"username": "Ada"})
    assert not {"Cookie", "Authorization", "X-CSRFToken", "Origin"} & set(asked.headers)
    assert asked.headers["Content-Type"] == "application/json"
    assert not nobody.has_session


async def test_a_session_proves_that_it_means_its_changes(server: RestServer, somebody: Api) -> None:
    server.says("GET /users/me/", {})
    server.says("PATCH /rooms/1/", {})
    await somebody.call("GET", "/users/me/")
    await somebody.call("PATCH", "/rooms/1/", {})
    read, changed = (asked.headers for asked in server.asked)
    assert read["Cookie"] == changed["Cookie"] == "meet_sessionid=sesame; csrftoken=proof"
    assert "X-CSRFToken" not in read
    assert (changed["X-CSRFToken"], changed["Origin"]) == ("proof", server.url)


async def test_a_session_that_is_renewed_counts_from_then_on(server: RestServer) -> None:
    server.says("GET /users/me/", {})
    cookies = {"sessionid": "old"}
    api = Api(Web(), server.url, cookies)
    await api.call("GET", "/users/me/")
    cookies.update(sessionid="new")
    await api.call("GET", "/users/me/")
    cookies.clear()
    assert not api.has_session
    await api.close()
    assert [asked.headers["Cookie"] for asked in server.asked] == ["sessionid=old", "sessionid=new"]


async def test_a_token_goes_alone(server: RestServer, somebody: Api) -> None:
    server.says("POST /rooms/1/rename/", {"status": "success"})
    await somebody.call("POST", "/rooms/1/rename/", {"name": "Ada"}, bearer="jwt")
    (asked,) = server.asked
    assert asked.headers["Authorization"] == "Bearer jwt"
    assert not {"Cookie", "X-CSRFToken"} & set(asked.headers)


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, Invalid, ProblemCode.REQUEST_REFUSED),
        (401, NotLoggedIn, ProblemCode.LOGIN_NEEDED),
        (403, Forbidden, ProblemCode.REQUEST_REFUSED),
        (404, NotFound, ProblemCode.ROOM_NOT_FOUND),
        (409, Conflict, ProblemCode.REQUEST_REFUSED),
        (418, NotUnderstood, ProblemCode.SERVER_NOT_UNDERSTOOD),
        (302, NotUnderstood, ProblemCode.SERVER_NOT_UNDERSTOOD),
        (429, Busy, ProblemCode.SERVER_BUSY),
        (500, Faulty, ProblemCode.SERVER_BUSY),
        (503, Faulty, ProblemCode.SERVER_BUSY),
    ],
)
async def test_each_refusal_has_its_type(
    server: RestServer, nobody: Api, status: int, kind: type[ApiError], code: ProblemCode
) -> None:
    server.says("GET /x/", Answer({"slug": ["taken"]}, status, {"Location": "https://elsewhere.example/"}))
    with pytest.raises(ApiError) as caught:
        await nobody.call("GET", "/x/")
    assert type(caught.value) is kind
    assert (caught.value.problem.code, caught.value.problem.subject) == (code, "127.0.0.1")
    assert len(server.asked) == 1, "no redirect is followed"


async def test_a_session_that_has_run_out_is_another_thing_than_none(server: RestServer, somebody: Api) -> None:
    server.says("GET /users/me/", SAMPLES["users_me_anonymous"]["json"], status=401)
    with pytest.raises(NotLoggedIn) as caught:
        await somebody.call("GET", "/users/me/")
    assert caught.value.problem.code is ProblemCode.LOGIN_EXPIRED
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "waits_s"), [("7", 7.0), ("99999", 30.0), ("-1", 1.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 1.0), ("", 1.0)]
)
async def test_how_long_to_wait_is_bounded(server: RestServer, nobody: Api, said: str, waits_s: float) -> None:
    server.says("GET /x/", Answer({}, 429, {"Retry-After": said}))
    with pytest.raises(Busy) as caught:
        await nobody.call("GET", "/x/")
    assert caught.value.retry_after_s == waits_s


@pytest.mark.parametrize("body", ["<!doctype html>", "", "null", "x" * 1_100_000, '"' + "x" * 1_048_576])
async def test_answers_that_are_none(server: RestServer, nobody: Api, body: str) -> None:
    server.says("GET /x/", body)
    with pytest.raises(NotUnderstood):
        await nobody.call("GET", "/x/")


async def test_what_is_gone_answers_nothing(server: RestServer, somebody: Api) -> None:
    server.says("DELETE /rooms/1/", "", status=204)
    assert await somebody.call("DELETE", "/rooms/1/") is None


async def test_the_fields_that_are_not_taken_are_named(server: RestServer, nobody: Api) -> None:
    server.says("POST /rooms/", SAMPLES["room_create_duplicate"]["json"], status=400)
    with pytest.raises(Invalid) as caught:
        await nobody.call("POST", "/rooms/", {})
    assert caught.value.fields == {"slug"}


async def test_nobody_answers() -> None:
    api = Api(Web(), "http://127.0.0.1:9")
    with pytest.raises(Unreachable) as caught:
        await api.call("GET", "/x/")
    assert caught.value.problem.code is ProblemCode.HOST_UNREACHABLE
    await api.close()


async def test_a_slow_answer_is_none(nobody: Api, server: RestServer) -> None:
    server.says("GET /x/", Answer(never=True))
    with pytest.raises(Unreachable) as caught:
        await nobody.ask("GET", "/x/", timeout_s=0.01)
    assert caught.value.problem.code is ProblemCode.SERVER_SILENT
