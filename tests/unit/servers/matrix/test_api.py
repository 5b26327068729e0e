from __future__ import annotations

import pytest

from tests.helpers.rest_server import Answer, RestServer
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.matrix.api import (
    Api,
    ApiError,
    Busy,
    Faulty,
    Forbidden,
    LoggedOut,
    NotFound,
    NotUnderstood,
    Unreachable,
    in_path,
)

VERSIONS = "GET /versions"


async def test_asking_as_somebody(server: RestServer, api: Api) -> None:
    server.says("POST /v3/x", {"a": 1})
    assert await api.call("POST", "/v3/x", {"b": 2}) == {"a": 1}
    (asked,) = server.asked
    assert (asked.body, asked.headers["Authorization"]) == ({"b": 2}, "Bearer s3cret")
    await api.call("POST", "/v3/x")
    assert server.asked[-1].body == {}


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (401, LoggedOut, ProblemCode.LOGIN_EXPIRED),
        (403, Forbidden, ProblemCode.ENTRY_DENIED),
        (404, NotFound, ProblemCode.ROOM_NOT_FOUND),
        (502, Faulty, ProblemCode.SERVER_BUSY),
        (302, NotUnderstood, ProblemCode.SERVER_NOT_UNDERSTOOD),
        (418, NotUnderstood, ProblemCode.SERVER_NOT_UNDERSTOOD),
    ],
)
async def test_refusals(server: RestServer, api: Api, status: int, kind: type[ApiError], code: ProblemCode) -> None:
    server.says(VERSIONS, {"errcode": "M_X", "error": "no"}, status=status)
    with pytest.raises(kind) as caught:
        await api.call("GET", "/versions")
    error = caught.value
    assert (error.code, error.status, error.problem.code, error.problem.subject) == ("M_X", status, code, "127.0.0.1")
    assert "s3cret" not in str(error)


@pytest.mark.parametrize("body", [[], "<html>", None, 5])
async def test_what_is_no_object_is_no_answer(server: RestServer, api: Api, body: object) -> None:
    server.says(VERSIONS, Answer(body))
    with pytest.raises(NotUnderstood):
        await api.call("GET", "/versions")


async def test_a_busy_server_is_asked_again_when_it_says(server: RestServer, api: Api) -> None:
    busy = Answer({"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 0}, 429)
    server.says(VERSIONS, busy, busy, {"versions": []})
    assert await api.call("GET", "/versions") == {"versions": []}
    server.says(VERSIONS, Answer({"retry_after_ms": 60_000}, 429))
    with pytest.raises(Busy) as caught:
        await api.call("GET", "/versions")
    assert caught.value.retry_after_s == 60
    assert len(server.asked) == 4


async def test_nobody_there() -> None:
    api = Api(Web(), "http://127.0.0.1:9")
    with pytest.raises(Unreachable) as caught:
        await api.call("GET", "/versions")
    assert caught.value.problem.code is ProblemCode.HOST_UNREACHABLE
    await api.close()


def test_an_id_stays_one_part_of_an_address() -> None:
    assert in_path("!a/b:c?d#e") == "%21a%2Fb%3Ac%3Fd%23e"
