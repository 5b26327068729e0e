"""HTTP and WebSockets through a proxy that keeps asking."""

from __future__ import annotations

import inspect
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from tests.helpers.certificates import Authority
from tests.helpers.proxy import DOMAIN, NAME, PASSWORD, proxying
from visio_desktop.net import ProxyAuthFailed, Web
from visio_desktop.net.dial import Dialer
from visio_desktop.net.proxies import Proxy, ProxyLogin
from visio_desktop.net.trust import trusting


async def hello(_: web.Request) -> web.Response:
    return web.Response(text="hello")


async def echo(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        await socket.send_bytes(message.data)
    return socket


def test_aiohttp_still_asks_for_connections_this_way() -> None:
    create = inspect.signature(aiohttp.BaseConnector._create_connection)
    assert list(create.parameters) == ["self", "req", "traces", "timeout"]
    assert "_factory" in inspect.getsource(aiohttp.BaseConnector.__init__)


@pytest.mark.parametrize("scheme", ["basic", "ntlm", "negotiate"])
async def test_requests_and_sockets_go_through(scheme: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    application = web.Application()
    application.router.add_get("/hello", hello)
    application.router.add_get("/echo", echo)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=authority.serving("127.0.0.1")).start()
    port = runner.addresses[0][1]
    try:
        async with proxying(scheme) as proxy:
            name = NAME if scheme == "basic" else f"{DOMAIN}\\{NAME}"
            through = Proxy("127.0.0.1", proxy.port, login=ProxyLogin(name, PASSWORD))
            ours = Web(Dialer(lambda _h, _p: through, context=trusting(authority.file)))
            assert (await ours.get(f"https://127.0.0.1:{port}/hello")).body == b"hello"
            socket = await ours.open_socket(
                f"wss://127.0.0.1:{port}/echo", parameters={}, timeout_s=5, max_message_bytes=100
            )
            await socket.send(b"hi")
            assert await socket.receive() == b"hi"
            await socket.close()
            assert proxy.asked == [f"127.0.0.1:{port}"] * 2
    finally:
        await runner.cleanup()


async def test_a_proxys_refusal_keeps_its_name() -> None:
    async with proxying("basic") as proxy:
        ours = Web(Dialer(lambda _h, _p: Proxy("127.0.0.1", proxy.port)))
        with pytest.raises(ProxyAuthFailed):
            await ours.get("https://meet.example.org/")
