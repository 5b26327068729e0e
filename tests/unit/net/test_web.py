from __future__ import annotations

import asyncio
import json

import pytest
from aiohttp import WSMsgType, web

from tests.helpers.needs import free_port
from tests.helpers.web_server import serving
from visio_desktop.net import HostUnknown, HostUnreachable, NetError, Refused, Silent, TlsUntrusted, Web
from visio_desktop.net.web import PIECE_BYTES


async def echo(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        if message.type is WSMsgType.BINARY:
            await socket.send_bytes(message.data + request.query["said"].encode())
    return socket


async def farewell(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.send_str("bye")
    await socket.close()
    return socket


async def big(_: web.Request) -> web.Response:
    return web.Response(body=b"x" * 100_000, status=418)


async def no(_: web.Request) -> web.Response:
    return web.Response(status=401)


async def never(_: web.Request) -> web.Response:
    await asyncio.Event().wait()
    return web.Response()


async def elsewhere(_: web.Request) -> web.Response:
    raise web.HTTPFound("http://127.0.0.2:1/")


async def test_a_socket_carries_bytes_both_ways() -> None:
    async with serving(echo=echo) as address:
        socket = await Web().open_socket(
            f"ws://{address}/echo", parameters={"said": "!"}, timeout_s=5, max_message_bytes=100
        )
        await socket.send(b"hello")
        assert await socket.receive() == b"hello!"
        await socket.close()
        assert not socket.is_open
        with pytest.raises(Silent):
            await socket.send(b"more")


async def test_the_end_of_a_socket_is_none() -> None:
    async with serving(farewell=farewell) as address:
        socket = await Web().open_socket(f"ws://{address}/farewell", parameters={}, timeout_s=5, max_message_bytes=100)
        assert await socket.receive() == "bye"
        assert await socket.receive() is None
        await socket.close()


async def test_a_message_too_large_ends_the_socket() -> None:
    async with serving(echo=echo) as address:
        socket = await Web().open_socket(
            f"ws://{address}/echo", parameters={"said": "x" * 200}, timeout_s=5, max_message_bytes=100
        )
        await socket.send(b"hello")
        assert await socket.receive() is None
        await socket.close()


async def test_a_body_is_cut_at_its_bound_and_any_status_is_an_answer() -> None:
    async with serving(big=big) as address:
        reply = await Web().get(f"http://{address}/big", max_bytes=1_000)
    assert (reply.status, len(reply.body)) == (418, 1_000)


async def test_a_refused_socket_tells_its_status() -> None:
    async with serving(no=no) as address:
        with pytest.raises(Refused) as caught:
            await Web().open_socket(
                f"ws://{address}/no", parameters={"access_token": "sesame"}, timeout_s=5, max_message_bytes=100
            )
    assert caught.value.status == 401
    assert "sesame" not in str(caught.value)


async def test_silence_is_bounded() -> None:
    async with serving(never=never) as address:
        with pytest.raises(Silent):
            await Web().get(f"http://{address}/never", timeout_s=0.05)


async def test_a_redirect_elsewhere_is_refused_and_not_followed() -> None:
    async with serving(elsewhere=elsewhere) as address:
        with pytest.raises(Refused):
            await Web().open_socket(f"ws://{address}/elsewhere", parameters={}, timeout_s=5, max_message_bytes=100)
        assert (await Web().get(f"http://{address}/elsewhere")).status == 302


async def test_nobody_there() -> None:
    with pytest.raises(HostUnreachable):
        await Web().get(f"http://127.0.0.1:{free_port()}/")


async def test_no_such_name() -> None:
    with pytest.raises(HostUnknown):
        await Web().get("https://no-such-host.invalid/")


async def test_no_tls_there() -> None:
    async with serving(no=no) as address:
        with pytest.raises((TlsUntrusted, HostUnreachable)):
            await Web().get(f"https://{address}/no", timeout_s=5)


@pytest.mark.parametrize("url", ["http://", "nonsense", "http://[::1", "http://a:99999/"])
async def test_what_is_no_address_is_a_net_error(url: str) -> None:
    with pytest.raises(NetError):
        await Web().get(url, timeout_s=1)


async def mirror(request: web.Request) -> web.Response:
    said = {"method": request.method, "body": (await request.read()).decode(), "cookie": request.headers.get("Cookie")}
    answer = web.json_response(said | {"query": dict(request.query)}, status=201, headers={"Retry-After": "3"})
    answer.set_cookie("a", "1", secure=True)
    answer.set_cookie("b", "2")
    return answer


async def test_a_client_asks_in_any_way_over_one_connection() -> None:
    seen: set[object] = set()

    async def remembered(request: web.Request) -> web.Response:
        seen.add(request.transport)
        return await mirror(request)

    async with serving(mirror=remembered) as address, Web().client(f"http://{address}") as client:
        for _ in range(3):
            reply = await client.request(
                "GET", f"http://{address}/mirror", parameters={"q": "é"}, headers={"Cookie": "mine=1"}, body=b"x"
            )
    told = json.loads(reply.body)
    assert told == {"method": "GET", "body": "x", "cookie": "mine=1", "query": {"q": "é"}}
    assert (reply.status, reply.headers["retry-after"], len(reply.cookies)) == (201, "3", 2)
    assert reply.cookies[0].startswith("a=1")
    assert len(seen) == 1, "the connection was kept"
    assert "a=1" not in repr(reply)
    assert "body" not in repr(reply), "tokens come in bodies"


async def test_a_client_stays_with_its_origin() -> None:
    async with serving(mirror=mirror) as address, Web().client(f"http://{address}") as client:
        with pytest.raises(Refused):
            await client.request("GET", "http://127.0.0.2:1/")
        assert (client.host, client.origin) == ("127.0.0.1", f"http://{address}")


async def large(_: web.Request) -> web.Response:
    return web.Response(body=b"x" * 1_000_000)


async def stalling(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Length": "100"})
    await answer.prepare(request)
    await answer.write(b"begun")
    await asyncio.Event().wait()
    return answer


async def cut(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Length": "100"})
    await answer.prepare(request)
    await answer.write(b"begun")
    assert request.transport is not None
    request.transport.close()
    return answer


async def test_what_is_large_comes_in_pieces() -> None:
    async with (
        serving(large=large) as address,
        Web().client(f"http://{address}") as client,
        client.download(f"http://{address}/large", headers={}, stalled_s=5) as download,
    ):
        pieces = [len(piece) async for piece in download.pieces()]
    assert (download.status, download.total_bytes, sum(pieces)) == (200, 1_000_000, 1_000_000)
    assert max(pieces) <= PIECE_BYTES


@pytest.mark.parametrize("how", ["stalling", "cut"])
async def test_a_download_that_stands_still_or_is_cut_short_fails(how: str) -> None:
    async with serving(stalling=stalling, cut=cut) as address, Web().client(f"http://{address}") as client:
        with pytest.raises(Silent):
            async with client.download(f"http://{address}/{how}", headers={}, stalled_s=0.2) as download:
                _ = [piece async for piece in download.pieces()]
