from __future__ import annotations

import pytest
from aiohttp import web

from tests.helpers.needs import free_port
from tests.helpers.web_server import serving
from visio_desktop.net import HostUnknown, HostUnreachable, TlsUntrusted
from visio_desktop.net.dial import Dialer
from visio_desktop.net.probe import reach, resolve
from visio_desktop.net.proxies import no_proxy

HERE = Dialer(no_proxy)


async def hello(_: web.Request) -> web.Response:
    return web.Response()


async def test_names_and_numbers_resolve() -> None:
    assert await resolve("127.0.0.1", 80) == ("127.0.0.1",)
    with pytest.raises(HostUnknown):
        await resolve("no-such-host.invalid", 80)


async def test_a_port_is_reached_or_not() -> None:
    async with serving(_=hello) as address:
        host, port = address.split(":")
        assert await reach(HERE, host, int(port)) == ""
        with pytest.raises(TlsUntrusted):
            await reach(HERE, host, int(port), secure=True)
    with pytest.raises(HostUnreachable):
        await reach(HERE, "127.0.0.1", free_port())
