"""The check against servers of the test's own; `tests/contract` runs it against real ones."""

from __future__ import annotations

from aiohttp import web

from tests.helpers.hostile_server import hostile_server
from tests.helpers.needs import free_port
from tests.helpers.web_server import serving
from visio_desktop.meeting.hops import Hop, HopState, judge
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials, JoinRequest

CREDENTIALS = Credentials(api_key="key", api_secret="a-secret-of-at-least-32-characters-")
NAMES = ["link", "route", "dns", "tcp", "proxy", "tls", "signalling"]
NAMES += ["ice_udp", "ice_tcp", "turn_udp", "turn_tcp", "turn_tls"]


async def check(text: str, credentials: Credentials = CREDENTIALS, *, unseen: bool = False) -> list[Hop]:
    adapter = LiveKitAdapter()
    link = adapter.recognise(text)
    assert link is not None
    return [hop async for hop in adapter.check(JoinRequest(link, "Ada", credentials, unseen))]


def failed(hops: list[Hop]) -> tuple[str, ProblemCode]:
    assert [hop.name for hop in hops] == NAMES
    (hop,) = [hop for hop in hops if hop.state is HopState.FAILED]
    assert hop.problem is not None
    after = hops[hops.index(hop) + 1 :]
    assert {h.state for h in after} <= {HopState.SKIPPED}
    return hop.name, hop.problem.code


async def test_no_such_host() -> None:
    assert failed(await check("livekit+wss://no-such-host.invalid?room=r")) == ("dns", ProblemCode.HOST_UNKNOWN)


async def test_nobody_listens() -> None:
    found = failed(await check(f"livekit+ws://127.0.0.1:{free_port()}?room=r"))
    assert found == ("tcp", ProblemCode.HOST_UNREACHABLE)


async def test_no_tls_there() -> None:
    async with hostile_server() as address:
        found = failed(await check(f"livekit+wss://{address}?room=r"))
    assert found == ("tls", ProblemCode.TLS_UNTRUSTED)


async def test_no_token() -> None:
    async with hostile_server() as address:
        found = failed(await check(f"livekit+ws://{address}?room=r", Credentials()))
    assert found == ("signalling", ProblemCode.TOKEN_MISSING)


async def test_no_livekit_there() -> None:
    async with hostile_server(b"rubbish") as address:
        found = failed(await check(f"livekit+ws://{address}?room=r"))
    assert found == ("signalling", ProblemCode.SERVER_NOT_UNDERSTOOD)


async def test_unseen_no_room_is_entered() -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(text="success")

    async with serving(rtc=answer, rtc_v1=answer, rtc_validate=answer) as address:
        hops = await check(f"livekit+ws://{address}?room=r", unseen=True)
    assert [hop.name for hop in hops] == [*NAMES[:7], "media"]
    assert judge(hops).is_untried
    assert asked == ["/rtc/validate"]


async def test_unseen_too_the_hop_that_fails_is_named() -> None:
    hops = await check(f"livekit+ws://127.0.0.1:{free_port()}?room=r", unseen=True)
    assert [hop.name for hop in hops if hop.state is HopState.FAILED] == ["tcp"]
    assert hops[-1] == Hop("media", HopState.SKIPPED, is_way=True)
