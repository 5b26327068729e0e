from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.helpers.rest_server import Answer, RestServer
from tests.helpers.session_ear import SessionEar
from tests.unit.servers.matrix.test_account import GRANTED, NAME, REGISTER
from tests.unit.servers.matrix.test_sso import BOTH, through
from visio_desktop.meeting.values import Capability, ProblemCode
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.matrix.adapter import MatrixAdapter
from visio_desktop.servers.matrix.link import KIND, parse_link
from visio_desktop.servers.port import BrowserLogins, JoinError, JoinRequest

JOIN = "POST /v3/join/!r:h"


def adapter() -> MatrixAdapter:
    return MatrixAdapter(LiveKitAdapter())


def configured(server: RestServer, **more: Any) -> None:
    home = {"base_url": server.url, "server_name": "h"}
    server.says("GET /config.json", {"default_server_config": {"m.homeserver": home}, **more})


def request(server: RestServer) -> JoinRequest:
    link = parse_link(f"{server.url}/room/#?roomId=!r:h")
    assert link is not None
    return JoinRequest(link.meeting, "Ada")


async def refused(server: RestServer) -> tuple[ProblemCode, list[Any]]:
    ear = SessionEar()
    with pytest.raises(JoinError) as caught:
        await adapter().join(request(server), ear)
    return caught.value.problem.code, ear.events


async def test_what_it_is(server: RestServer) -> None:
    ours = adapter()
    assert (ours.kind, ours.recognise("https://call.example.org/room/#tea")) == (KIND, None)
    assert Capability.CHAT | Capability.PUBLISH in ours.capabilities
    assert Capability.MUTE_OTHERS not in ours.capabilities
    assert await ours.identify("https://example.org/group/tea") is None


async def test_a_link_is_known_by_its_host_and_tells_it_nothing(server: RestServer) -> None:
    text = f"{server.url}/room/#/tea?roomId=!r:h&password=s3cret"
    assert await adapter().identify(text) is None
    bodies: tuple[Any, ...] = ("<html>", [], {"default_server_config": {}})
    for body in bodies:
        server.says("GET /config.json", Answer(body))
        assert await adapter().identify(text) is None
    configured(server)
    ours = adapter()
    found = await ours.identify(text)
    assert found is not None
    assert "s3cret" not in repr(found)
    assert ours._passwords == {found.text: "s3cret"}
    assert {asked.what for asked in server.asked} == {"GET /config.json", "GET /v3/login"}
    assert not any("Authorization" in asked.headers for asked in server.asked)
    assert not any(asked.query for asked in server.asked)


@pytest.mark.parametrize(
    ("flows", "allowed", "login", "browser"),
    [
        (["m.login.password", "m.login.sso"], True, True, True),
        (["m.login.sso"], True, False, True),
        (["m.login.password"], True, True, False),
        ([], True, True, False),
        (["m.login.password", "m.login.sso"], False, False, False),
    ],
)
async def test_a_link_says_how_one_logs_in(
    server: RestServer, flows: list[str], allowed: bool, login: bool, browser: bool
) -> None:
    configured(server)
    server.says("GET /v3/login", {"flows": [{"type": flow} for flow in flows]})
    ours = MatrixAdapter(LiveKitAdapter(), logins=lambda: allowed)
    link = await ours.identify(f"{server.url}/room/#/tea?roomId=!r:h")
    assert link is not None
    assert (link.takes_login, link.logs_in_by_browser) == (login, browser)
    assert bool(server.of("GET /v3/login")) is allowed


async def test_logging_in_by_the_browser_and_out_again(server: RestServer) -> None:
    configured(server)
    server.says("GET /v3/login", BOTH)
    server.says("POST /v3/login", GRANTED)
    server.says("POST /v3/logout", {})
    ours = adapter()
    assert isinstance(ours, BrowserLogins)
    link = request(server).link
    assert await ours.logged_in_as(link) == ""
    await ours.log_out(link)
    assert await through(partial(ours.log_in, link)) == "@ada:h"
    assert await ours.logged_in_as(link) == "@ada:h"
    await ours.log_out(link)
    assert await ours.logged_in_as(link) == ""
    assert len(server.of("POST /v3/logout")) == 1


async def test_a_login_that_cannot_be_had_has_a_reason(server: RestServer) -> None:
    with pytest.raises(JoinError) as caught:
        await adapter().log_in(request(server).link, lambda _page: None)
    assert caught.value.problem.code is ProblemCode.LINK_UNKNOWN_KIND
    configured(server)
    with pytest.raises(JoinError) as caught:
        await adapter().log_in(request(server).link, lambda _page: None)
    assert caught.value.problem.code is ProblemCode.ROOM_NOT_FOUND


async def test_nobody_there() -> None:
    with pytest.raises(JoinError) as caught:
        await adapter().identify("http://127.0.0.1:9/#tea")
    assert caught.value.problem.code is ProblemCode.HOST_UNREACHABLE


async def test_reasons_not_to_be_let_in(server: RestServer) -> None:
    assert await refused(server) == (ProblemCode.LINK_UNKNOWN_KIND, [])
    configured(server)
    assert await refused(server) == (ProblemCode.LOGIN_NEEDED, [])
    server.says(REGISTER, GRANTED)
    server.says(NAME, {})
    assert await refused(server) == (ProblemCode.ROOM_NOT_FOUND, [])
    server.says(JOIN, {"room_id": "!r:h"})
    server.says("GET /v3/sync", [])
    assert await refused(server) == (ProblemCode.SERVER_NOT_UNDERSTOOD, [])
    encrypted = {"type": "m.room.encryption", "sender": "@ada:h", "event_id": "$1", "state_key": ""}
    content = {"algorithm": "m.megolm.v1.aes-sha2"}
    room = {"state": {"events": [{**encrypted, "content": content}]}}
    server.says("GET /v3/sync", {"next_batch": "s", "rooms": {"join": {"!r:h": room}}})
    configured(server, livekit={"livekit_service_url": server.url})
    assert await refused(server) == (ProblemCode.KEYS_MISSING, [])


async def test_a_login_that_is_over_is_replaced_once(server: RestServer) -> None:
    configured(server)
    server.says(REGISTER, GRANTED)
    server.says(NAME, {})
    over = Answer({"errcode": "M_UNKNOWN_TOKEN"}, 401)
    server.says(JOIN, over, Answer({"errcode": "M_NOT_FOUND"}, 404))
    assert await refused(server) == (ProblemCode.ROOM_NOT_FOUND, [])
    assert len(server.of(REGISTER)) == 2
    server.says(JOIN, over)
    assert await refused(server) == (ProblemCode.LOGIN_EXPIRED, [])
