from __future__ import annotations

from dataclasses import replace

import pytest
from aiohttp import web

from tests.helpers.galene_people import Tea
from tests.helpers.session_ear import SessionEar
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.servers.galene.adapter import GaleneAdapter
from visio_desktop.servers.port import JoinError


async def refused(room: Tea, *, password: str = "", token: str = "") -> ProblemCode:
    with pytest.raises(JoinError) as caught:
        await GaleneAdapter().join(room.request("Ada", password=password, token=token), SessionEar())
    return caught.value.problem.code


async def test_a_token_may_hold_a_name_and_is_asked_for_one_where_it_does_not(room: Tea) -> None:
    ivy, ada = await room.join("Ada", token="named"), await room.join("Ada", token="nameless")
    assert (ivy.ear.me.name, ada.ear.me.name) == ("Ivy", "Ada")
    joins = [[said.get("username") for said in each.there.said if said["type"] == "join"] for each in (ivy, ada)]
    assert joins == [[None], [None, "Ada"]]
    # Olga is somebody the group knows: nobody else comes in by her name.
    with pytest.raises(JoinError) as caught:
        await room.join("Olga", token="nameless")
    assert caught.value.problem.code is ProblemCode.ENTRY_CLOSED
    assert await refused(room, token="wrong") is ProblemCode.TOKEN_REFUSED


async def test_an_authorisation_server_at_the_same_host_is_given_the_password(room: Tea) -> None:
    room.group.status["authServer"] = f"{room.server.origin}/authorise"
    room.server.authorises = lambda _: web.Response(body=b"nameless", content_type="application/jwt")
    ear = SessionEar()
    session = await GaleneAdapter().join(room.request("Ada", password="milk"), ear)
    assert ear.me.name == "Ada"
    assert room.server.posts == [{"location": room.server.link("tea"), "username": "Ada", "password": "milk"}]
    await session.leave()
    for status, code in ((204, ProblemCode.PIN_REFUSED), (403, ProblemCode.PIN_REFUSED)):
        room.server.authorises = lambda _, status=status: web.Response(status=status)  # type: ignore[misc]
        assert await refused(room, password="milk") is code
    room.server.authorises = lambda _: web.Response(text="<html>", content_type="text/html")
    assert await refused(room, password="milk") is ProblemCode.SERVER_NOT_UNDERSTOOD


@pytest.mark.parametrize(
    "where", ["https://elsewhere.example.org/", "https://me@127.0.0.1/", "ftp://127.0.0.1/", "https://[::1"]
)
async def test_at_any_other_host_a_browser_has_to(room: Tea, where: str) -> None:
    room.group.status["authServer"] = where
    room.group.anybody = None
    assert await refused(room, password="milk") is ProblemCode.LOGIN_ELSEWHERE
    assert await refused(room) is ProblemCode.LOGIN_ELSEWHERE
    assert room.server.posts == []


async def test_a_portal_is_the_browsers(room: Tea) -> None:
    room.group.status["authPortal"] = "https://portal.example.org/"
    member = await room.join("Ada", token="named")
    assert member.ear.me.name == "Ivy"
    room.group.anybody = None
    assert await refused(room) is ProblemCode.LOGIN_ELSEWHERE


async def test_a_group_that_was_moved_is_told_as_gone(room: Tea) -> None:
    room.group.status["redirect"] = "https://elsewhere.example.org/"
    assert await refused(room) is ProblemCode.ROOM_NOT_FOUND


async def test_names_are_bounded(room: Tea) -> None:
    ear = SessionEar()
    session = await GaleneAdapter().join(replace(room.request("A"), name="A" * 500), ear)
    assert ear.me.name == "A" * 128
    await session.leave()
