"""The program as it is started: a real web engine, a server on loopback, no display."""

from __future__ import annotations

import asyncio
import os
import ssl
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import psutil
import pytest
from aiohttp import web

from tests.helpers.certificates import Authority
from tests.helpers.login_program import LoginProgram
from tests.helpers.needs import free_port
from visio_desktop.login.rules import DONE_PATH
from visio_desktop.login.wire import Begin, Done, Failed, Failure, Message
from visio_desktop.net.certificate import describe

OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}
HOSTILE = """<!doctype html><body><script>
window.open("/popup");
for (const to of ["file:///etc/passwd", "http://192.0.2.1/plain", "chrome://settings"]) location.href = to;
const link = document.createElement("a"); link.href = "/file"; link.download = "file"; link.click();
navigator.geolocation.getCurrentPosition(() => fetch("/position"));
fetch("http://192.0.2.1/script").catch(() => 0);
setTimeout(() => location.href = "%s", 600);
</script>"""


class Site:
    """A server that lets everybody in, in one step; keeps what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer = "in"
        self.never = asyncio.Event()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        if not request.path.startswith("/api/"):
            return web.Response(text="here", headers={"Content-Disposition": "attachment"})
        match self.answer:
            case "in":
                answer = web.Response(status=302, headers={"Location": request.query["returnTo"]})
                answer.set_cookie("sessionid", "s3cr3t", max_age=60, httponly=True, secure=request.secure)
                answer.set_cookie("theme", "dark")
                return answer
            case "hostile":
                return web.Response(text=HOSTILE % request.query["returnTo"], content_type="text/html")
            case "page":
                return web.Response(text="<script>fetch('/loaded')</script>", content_type="text/html")
            case "half":
                begun = web.Response(text="<script>fetch('/loaded')</script>", content_type="text/html")
                begun.set_cookie("sessionid", "s3cr3t", max_age=60, httponly=True, secure=request.secure)
                return begun
            case _:
                await self.never.wait()
                return web.Response()


@asynccontextmanager
async def serving(site: Site, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_get("/{path:.*}", site.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls).start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    finally:
        site.never.set()
        await runner.cleanup()


@contextmanager
def program() -> Iterator[LoginProgram]:
    with LoginProgram(OFFSCREEN) as running:
        yield running


async def said(begin: Begin) -> Message | None:
    """The last word of a run."""
    with program() as running:
        running.say(begin)
        last = await asyncio.to_thread(running.next)
        assert await asyncio.to_thread(running.ended) == 0
        return last


async def test_a_login_gives_the_cookies_and_keeps_none_of_the_session(tmp_path: Path) -> None:
    site = Site()
    async with serving(site) as address:
        last = await said(Begin(address, str(tmp_path / "profile"), silent=True))
        assert last == Done({"sessionid": "s3cr3t", "theme": "dark"})
        assert DONE_PATH not in site.asked
        # Secrets lie in the profile's folder: nobody else gets in, and the session is not among them.
        assert stat.S_IMODE((tmp_path / "profile").stat().st_mode) == 0o700
        assert b"sessionid" not in b"".join(p.read_bytes() for p in (tmp_path / "profile/web").glob("Cookies*"))


async def test_a_hostile_page_gets_nowhere(tmp_path: Path) -> None:
    site = Site()
    site.answer = "hostile"
    async with serving(site) as address:
        assert isinstance(await said(Begin(address, str(tmp_path), silent=True)), Done)
    assert not {"/popup", "/position", DONE_PATH} & set(site.asked)
    assert "file" not in {path.name for path in await asyncio.to_thread(lambda: list(tmp_path.rglob("*")))}


async def test_a_server_that_is_not_there_or_not_trusted_is_told(tmp_path: Path) -> None:
    gone = Begin(f"http://127.0.0.1:{free_port()}", str(tmp_path / "a"), silent=True)
    assert await said(gone) == Failed(Failure.UNREACHABLE)
    authority = Authority(tmp_path)
    async with serving(Site(), authority.serving("127.0.0.1")) as address:
        strange = Begin(address, str(tmp_path / "b"), silent=True)
        last = await said(strange)
        assert isinstance(last, Failed)
        assert (last.why, last.host) == (Failure.UNTRUSTED, "127.0.0.1")
        assert describe(ssl.PEM_cert_to_DER_cert(last.certificate)).issuer == "The test's authority"
        known = Begin(address, str(tmp_path / "c"), silent=True, authorities=str(authority.file))
        assert isinstance(await said(known), Done)


async def test_what_is_no_address_is_refused(tmp_path: Path) -> None:
    assert await said(Begin("http://meet.example.org", str(tmp_path), silent=True)) == Failed(Failure.BROKEN)


async def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    site = Site()
    site.answer = "never"
    async with serving(site) as address:
        with program() as running:
            running.say(Begin(address, str(tmp_path), silent=True))
            while not site.asked:
                await asyncio.sleep(0.02)
            running.hang_up()
            assert await asyncio.to_thread(running.next) == Failed(Failure.CANCELLED)
            assert await asyncio.to_thread(running.ended) == 0


async def test_giving_up_half_way_leaves_no_session_in_the_profile(tmp_path: Path) -> None:
    site = Site()
    site.answer = "half"
    async with serving(site) as address:
        with program() as running:
            running.say(Begin(address, str(tmp_path / "profile"), silent=True))
            while "/loaded" not in site.asked:
                await asyncio.sleep(0.02)
            running.hang_up()
            assert await asyncio.to_thread(running.next) == Failed(Failure.CANCELLED)
            assert await asyncio.to_thread(running.ended) == 0
    assert b"sessionid" not in b"".join(p.read_bytes() for p in (tmp_path / "profile/web").glob("Cookies*"))


async def test_a_crash_of_the_web_content_is_told(tmp_path: Path) -> None:
    site = Site()
    site.answer = "page"
    async with serving(site) as address:
        with program() as running:
            running.say(Begin(address, str(tmp_path), silent=True))
            while "/loaded" not in site.asked:
                await asyncio.sleep(0.02)
            for child in psutil.Process(running.pid).children(recursive=True):
                if child.ppid() != running.pid:  # web content, forked from the engine's zygote
                    child.kill()
            assert await asyncio.to_thread(running.next) == Failed(Failure.CRASHED)


@pytest.mark.parametrize("line", [b"rubbish\n", b'{"kind": "shown"}\n'])
async def test_words_it_does_not_know_are_passed_over(tmp_path: Path, line: bytes) -> None:
    with program() as running:
        running.write(line)
        running.say(Begin("nowhere", str(tmp_path)))
        assert await asyncio.to_thread(running.next) == Failed(Failure.BROKEN)


PROXIES = """
from PySide6.QtNetwork import QNetworkProxy
from visio_desktop.login.program import use_proxy
Kind = QNetworkProxy.ProxyType
def now(address):
    use_proxy(address)
    found = QNetworkProxy.applicationProxy()
    return found.type(), found.hostName(), found.port()
assert now("http://proxy.example:3128") == (Kind.HttpProxy, "proxy.example", 3128), now("http://proxy.example:3128")
assert now("direct")[0] is Kind.NoProxy
assert now("") is not None
print("well")
"""


def test_it_goes_through_the_proxy_it_is_told() -> None:
    command = [sys.executable, "-c", PROXIES]
    done = subprocess.run(command, env={**os.environ, **OFFSCREEN}, capture_output=True, text=True, check=False)
    assert "well" in done.stdout, done.stderr
