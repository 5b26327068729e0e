from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.rest_server import Answer, RestServer
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.servers.matrix.api import Api, ApiError, Faulty, LoggedOut, NotFound
from visio_desktop.servers.matrix.entrance import PATIENCE_MS, Entrance
from visio_desktop.servers.matrix.link import parse_link
from visio_desktop.servers.port import JoinError

ROOM = "!r:h"
JOIN, KNOCK, SYNC = f"POST /v3/join/{ROOM}", f"POST /v3/knock/{ROOM}", "GET /v3/sync"
INSIDE = {"room_id": ROOM}
FORBIDDEN = Answer({"errcode": "M_FORBIDDEN"}, 403)


def entrance(api: Api, text: str = f"https://c/room/#?roomId={ROOM}&viaServers=b", step_ms: float = 1.0) -> Entrance:
    link = parse_link(text)
    assert link is not None
    now = [0.0]

    def clock() -> float:
        now[0] += step_ms
        return now[0]

    return Entrance(api, link, "h", clock=clock, pause_s=0)


async def code(entrance: Entrance, waits: list[bool]) -> ProblemCode:
    with pytest.raises(JoinError) as caught:
        await entrance.enter(lambda: waits.append(True))
    return caught.value.problem.code


async def test_straight_in(server: RestServer, api: Api) -> None:
    server.says(JOIN, INSIDE)
    assert await entrance(api).enter(lambda: None) == ROOM
    assert dict(server.asked[0].query) == {"via": "b", "server_name": "b"}
    assert await entrance(api).look() == ROOM


async def test_an_alias_belongs_to_the_configured_server_where_it_names_none(server: RestServer, api: Api) -> None:
    server.says("POST /v3/join/#tea:h", INSIDE)
    server.says("POST /v3/join/#tea:other", INSIDE)
    for text in ("https://c/#tea", "https://c/#tea:other"):
        assert await entrance(api, text).enter(lambda: None) == ROOM


@pytest.mark.parametrize(("status", "word"), [(404, "M_UNKNOWN"), (404, "M_NOT_FOUND"), (400, "M_INVALID_PARAM")])
async def test_a_room_that_is_not_there(server: RestServer, api: Api, status: int, word: str) -> None:
    server.says(JOIN, {"errcode": word}, status=status)
    with pytest.raises(NotFound) as caught:
        await entrance(api).enter(lambda: None)
    assert caught.value.problem.code is ProblemCode.ROOM_NOT_FOUND


@pytest.mark.parametrize(
    ("status", "word", "kind"), [(500, "M_OTHER", Faulty), (401, "M_UNKNOWN_TOKEN", LoggedOut), (502, "", Faulty)]
)
async def test_a_server_in_trouble_is_no_room_that_is_not_there(
    server: RestServer, api: Api, status: int, word: str, kind: type[ApiError]
) -> None:
    server.says(JOIN, {"errcode": word}, status=status)
    with pytest.raises(kind):
        await entrance(api).enter(lambda: None)


async def test_who_may_not_come_in_is_not_told_that_there_is_nothing(server: RestServer, api: Api) -> None:
    server.says(JOIN, {"errcode": "M_UNKNOWN"}, status=403)
    assert await entrance(api).look() is None


async def test_by_invitation_alone(server: RestServer, api: Api) -> None:
    server.says(JOIN, FORBIDDEN)
    server.says(KNOCK, FORBIDDEN)
    waits: list[bool] = []
    assert (await code(entrance(api), waits), waits) == (ProblemCode.ENTRY_DENIED, [])
    assert await entrance(api).look() is None


def synced(**rooms: Any) -> dict[str, Any]:
    return {"next_batch": "s", "rooms": {kind: {ROOM: value} for kind, value in rooms.items()}}


async def test_knocking_until_somebody_invites(server: RestServer, api: Api) -> None:
    server.says(JOIN, FORBIDDEN, INSIDE)
    server.says(KNOCK, INSIDE)
    server.says(SYNC, synced(knock={}), synced(), synced(invite={}))
    waits: list[bool] = []
    assert await entrance(api).enter(lambda: waits.append(True)) == ROOM
    assert (waits, len(server.of(SYNC))) == ([True], 3)


async def test_knocking_until_somebody_says_no(server: RestServer, api: Api) -> None:
    server.says(JOIN, FORBIDDEN)
    server.says(KNOCK, INSIDE)
    server.says(SYNC, synced(leave={}), synced(leave={}))
    waits: list[bool] = []
    assert (await code(entrance(api), waits), waits) == (ProblemCode.ENTRY_DENIED, [True])


async def test_knocking_until_nobody_answers(server: RestServer, api: Api) -> None:
    server.says(JOIN, FORBIDDEN)
    server.says(KNOCK, INSIDE)
    server.says(SYNC, synced())
    assert await code(entrance(api, step_ms=PATIENCE_MS / 3), []) is ProblemCode.ENTRY_TIMED_OUT


async def test_rubbish(server: RestServer, api: Api) -> None:
    server.says(JOIN, {"room_id": 5})
    assert await code(entrance(api), []) is ProblemCode.SERVER_NOT_UNDERSTOOD
    server.says(JOIN, FORBIDDEN)
    server.says(KNOCK, INSIDE)
    server.says(SYNC, {})
    assert await code(entrance(api), []) is ProblemCode.SERVER_NOT_UNDERSTOOD
    server.says(SYNC, [])
    with pytest.raises(ApiError):
        await entrance(api).enter(lambda: None)
