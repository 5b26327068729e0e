"""The way through a real proxy, with every proof it may ask for."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from tests.helpers.needs import free_port
from tests.helpers.proxy import DOMAIN, NAME, PASSWORD, Proxy, proxying
from tests.helpers.streams import Kept, echoing
from visio_desktop.net import ProxyAuthFailed, ProxyRefused, ProxyUnreachable
from visio_desktop.net.dial import Dialer
from visio_desktop.net.proxies import Proxy as Address
from visio_desktop.net.proxies import ProxyLogin


class Logins:
    """One login, and how often it was asked for."""

    def __init__(self, login: ProxyLogin | None = None) -> None:
        self._login = login
        self.asked = 0

    async def login(self, proxy: Address) -> ProxyLogin | None:
        self.asked += 1
        return self._login


ADA = ProxyLogin(f"{DOMAIN}\\{NAME}", PASSWORD)
PLAIN_ADA = ProxyLogin(NAME, PASSWORD)


def dialer(proxy: Proxy, login: ProxyLogin | None = None) -> tuple[Dialer, Logins]:
    logins = Logins(login)
    return Dialer(lambda _host, _port: Address("127.0.0.1", proxy.port), logins), logins


async def echo_once(dialer: Dialer, port: int) -> bytes:
    transport, kept = await dialer.connect(Kept, "127.0.0.1", port, secure=False, timeout_s=5)
    transport.write(b"hello")
    await kept.until(5)
    transport.abort()
    return kept.received


async def test_an_open_proxy_lets_us_through() -> None:
    async with echoing() as port, proxying() as proxy:
        ours, logins = dialer(proxy, ADA)
        assert await echo_once(ours, port) == b"hello"
        assert proxy.asked == [f"127.0.0.1:{port}"]
        assert logins.asked == 0
        assert await ours.via("127.0.0.1", port) == proxy.url


@pytest.mark.parametrize(("scheme", "login"), [("basic", PLAIN_ADA), ("ntlm", ADA), ("negotiate", ADA)])
@pytest.mark.parametrize("hangs_up", [False, True])
async def test_a_proxy_that_asks_is_told_who_we_are(scheme: str, login: ProxyLogin, hangs_up: bool) -> None:
    async with echoing() as port, proxying(scheme, hangs_up=hangs_up) as proxy:
        ours, logins = dialer(proxy, login)
        assert await echo_once(ours, port) == b"hello"
        asked_at_first = proxy.challenges
        assert await echo_once(ours, port) == b"hello"
        assert len(proxy.asked) == 2
        assert proxy.challenges - asked_at_first < asked_at_first  # the second time begins with what worked
        assert logins.asked >= 1


@pytest.mark.parametrize("scheme", ["basic", "ntlm", "negotiate"])
@pytest.mark.parametrize("login", [None, ProxyLogin(f"{DOMAIN}\\{NAME}", "wrong"), ProxyLogin("bob", "wrong")])
async def test_a_proxy_that_does_not_believe_us_is_given_up(scheme: str, login: ProxyLogin | None) -> None:
    async with echoing() as port, proxying(scheme) as proxy:
        with pytest.raises(ProxyAuthFailed) as failed:
            await echo_once(dialer(proxy, login)[0], port)
        assert proxy.asked == []
        assert "wrong" not in str(failed.value)


async def test_a_login_in_the_proxys_address_is_used_first() -> None:
    async with echoing() as port, proxying("basic") as proxy:
        logins = Logins()
        ours = Dialer(lambda _h, _p: Address("127.0.0.1", proxy.port, login=PLAIN_ADA), logins)
        assert await echo_once(ours, port) == b"hello"
        assert logins.asked == 0


async def test_a_refusal_keeps_its_status() -> None:
    async with echoing() as port, proxying(forbidden=frozenset({f"127.0.0.1:{port}"})) as proxy:
        with pytest.raises(ProxyRefused) as refused:
            await echo_once(dialer(proxy)[0], port)
        assert refused.value.status == 403
        with pytest.raises(ProxyRefused) as unreached:
            await echo_once(dialer(proxy)[0], free_port())
        assert unreached.value.status == 502


async def test_no_proxy_there() -> None:
    with pytest.raises(ProxyUnreachable):
        await echo_once(dialer(Proxy(port=free_port()))[0], 1)


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nand more than was asked",
        b"HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic\r\nContent-Length: 5\r\n\r\n",
        b"X" * 200_000,
        b"",
    ],
)
async def test_what_is_no_proxy_is_said_to_be_none(answer: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async with AsyncExitStack() as stack:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        stack.callback(server.close)
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ProxyUnreachable):
            await echo_once(dialer(Proxy(port=port))[0], 1)
