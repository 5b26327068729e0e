from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from tests.helpers.rest_server import RestServer
from tests.unit.servers.matrix.test_account import GRANTED, NAME, REGISTER
from tests.unit.servers.matrix.test_adapter import JOIN, configured, request
from tests.unit.servers.matrix.test_focus import OPENID, TRANSPORTS, granted, livekit
from visio_desktop.meeting.hops import Hop, HopState
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.livekit.link import Address
from visio_desktop.servers.matrix.adapter import MatrixAdapter
from visio_desktop.servers.matrix.book import SecretBook
from visio_desktop.servers.matrix.check import Preflight
from visio_desktop.servers.matrix.link import parse_link
from visio_desktop.servers.port import JoinRequest


async def media(address: Address, token: Callable[[], str]) -> AsyncIterator[Hop]:
    for name in ("link", "tcp", "signalling"):
        yield Hop(name, HopState.PASSED, f"{address.host} {bool(token())}")


async def checked(server: RestServer, asked: JoinRequest | None = None) -> dict[str, Hop]:
    asked = asked or request(server)
    link = parse_link(asked.link.text)
    assert link is not None
    host = MatrixAdapter(LiveKitAdapter())
    preflight = Preflight(link, asked, Web(), SecretBook(), media, asked=host._asked, clock=lambda: 0.0)
    return {hop.name: hop async for hop in preflight.run()}


def everything(server: RestServer) -> None:
    configured(server)
    server.says("GET /versions", {"versions": []})
    server.says(REGISTER, {**GRANTED})
    server.says(NAME, {})
    server.says(JOIN, {"room_id": "!r:h"})
    server.says(TRANSPORTS, {"rtc_transports": [livekit(f"{server.url}/focus")]})
    server.says(OPENID, {"access_token": "x"})
    server.says("POST /focus/sfu/get", granted())


async def test_all_is_well(server: RestServer) -> None:
    everything(server)
    hops = await checked(server)
    tried = ("config", "homeserver", "login", "room", "media_pass", "media_link", "media_tcp", "signalling")
    assert [hops[name].state for name in tried] == [HopState.PASSED] * len(tried)
    assert hops["login"].detail == "@ada:h"
    assert hops["signalling"].detail == "127.0.0.1 True"


async def test_the_hop_that_fails_is_named_and_those_behind_it_are_left_out(server: RestServer) -> None:
    everything(server)
    server.says("POST /focus/sfu/get", {}, status=500)
    server.says("POST /focus/get_token", {}, status=500)
    hops = await checked(server)
    failed = [hop for hop in hops.values() if hop.state is HopState.FAILED]
    assert [hop.name for hop in failed] == ["media_pass"]
    assert failed[0].problem is not None
    assert failed[0].problem.code is ProblemCode.SERVER_BUSY
    assert hops["signalling"].state is hops["media"].state is HopState.SKIPPED
    server.says(TRANSPORTS, {})
    missing = (await checked(server))["media_pass"].problem
    assert missing is not None
    assert missing.code is ProblemCode.CALLS_MISSING


async def test_unseen_nobody_is_made_or_entered(server: RestServer) -> None:
    everything(server)
    hops = await checked(server, replace(request(server), unseen=True))
    assert [hops[name].state for name in ("homeserver", "login", "room")] == [
        HopState.PASSED,
        HopState.SKIPPED,
        HopState.SKIPPED,
    ]
    assert server.of(REGISTER) == server.of(JOIN) == []


async def test_where_one_has_to_knock_nobody_is_disturbed(server: RestServer) -> None:
    everything(server)
    server.says(JOIN, {"errcode": "M_FORBIDDEN"}, status=403)
    hops = await checked(server)
    assert (hops["room"].state, hops["media_pass"].state) == (HopState.SKIPPED, HopState.SKIPPED)
    assert not any("knock" in asked.what for asked in server.asked)
