from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from aiohttp import web

from tests.helpers.whip_peer import SDP, WhipPeer, whip_peer
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Web
from visio_desktop.rtc import IceServer
from visio_desktop.servers.port import JoinError
from visio_desktop.servers.whip.endpoint import Endpoint, NotBegun
from visio_desktop.servers.whip.link import WHEP, WHIP, Address, parse_address

OFFER = "v=0\r\n"


def address(served: WhipPeer) -> Address:
    found = parse_address(f"whip+{served.url}", WHIP)
    assert found is not None
    return found


def says(status: int, text: str = "", kind: str = SDP, **headers: str) -> Callable[[web.Request], web.Response]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _request: web.Response(status=status, text=text, content_type=kind, headers=named)


async def test_the_token_goes_with_every_request_and_nowhere_else() -> None:
    async with whip_peer(relays=('<turn:t.example.org>; rel="ice-server"; username="u"; credential="c"',)) as served:
        served.instead["POST"] = says(201, OFFER, Location="/r/1", ETag='"one"')
        endpoint = Endpoint(Web(), address(served), "sesame")
        assert await endpoint.relays() == (IceServer(("turn:t.example.org",), "u", "c"),)
        answer = await endpoint.offer(OFFER)
        assert (answer.sdp, answer.is_offer, answer.resource) == (OFFER, False, served.url.replace("/live", "/r/1"))
        await endpoint.trickle("a=candidate:1\r\n")
        await endpoint.trickle("a=candidate:2\r\n")
        await endpoint.end()
        await endpoint.end()
        await endpoint.close()
        assert [step.method for step in served.steps] == ["OPTIONS", "POST", "PATCH", "PATCH", "DELETE"]
        assert {step.headers["Authorization"] for step in served.steps} == {"Bearer sesame"}
        patches = served.of("PATCH")
        assert [p.headers["Content-Type"] for p in patches] == ["application/trickle-ice-sdpfrag"] * 2
        assert [p.headers["If-Match"] for p in patches] == ['"one"', '"two"']
        assert served.of("DELETE")[0].headers["If-Match"] == '"two"'
        assert "sesame" not in repr(answer)


async def test_two_link_headers_are_both_read() -> None:
    relays = ('<turn:a.example.org>; rel="ice-server"', '<turn:b.example.org>; rel="ice-server"')
    async with whip_peer(relays=relays) as served:
        endpoint = Endpoint(Web(), address(served))
        assert [r.urls[0] for r in await endpoint.relays()] == ["turn:a.example.org", "turn:b.example.org"]
        await endpoint.close()


async def test_relays_may_be_named_with_the_answer_alone() -> None:
    async with whip_peer() as served:
        served.instead["POST"] = says(201, OFFER, Location="r", Link='<turn:a.example.org>; rel="ice-server"')
        endpoint = Endpoint(Web(), address(served))
        assert [*await endpoint.relays(), *endpoint.named] == []
        await endpoint.offer(OFFER)
        assert endpoint.named == (IceServer(("turn:a.example.org",), "", ""),)
        await endpoint.close()


async def test_a_server_that_wants_no_fragments_is_told_no_more() -> None:
    async with whip_peer() as served:
        served.instead |= {"POST": says(201, OFFER, Location="r"), "PATCH": says(405)}
        endpoint = Endpoint(Web(), address(served))
        await endpoint.offer(OFFER)
        for _ in range(3):
            await endpoint.trickle("a=candidate:1\r\n")
        assert len(served.of("PATCH")) == 1
        await endpoint.close()


async def test_a_redirect_is_followed_on_the_same_server_alone() -> None:
    async with whip_peer() as served:
        answers = iter([says(307, Location="/other"), says(201, OFFER, Location="1")])
        served.instead["POST"] = lambda request: next(answers)(request)  # noqa: PLW0108 - each time another
        endpoint = Endpoint(Web(), address(served))
        assert (await endpoint.offer(OFFER)).resource.endswith("/1")
        assert [step.path for step in served.of("POST")] == ["/live", "/other"]
        served.instead["POST"] = says(307, Location="https://elsewhere.example.org/live")
        with pytest.raises(JoinError) as caught:
            await endpoint.offer(OFFER)
        assert caught.value.problem.code is ProblemCode.SERVER_NOT_UNDERSTOOD
        served.instead["POST"] = says(307, Location="/live")
        with pytest.raises(JoinError):
            await endpoint.offer(OFFER)
        assert len(served.of("POST")) == 2 + 1 + 3
        await endpoint.close()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (says(401), ProblemCode.TOKEN_REFUSED),
        (says(404), ProblemCode.ROOM_NOT_FOUND),
        (says(500), ProblemCode.SERVER_BUSY),
        (says(200, OFFER), ProblemCode.SERVER_NOT_UNDERSTOOD),
        (says(201, "<html>", "text/html", Location="/r"), ProblemCode.SERVER_NOT_UNDERSTOOD),
        (says(201, "hello", Location="/r"), ProblemCode.SERVER_NOT_UNDERSTOOD),
        (says(406, OFFER), ProblemCode.SERVER_NOT_UNDERSTOOD),
    ],
)
async def test_what_is_no_session_is_told_and_ended(answer: Callable[..., web.Response], code: ProblemCode) -> None:
    async with whip_peer() as served:
        served.instead["POST"] = answer
        endpoint = Endpoint(Web(), address(served), "t")
        with pytest.raises(JoinError) as caught:
            await endpoint.offer(OFFER)
        assert caught.value.problem.code is code
        made = served.of("DELETE")
        assert len(made) == (1 if "Location" in answer(None).headers else 0)
        await endpoint.close()


async def test_nothing_to_watch_yet_is_no_failure_where_the_endpoint_itself_is_there() -> None:
    async with whip_peer() as served:
        watched = parse_address(f"whep+{served.url}", WHEP)
        assert watched is not None
        found: dict[tuple[int, int, str], tuple[type[JoinError], float]] = {}
        for there, status, later in ((204, 404, ""), (204, 409, "7"), (404, 404, ""), (204, 403, "")):
            served.instead = {"OPTIONS": says(there), "POST": says(status, **({"Retry_After": later} if later else {}))}
            endpoint = Endpoint(Web(), watched)
            await endpoint.relays()
            with pytest.raises(JoinError) as caught:
                await endpoint.offer(OFFER)
            found[there, status, later] = type(caught.value), getattr(caught.value, "after_s", -1.0)
            await endpoint.close()
        assert list(found.values()) == [(NotBegun, 0.0), (NotBegun, 7.0), (JoinError, -1.0), (JoinError, -1.0)]


async def test_a_session_without_an_address_is_left_to_itself() -> None:
    async with whip_peer() as served:
        served.instead["POST"] = says(201, OFFER)
        endpoint = Endpoint(Web(), address(served))
        assert (await endpoint.offer(OFFER)).resource == ""
        await endpoint.trickle("x")
        await endpoint.end()
        with pytest.raises(JoinError):
            await endpoint.answer(OFFER)
        assert [step.method for step in served.steps] == ["POST"]
        await endpoint.close()


@pytest.mark.parametrize("token", ["a\r\nX: y", "caf\u00e9", "\x00"])
def test_a_token_that_would_break_a_header_is_refused(token: str) -> None:
    async def begin() -> None:
        Endpoint(Web(), Address(WHIP, "http://127.0.0.1:9/x", "127.0.0.1", 9, secure=False), token)

    with pytest.raises(JoinError) as caught:
        asyncio.run(begin())
    assert caught.value.problem.code is ProblemCode.TOKEN_REFUSED
