from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web

from tests.helpers.certificates import Authority
from tests.helpers.needs import free_port
from tests.helpers.streams import echoing
from tests.helpers.web_server import serving
from visio_desktop.net import HostUnknown, HostUnreachable, TlsUntrusted
from visio_desktop.net.dial import Dialer
from visio_desktop.net.ledger import Purpose
from visio_desktop.net.probe import Greeting, reach, resolve
from visio_desktop.net.proxies import no_proxy
from visio_desktop.net.trust import trusting

HERE = Dialer(no_proxy)


async def hello(_: web.Request) -> web.Response:
    return web.Response()


async def test_names_and_numbers_resolve() -> None:
    assert await resolve(HERE, "127.0.0.1", 80) == ("127.0.0.1",)
    with pytest.raises(HostUnknown):
        await resolve(HERE, "no-such-host.invalid", 80)


async def test_a_port_is_reached_or_not() -> None:
    async with serving(_=hello) as address:
        host, port = address.split(":")
        assert await reach(HERE, host, int(port)) == Greeting()
        with pytest.raises(TlsUntrusted):
            await reach(HERE, host, int(port), secure=True)
    with pytest.raises(HostUnreachable):
        await reach(HERE, "127.0.0.1", free_port())


async def test_tls_tells_who_issued_the_certificate(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with echoing(authority.serving("127.0.0.1")) as port:
        ours = Dialer(no_proxy, context=trusting(authority.file))
        greeting = await reach(ours, "127.0.0.1", port, secure=True)
    assert greeting == Greeting("TLSv1.3", "The test's authority")
    assert [(c.purpose, c.host, c.port) for c in ours.ledger.contacts()] == [(Purpose.CHECK, "127.0.0.1", port)]
