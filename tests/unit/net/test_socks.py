"""The way through a SOCKS proxy that really leads there, and through what only says that it is one."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.socks_proxy import NAME, PASSWORD, Socks, socks
from tests.helpers.streams import Kept, echoing
from visio_desktop.net import ProxyAuthFailed, ProxyError, ProxyRefused, ProxyUnreachable
from visio_desktop.net.answers import AnswerError
from visio_desktop.net.dial import Dialer
from visio_desktop.net.logins import NoLogins
from visio_desktop.net.proxies import Proxy, ProxyLogin
from visio_desktop.net.socks import connect

WHOLE = ProxyLogin(NAME, PASSWORD)


async def echo_once(proxy: Socks, version: int, host: str, port: int, login: ProxyLogin | None = None) -> bytes:
    ours = Dialer(lambda _host, _port: Proxy("127.0.0.1", proxy.port, login=login, socks=version), NoLogins())
    transport, kept = await ours.connect(Kept, host, port, secure=False)
    transport.write(b"hello")
    await kept.until(5)
    transport.abort()
    return kept.received


@pytest.mark.parametrize("version", [4, 5])
@pytest.mark.parametrize("host", ["127.0.0.1", "meet.example.test"])
async def test_it_leads_there_and_looks_names_up_itself(version: int, host: str) -> None:
    async with echoing() as port, socks(Socks(hosts={"meet.example.test": "127.0.0.1"})) as proxy:
        assert await echo_once(proxy, version, host, port) == b"hello"
        assert proxy.asked == [f"{host}:{port}"]


async def test_one_that_asks_is_told_who_we_are() -> None:
    async with echoing() as port, socks(Socks(asks=True)) as proxy:
        assert await echo_once(proxy, 5, "127.0.0.1", port, WHOLE) == b"hello"
        for login in (None, ProxyLogin(NAME, "wrong"), ProxyLogin("n" * 300, "x")):
            with pytest.raises(ProxyAuthFailed):
                await echo_once(proxy, 5, "127.0.0.1", port, login)


@pytest.mark.parametrize(("version", "says", "status"), [(5, 2, 403), (5, 5, 502), (4, 91, 502)])
async def test_a_refusal_is_told_as_one_of_http_would_be(version: int, says: int, status: int) -> None:
    async with socks(Socks(says=says)) as proxy:
        with pytest.raises(ProxyRefused) as refused:
            await echo_once(proxy, version, "127.0.0.1", 9)
    assert refused.value.status == status


async def test_version_4_knows_no_ipv6() -> None:
    async with socks() as proxy:
        with pytest.raises(ProxyRefused, match="IPv6"):
            await echo_once(proxy, 4, "fd00::1", 9)
        assert proxy.asked == []


@pytest.mark.parametrize("version", [4, 5])
async def test_what_is_no_such_proxy_is_said_to_be_none(version: int) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(3)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        with pytest.raises(ProxyUnreachable):
            await echo_once(Socks(port=server.sockets[0].getsockname()[1]), version, "meet.example.test", 443)


class Said:
    """A line on which everything was said already."""

    def __init__(self, data: bytes) -> None:
        self.left = data

    async def say(self, data: bytes) -> None:
        pass

    async def hear(self, count: int) -> bytes:
        heard, self.left = self.left[:count], self.left[count:]
        if len(heard) < count:
            raise AnswerError("it ended")
        return heard


@given(st.binary(max_size=40), st.sampled_from([4, 5]), st.text(max_size=300))
def test_whatever_it_says_is_a_way_or_an_error_of_ours(said: bytes, version: int, host: str) -> None:
    async def login() -> ProxyLogin:
        return WHOLE

    proxy = Proxy("proxy.example", 1_080, socks=version)
    for begin in (b"", b"\x05\x00", b"\x05\x02\x01\x00"):
        try:
            asyncio.run(connect(Said(begin + said), proxy, host, 443, login))
        except (ProxyError, AnswerError):
            continue
