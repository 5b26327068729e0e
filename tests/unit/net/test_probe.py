from __future__ import annotations

import pytest
from aiohttp import web

from tests.helpers.needs import free_port
from tests.helpers.web_server import serving
from visio_desktop.net import HostUnknown, HostUnreachable, TlsUntrusted
from visio_desktop.net.probe import proxy_for, reach, resolve


async def hello(_: web.Request) -> web.Response:
    return web.Response()


async def test_names_and_numbers_resolve() -> None:
    assert await resolve("127.0.0.1", 80) == ("127.0.0.1",)
    with pytest.raises(HostUnknown):
        await resolve("no-such-host.invalid", 80)


async def test_a_port_is_reached_or_not() -> None:
    async with serving(_=hello) as address:
        host, port = address.split(":")
        assert await reach(host, int(port)) == ""
        with pytest.raises(TlsUntrusted):
            await reach(host, int(port), secure=True)
    with pytest.raises(HostUnreachable):
        await reach("127.0.0.1", free_port())


def test_the_proxy_of_the_environment_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://ada:sesame@proxy.example.org:3128")
    monkeypatch.setenv("no_proxy", "inside.example.org")
    assert proxy_for("wss://meet.example.org/rtc") == "http://proxy.example.org:3128"
    assert proxy_for("wss://inside.example.org/rtc") == ""
    assert proxy_for("ws://127.0.0.1:7880") == ""
