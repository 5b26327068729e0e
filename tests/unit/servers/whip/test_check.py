from __future__ import annotations

import pytest
from aiohttp import web

from tests.helpers.whip_peer import WhipPeer, whip_peer
from visio_desktop.meeting.hops import Hop, HopState
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.whip.check import Preflight
from visio_desktop.servers.whip.link import parse_address
from visio_desktop.system.clock import monotonic_ms


async def hops(served: WhipPeer) -> list[Hop]:
    address = parse_address(f"whip+{served.url}", "whip")
    assert address is not None
    return [hop async for hop in Preflight(address, Web(), "", clock=monotonic_ms).run()]


async def test_an_endpoint_is_asked_and_no_stream_begun() -> None:
    async with whip_peer() as served:
        found = await hops(served)
        assert [hop.name for hop in (found[0], *found[-2:])] == ["link", "signalling", "media"]
        assert [hop.state for hop in found[-2:]] == [HopState.PASSED, HopState.SKIPPED]
        assert [step.method for step in served.steps] == ["OPTIONS"]


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, ProblemCode.TOKEN_MISSING), (404, ProblemCode.ROOM_NOT_FOUND), (200, ProblemCode.SERVER_NOT_UNDERSTOOD)],
)
async def test_what_keeps_us_out_is_named(status: int, code: ProblemCode) -> None:
    async with whip_peer() as served:
        served.instead["OPTIONS"] = lambda _: web.Response(status=status, text="<html>", content_type="text/html")
        (failed,) = [hop for hop in await hops(served) if hop.state is HopState.FAILED]
        assert failed.name == "signalling"
        assert failed.problem is not None
        assert failed.problem.code is code
