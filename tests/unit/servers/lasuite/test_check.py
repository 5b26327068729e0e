from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from tests.helpers.lasuite_samples import SAMPLES, answer
from tests.helpers.rest_server import RestServer, rest_server
from visio_desktop.meeting.hops import Hop, HopState, judge
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.lasuite.api import Api
from visio_desktop.servers.lasuite.check import Preflight
from visio_desktop.servers.lasuite.link import parse_address
from visio_desktop.servers.livekit.link import Address

ROOM = "GET /rooms/tea/"
TEST = "POST /diagnostics/connection/"
LIVEKIT_HOPS = ("link", "route", "dns", "tcp", "proxy", "tls", "signalling", "ice_udp")


@pytest.fixture
async def server() -> AsyncIterator[RestServer]:
    async with rest_server() as server:
        server.says("GET /config/", SAMPLES["config"]["json"])
        server.says(ROOM, answer("room_public_anonymous"))
        server.says(TEST, answer("diagnostics_connection"))
        yield server


class Media:
    """LiveKit's part: every hop well, and which tokens it was tried with."""

    def __init__(self, *failing: str) -> None:
        self.tokens: list[str] = []
        self.own: list[bool] = []
        self.failing = failing

    async def hops(
        self, address: Address, token: Callable[[], str], *, own_token: Callable[[], str] | None
    ) -> AsyncIterator[Hop]:
        self.tokens.append(f"{address.base} {token()}")
        self.own.append(own_token is not None)
        for name in LIVEKIT_HOPS:
            yield Hop(name, HopState.FAILED if name in self.failing else HopState.PASSED)


async def check(server: RestServer, media: Media, *, name: str = "", unseen: bool = False) -> dict[str, Hop]:
    address = parse_address(f"{server.url}/tea")
    assert address is not None
    api = Api(Web(), address.base)
    preflight = Preflight(address, api, Web(), media.hops, clock=lambda: 0.0, name=name, unseen=unseen)
    hops = [hop async for hop in preflight.run()]
    await api.close()
    return {hop.name: hop for hop in hops}


async def test_every_hop_of_both_servers(server: RestServer) -> None:
    media = Media()
    hops = await check(server, media)
    assert list(hops) == [
        *("link", "route", "dns", "tcp", "proxy", "tls", "config", "room", "connection_test"),
        *("media_link", "media_route", "media_dns", "media_tcp", "media_proxy", "media_tls", "signalling", "ice_udp"),
    ]
    assert hops["config"].detail == "La Suite Meet, media at http://127.0.0.1:7880"
    assert hops["room"].detail == "open to everybody"
    assert media.tokens == ["ws://127.0.0.1:7880 <jwt>"]
    assert media.own == [True], "the way is measured where nobody else is"
    assert not any("<jwt>" in hop.detail for hop in hops.values())


async def test_behind_one_address_the_road_is_told_once(server: RestServer) -> None:
    way = {"url": server.url, "room": "r", "token": "t"}
    server.says(TEST, {"livekit": way})
    assert "media_dns" not in await check(server, Media())
    assert (await check(server, Media("tls")))["media_tls"].state is HopState.FAILED


async def test_without_rooms_for_checks_the_room_itself_is_tried(server: RestServer) -> None:
    del server.answers[TEST]
    inside = Media()
    hops = await check(server, inside)
    assert hops["connection_test"].detail == "in the room itself"
    assert inside.own == [False]
    server.says(ROOM, answer("room_restricted_anonymous"))
    media = Media()
    shut = await check(server, media)
    assert shut["room"].detail == "through its lobby"
    assert (shut["connection_test"].state, shut["signalling"].state) == (HopState.SKIPPED, HopState.SKIPPED)
    assert media.tokens == []


async def test_unseen_no_room_is_entered_in_which_somebody_may_be(server: RestServer) -> None:
    media = Media()
    assert (await check(server, media, unseen=True))["ice_udp"].state is HopState.PASSED
    assert media.tokens == ["ws://127.0.0.1:7880 <jwt>"], "the room for tests"
    nothing = {"livekit": {"url": "", "token": ""}}
    for answer_, status in (({}, 404), (nothing, 200)):
        server.says(TEST, answer_, status=status)
        media = Media()
        hops = await check(server, media, unseen=True)
        assert hops["connection_test"].detail == "only inside the meeting"
        assert (hops["connection_test"].state, hops["media"].state) == (HopState.SKIPPED, HopState.SKIPPED)
        assert judge(hops.values()).is_untried
        assert media.tokens == []


async def test_inside_one_is_who_one_says(server: RestServer) -> None:
    del server.answers[TEST]
    media = Media()
    await check(server, media, name="Ada")
    assert server.of(ROOM)[-1].query == {"username": "Ada"}
    assert len(media.tokens) == 1


async def test_where_it_fails_it_ends(server: RestServer) -> None:
    server.says(ROOM, answer("room_unknown_slug"), status=404)
    hops = await check(server, Media())
    assert hops["room"].problem == Problem(ProblemCode.ROOM_NOT_FOUND, "127.0.0.1")
    assert hops["signalling"].state is HopState.SKIPPED
    server.says("GET /config/", "<html>")
    hops = await check(server, Media())
    assert hops["config"].problem == Problem(ProblemCode.LINK_UNKNOWN_KIND, "127.0.0.1")


async def test_a_test_that_fails_is_told(server: RestServer) -> None:
    server.says(TEST, {}, status=500)
    assert (await check(server, Media()))["connection_test"].problem == Problem(ProblemCode.SERVER_BUSY, "127.0.0.1")
