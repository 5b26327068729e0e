from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from aiohttp import web

from tests.helpers.needs import free_port
from tests.helpers.web_server import serving
from visio_desktop.net import PacFailed, Web
from visio_desktop.net.dial import Dialer
from visio_desktop.net.ledger import Ledger, Purpose
from visio_desktop.net.pac import FAILED_MS, KEPT_MS, MOST_BYTES, Pac
from visio_desktop.net.proxies import Proxy, no_proxy

COMMAND = (sys.executable, "-m", "visio_desktop.net.pac_child")
P = Proxy("p.example", 3128)


class Site:
    """Serves a script and counts."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.status = 200
        self.asked = 0

    async def script(self, _: web.Request) -> web.Response:
        self.asked += 1
        return web.Response(text=self.text, status=self.status)


LONG_S = 300.0
"""What ends a script is its own time of computing, however busy the machine is."""


class Ground:
    """A `Pac` on a clock and an address that are moved by hand."""

    def __init__(self) -> None:
        self.now_ms = 0.0
        self.own = "10.0.0.7"
        self.ledger = Ledger()
        self.pac = Pac(
            COMMAND,
            lambda: Web(Dialer(no_proxy, ledger=self.ledger), Purpose.PAC),
            ledger=self.ledger,
            clock=lambda: self.now_ms,
            own_address=lambda: self.own,
            answer_s=LONG_S,
        )


def find(code: str) -> str:
    return f"function FindProxyForURL(url, host) {{ {code} }}"


async def test_a_script_is_fetched_once_and_asked_once_for_each_host() -> None:
    site, ground = Site(find("return host == 'a' ? 'PROXY p.example:3128; DIRECT' : 'DIRECT'")), Ground()
    async with serving(proxy_pac=site.script) as address:
        url = f"http://{address}/proxy/pac"
        assert await asyncio.gather(*(ground.pac.hops(url, "a", 443) for _ in range(3))) == [(P, None)] * 3
        assert await ground.pac.hops(url, "b", 443) == (None,)
        assert site.asked == 1
        for change in ("own", "now_ms"):
            setattr(ground, change, "10.0.0.8" if change == "own" else KEPT_MS)
            assert await ground.pac.hops(url, "b", 443) == (None,)
        assert site.asked == 3
    assert {(c.host, c.purpose) for c in ground.ledger.contacts()} == {("127.0.0.1", Purpose.PAC)}


async def test_names_are_looked_up_for_it_and_it_is_told_host_and_port_alone(tmp_path: Path) -> None:
    inside = "if (isInNet(host, '127.0.0.0', '255.0.0.0')) return 'PROXY ' + myIpAddress() + ':1'; "
    code = inside + "return 'PROXY ' + url.length + ':2'"
    (tmp_path / "proxy.pac").write_text(find(code), encoding="utf-8")
    ground, url = Ground(), (tmp_path / "proxy.pac").as_uri()
    assert await ground.pac.hops(url, "localhost", 443) == (Proxy("10.0.0.7", 1),)
    assert await ground.pac.hops(url, "192.0.2.1", 8443) == (Proxy(str(len("https://192.0.2.1:8443/")), 2),)
    assert [(c.host, c.protocol) for c in ground.ledger.contacts()] == [("localhost", "dns")]


@pytest.mark.parametrize("lines", [1_000, 20_000])
async def test_a_long_script_is_taken(tmp_path: Path, lines: int) -> None:
    rules = "".join(
        f"if (shExpMatch(host, '*.h{n}.example.org')) return 'PROXY p{n}.example:1';\n" for n in range(lines)
    )
    assert len(rules) < 2 * MOST_BYTES
    path = tmp_path / "proxy.pac"
    path.write_text(find(rules + "return 'DIRECT'"), encoding="utf-8")
    asked = Ground().pac.hops(path.as_uri(), f"a.h{lines - 1}.example.org", 443)
    if len(rules) > MOST_BYTES:
        with pytest.raises(PacFailed, match="too long"):
            await asked
    else:
        assert await asked == (Proxy(f"p{lines - 1}.example", 1),)


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (find("for (;;) {}"), "interrupted"),
        (find("return 'QUIC a:1'"), "no proxy"),
        (find("return dnsResolve(Math.random() + '.invalid')"), "too much"),
        ("<html>", "SyntaxError"),
    ],
)
async def test_a_script_that_is_of_no_use_is_told_by_its_address(tmp_path: Path, script: str, why: str) -> None:
    path = tmp_path / "proxy.pac"
    path.write_text(script, encoding="utf-8")
    with pytest.raises(PacFailed, match=why) as failed:
        await Ground().pac.hops(path.as_uri(), "meet.example.org", 443)
    assert failed.value.host == path.as_uri()


async def test_a_child_that_does_not_answer_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "proxy.pac"
    path.write_text(find("return 'DIRECT'"), encoding="utf-8")
    mute = Pac((sys.executable, "-c", "import time; time.sleep(600)"), Web, own_address=lambda: "", answer_s=0.05)
    with pytest.raises(PacFailed, match="too long"):
        await mute.hops(path.as_uri(), "h", 443)
    for broken in (("/nowhere/child",), (sys.executable, "-c", ""), (sys.executable, "-c", "print('rubbish')")):
        with pytest.raises(PacFailed, match="could not be run"):
            await Pac(broken, Web, own_address=lambda: "").hops(path.as_uri(), "h", 443)


async def test_what_cannot_be_had_is_not_asked_for_again_at_once() -> None:
    site, ground = Site("no"), Ground()
    site.status = 404
    async with serving(proxy_pac=site.script) as address:
        url = f"http://{address}/proxy/pac"
        for _ in range(2):
            with pytest.raises(PacFailed, match="404"):
                await ground.pac.hops(url, "a", 443)
        assert site.asked == 1
        site.status, site.text, ground.now_ms = 200, find("return 'DIRECT'"), FAILED_MS
        assert await ground.pac.hops(url, "a", 443) == (None,)


@pytest.mark.parametrize("url", ["", "ftp://p/", "http://[", "javascript:1", "file:///nowhere/at/all.pac"])
async def test_what_is_no_address_fails(url: str) -> None:
    with pytest.raises(PacFailed):
        await Ground().pac.hops(url, "a", 443)
    with pytest.raises(PacFailed):
        await Ground().pac.hops(f"http://127.0.0.1:{free_port()}/", "a", 443)
