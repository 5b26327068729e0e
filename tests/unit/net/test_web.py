from __future__ import annotations

import asyncio

import pytest
from aiohttp import WSMsgType, web

from tests.helpers.needs import free_port
from tests.helpers.web_server import serving
from visio_desktop.net import HostUnknown, HostUnreachable, NetError, Refused, Silent, TlsUntrusted, Web


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
