from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator

import pytest

from tests.helpers.lasuite_samples import SAMPLES, answer
from tests.helpers.rest_server import Answer, RestServer, rest_server
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.lasuite.api import Api
from visio_desktop.servers.lasuite.entrance import Entrance, is_known
from visio_desktop.servers.lasuite.lobby import Guest
from visio_desktop.servers.lasuite.room import RoomAnswer, Way
from visio_desktop.servers.port import JoinError, Renew

ROOM = "GET /rooms/tea/"
ENTRY = "POST /rooms/tea/request-entry/"
COOKIES = {"sessionid": "s", "csrftoken": "c"}


@pytest.fixture
async def server() -> AsyncIterator[RestServer]:
    async with rest_server() as server:
        yield server


async def find(
    server: RestServer, name: str = "Ada", renew: Renew | None = None, cookies: dict[str, str] | None = None
) -> tuple[RoomAnswer, Way]:
    api = Api(Web(), server.url, cookies)
    try:
        return await Entrance(api, "tea", Guest(), clock=lambda: 0.0, renew=renew).find(name, lambda: None)
    finally:
        await api.close()


async def problem(server: RestServer, cookies: dict[str, str] | None = None) -> ProblemCode:
    with pytest.raises(JoinError) as caught:
        await find(server, cookies=cookies)
    return caught.value.problem.code


def entered(token: str) -> dict[str, object]:
    return {**answer("request_entry_public"), "livekit": {"url": "http://a", "room": "r", "token": token}}


async def test_nobody_comes_in_by_the_lobby_also_where_the_door_is_open(server: RestServer) -> None:
    server.says(ROOM, answer("room_public_anonymous"))
    server.says(ENTRY, entered("stable"))
    room, way = await find(server, name="  ")
    assert (room.slug, way.token) == ("pub-lica-aaa", "stable")
    assert server.of(ROOM)[0].query == {"username": "Anonymous"}
    assert server.of(ENTRY)[0].body == {"username": "Anonymous"}


async def test_a_lobby_that_does_not_answer_does_not_shut_an_open_door(server: RestServer) -> None:
    server.says(ROOM, answer("room_public_anonymous"))
    _, way = await find(server)
    assert way.token == "<jwt>"


def known(name: str) -> dict[str, object]:
    """A room as somebody sees it whom the server knows, with a token that says so."""
    said = {"attributes": SAMPLES[name]["livekit_token_claims"]["attributes"]}
    body = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    return {**answer(name), "livekit": {**answer(name)["livekit"], "token": f"h.{body}.s"}}


async def test_somebody_logged_in_goes_straight_in(server: RestServer) -> None:
    server.says(ROOM, known("room_restricted_owner"))
    await find(server, cookies=COOKIES)
    assert [asked.what for asked in server.asked] == [ROOM]
    assert "sessionid=s" in server.asked[0].headers["Cookie"]


async def test_whose_session_has_run_out_is_a_guest_where_guests_come_in(server: RestServer) -> None:
    server.says(ROOM, known("room_public_anonymous"))
    server.says("GET /users/me/", answer("users_me_anonymous"), status=401)
    server.says(ENTRY, entered("stable"))
    _, way = await find(server, cookies=COOKIES)
    assert way.token == "stable"


@pytest.mark.parametrize("before", ["room_public_anonymous", "room_restricted_anonymous"])
async def test_a_session_that_can_be_renewed_is(server: RestServer, before: str) -> None:
    async def renew() -> bool:
        server.says(ROOM, known("room_restricted_owner"))
        return True

    server.says(ROOM, answer(before))
    server.says("GET /users/me/", answer("users_me_anonymous"), status=401)
    room, way = await find(server, renew=renew, cookies=COOKIES)
    assert room.slug == "res-tric-aaa"
    assert is_known(way)
    assert server.of(ENTRY) == []


async def test_whose_session_has_run_out_is_told_before_they_wait(server: RestServer) -> None:
    server.says(ROOM, answer("room_restricted_anonymous"))
    server.says("GET /users/me/", answer("users_me_anonymous"), status=401)
    assert await problem(server, cookies=COOKIES) is ProblemCode.LOGIN_EXPIRED
    assert server.of(ENTRY) == []


async def test_somebody_logged_in_without_a_role_asks_too(server: RestServer) -> None:
    server.says(ROOM, answer("room_restricted_logged_in_no_role"))
    server.says("GET /users/me/", answer("users_me_owner"))
    server.says(ENTRY, entered("asked"))
    _, way = await find(server, cookies=COOKIES)
    assert way.token == "asked"


async def test_a_room_that_is_not_registered_has_no_lobby(server: RestServer) -> None:
    server.says(ROOM, {"id": None, "slug": "tea", "livekit": {"url": "http://a", "room": "tea", "token": "t"}})
    room, _ = await find(server)
    assert room.id == ""
    assert len(server.asked) == 1


async def test_why_not(server: RestServer) -> None:
    server.says(ROOM, answer("room_unknown_slug"), status=404)
    assert await problem(server) is ProblemCode.ROOM_NOT_FOUND
    server.says(ROOM, answer("room_restricted_anonymous"))
    server.says(ENTRY, {"status": "denied"})
    assert await problem(server) is ProblemCode.ENTRY_DENIED
    server.says(ENTRY, {"detail": "no"}, status=403)
    assert await problem(server) is ProblemCode.REQUEST_REFUSED
    server.says(ROOM, "<!doctype html>")
    assert await problem(server) is ProblemCode.SERVER_NOT_UNDERSTOOD


async def test_a_busy_server_is_asked_once_more(server: RestServer) -> None:
    busy = Answer({}, 429, {"Retry-After": "0"})
    server.says(ROOM, busy, known("room_restricted_owner"))
    await find(server, cookies=COOKIES)
    server.says(ROOM, busy)
    assert await problem(server) is ProblemCode.SERVER_BUSY


async def test_one_that_is_busy_for_long_is_told_of_at_once(server: RestServer) -> None:
    server.says(ROOM, Answer({}, 429, {"Retry-After": "20"}))
    assert await problem(server) is ProblemCode.SERVER_BUSY
    assert len(server.of(ROOM)) == 1
