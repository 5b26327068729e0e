from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping

import pytest

from visio_desktop.engine.gated_login import GatedLogin
from visio_desktop.engine.login_program import LoginFailed
from visio_desktop.login.wire import Begin, Failure
from visio_desktop.net.bounds import Bounds
from visio_desktop.net.dial import Dialer
from visio_desktop.net.proxies import no_proxy


class Window:
    """Remembers what it was told; `why` makes it fail."""

    def __init__(self, why: Failure | None = None) -> None:
        self.begun: list[Begin] = []
        self._why = why

    async def run(self, begin: Begin, shown: Callable[[], None]) -> Mapping[str, str]:
        self.begun.append(begin)
        shown()
        if self._why is not None:
            raise LoginFailed(self._why)
        return {"sessionid": "s"}


async def test_the_window_is_told_of_a_gate_of_its_own_each_time() -> None:
    window, seen = Window(), []
    gated = GatedLogin(window, lambda: Dialer(no_proxy))
    for _ in range(2):
        assert await gated.run(Begin("https://h", "folder"), lambda: seen.append(1)) == {"sessionid": "s"}
    one, other = window.begun
    assert (one.server, one.folder, len(seen)) == ("https://h", "folder", 2)
    assert one.proxy.startswith("http://127.0.0.1:")
    assert one.proxy_user
    assert one.proxy_password != other.proxy_password
    assert one.proxy_password not in repr(one)


async def test_what_the_window_says_is_handed_on() -> None:
    with pytest.raises(LoginFailed) as failed:
        await GatedLogin(Window(Failure.CANCELLED), lambda: Dialer(no_proxy)).run(Begin("h", "f"), lambda: None)
    assert failed.value.why is Failure.CANCELLED


class Asking(Window):
    """Asks its gate for a page elsewhere, and fails."""

    async def run(self, begin: Begin, shown: Callable[[], None]) -> Mapping[str, str]:
        proof = base64.b64encode(f"{begin.proxy_user}:{begin.proxy_password}".encode()).decode()
        reader, writer = await asyncio.open_connection("127.0.0.1", int(begin.proxy.rpartition(":")[2]))
        writer.write(f"CONNECT sso.example:443 HTTP/1.1\r\nProxy-Authorization: Basic {proof}\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        writer.close()
        return await super().run(begin, shown)


@pytest.mark.parametrize(
    ("why", "told", "host"),
    [
        (Failure.UNREACHABLE, Failure.NOT_ALLOWED, "sso.example"),
        (Failure.CANCELLED, Failure.CANCELLED, ""),
    ],
)
async def test_a_page_that_is_not_allowed_is_named(why: Failure, told: Failure, host: str) -> None:
    dialer = Dialer(no_proxy, bounds=Bounds(lambda _host: False, lambda: True))
    with pytest.raises(LoginFailed) as failed:
        await GatedLogin(Asking(why), lambda: dialer).run(Begin("h", "f"), lambda: None)
    assert (failed.value.why, failed.value.host) == (told, host)
