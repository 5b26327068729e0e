from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.helpers.certificates import Authority
from tests.helpers.needs import free_port
from tests.helpers.proxy import DOMAIN, NAME, PASSWORD, proxying
from tests.helpers.streams import Kept, echoing
from visio_desktop.net import HostUnknown, HostUnreachable, NetError, NotAllowed, ProxyRefused, Silent, TlsUntrusted
from visio_desktop.net.bounds import Bounds
from visio_desktop.net.dial import Dialer
from visio_desktop.net.ledger import Purpose
from visio_desktop.net.proxies import Proxy, ProxyLogin, no_proxy
from visio_desktop.net.routes import Route
from visio_desktop.net.trust import trusting

DIRECT = Dialer(no_proxy)


async def say_hello(dialer: Dialer, port: int, *, secure: bool) -> bytes:
    transport, kept = await dialer.connect(Kept, "127.0.0.1", port, secure=secure, timeout_s=5)
    transport.write(b"hello")
    await kept.until(5)
    transport.abort()
    return kept.received


async def test_a_direct_connection() -> None:
    async with echoing() as port:
        assert await say_hello(DIRECT, port, secure=False) == b"hello"
    assert await DIRECT.via("127.0.0.1", 1) == ""


async def test_tls_directly_and_inside_a_tunnel_with_an_authority_of_ones_own(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with echoing(authority.serving("127.0.0.1")) as port, proxying("ntlm") as proxy:
        login = ProxyLogin(f"{DOMAIN}\\{NAME}", PASSWORD)
        through = Proxy("127.0.0.1", proxy.port, login=login)
        context = trusting(authority.file)
        assert await say_hello(Dialer(no_proxy, context=context), port, secure=True) == b"hello"
        assert await say_hello(Dialer(lambda _h, _p: through, context=context), port, secure=True) == b"hello"
        for find in (no_proxy, lambda _h, _p: through):
            with pytest.raises(TlsUntrusted):
                await say_hello(Dialer(find), port, secure=True)


async def test_a_proxy_that_is_spoken_with_by_tls(tmp_path: Path) -> None:
    """TLS to the proxy, and TLS to the server inside of it."""
    authority = Authority(tmp_path)
    async with proxying("basic") as proxy, echoing(authority.serving("127.0.0.1")) as port:
        front = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, ssl=authority.serving("127.0.0.1"))
        try:
            login = ProxyLogin(NAME, PASSWORD)
            secure = Proxy("127.0.0.1", front.sockets[0].getsockname()[1], secure=True, login=login)
            ours = Dialer(lambda _h, _p: secure, context=trusting(authority.file))
            assert await say_hello(ours, port, secure=True) == b"hello"
            assert await say_hello(ours, port, secure=True) == b"hello"
        finally:
            front.close()


async def test_what_goes_wrong_has_a_name() -> None:
    with pytest.raises(HostUnreachable):
        await say_hello(DIRECT, free_port(), secure=False)
    with pytest.raises(HostUnknown):
        await DIRECT.connect(Kept, "no-such-host.invalid", 80, secure=False, timeout_s=5)
    async with echoing() as port:
        with pytest.raises(NetError):
            await say_hello(DIRECT, port, secure=True)


async def test_beyond_the_bounds_nobody_is_contacted_nor_asked_for_a_way() -> None:
    asked: list[str] = []

    async def route(host: str, _port: int) -> Route:
        asked.append(host)
        return Route()

    dialer = Dialer(router=route, bounds=Bounds(lambda host: host == "127.0.0.1", lambda: True))
    async with echoing() as port:
        for purpose in set(Purpose) - {Purpose.UPDATES}:
            with pytest.raises(NotAllowed):
                await dialer.connect(Kept, "localhost", port, secure=False, timeout_s=5, purpose=purpose)
        assert (asked, dialer.ledger.contacts()) == ([], ())
        assert await say_hello(dialer, port, secure=False) == b"hello"
    narrow = Dialer(no_proxy, bounds=Bounds(lambda _host: False, lambda: True))
    async with echoing() as port:  # an address its server gave, and what has permissions of its own
        for host, purpose in (("127.0.0.1", Purpose.MEDIA), ("localhost", Purpose.UPDATES)):
            transport, _ = await narrow.connect(Kept, host, port, secure=False, timeout_s=5, purpose=purpose)
            transport.abort()


async def test_a_proxy_that_never_answers_is_given_up() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    mute = Proxy("127.0.0.1", server.sockets[0].getsockname()[1])
    try:
        with pytest.raises(Silent):
            await Dialer(lambda _h, _p: mute).connect(Kept, "example.org", 443, secure=True, timeout_s=0.1)
    finally:
        server.close()


async def test_the_next_proxy_is_tried_where_one_does_not_answer_and_the_bad_one_last_from_then_on() -> None:
    gone = Proxy("127.0.0.1", free_port())
    async with echoing() as port, proxying() as proxy:
        good = Proxy("127.0.0.1", proxy.port)

        async def route(_host: str, _port: int) -> Route:
            return Route((gone, good, None))

        ours = Dialer(router=route)
        assert await say_hello(ours, port, secure=False) == b"hello"
        assert await ours.via("127.0.0.1", port) == str(good)
        assert await say_hello(ours, port, secure=False) == b"hello"
        assert proxy.asked == [f"127.0.0.1:{port}"] * 2
        tried = {c.port: c.connections for c in ours.ledger.contacts() if c.purpose is Purpose.PROXY}
        assert tried == {gone.port: 1, good.port: 2}


async def test_a_refusal_is_the_proxys_last_word() -> None:
    async with echoing() as port, proxying(forbidden=frozenset({f"127.0.0.1:{port}"})) as proxy:

        async def route(_host: str, _port: int) -> Route:
            return Route((Proxy("127.0.0.1", proxy.port), None))

        with pytest.raises(ProxyRefused):
            await say_hello(Dialer(router=route), port, secure=False)


async def test_everything_is_in_the_ledger_before_and_after(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with echoing(authority.serving("127.0.0.1")) as port, proxying() as proxy:
        through = Proxy("127.0.0.1", proxy.port)
        ours = Dialer(lambda _h, _p: through, context=trusting(authority.file))
        assert await say_hello(ours, port, secure=True) == b"hello"
        gone = free_port()
        with pytest.raises(HostUnreachable):
            await ours.connect(Kept, "127.0.0.1", gone, secure=False, direct=True, purpose=Purpose.MEDIA)
    target, to_proxy, failed = ours.ledger.contacts()
    assert (target.host, target.port, target.via) == ("127.0.0.1", port, f"127.0.0.1:{proxy.port}")
    assert (target.sent_bytes, target.received_bytes) == (5, 5)
    assert (to_proxy.purpose, to_proxy.port, to_proxy.addresses) == (Purpose.PROXY, proxy.port, ("127.0.0.1",))
    assert to_proxy.sent_bytes >= target.sent_bytes
    assert (failed.purpose, failed.port, failed.sent_bytes) == (Purpose.MEDIA, gone, 0)


async def test_a_certificate_that_has_expired_is_told_through_a_proxy_too(tmp_path: Path) -> None:
    authority = Authority(tmp_path, outdated=True)
    context = trusting(authority.file)
    async with echoing(authority.serving("127.0.0.1")) as port, proxying() as proxy:
        through = Proxy("127.0.0.1", proxy.port)
        for find in (no_proxy, lambda _h, _p: through):
            with pytest.raises(TlsUntrusted) as refused:
                await say_hello(Dialer(find, context=context), port, secure=True)
            assert refused.value.shown.issuer == "The test's authority"
            assert refused.value.shown.ended


async def test_a_certificate_that_is_not_trusted_is_told_with_its_issuer(tmp_path: Path) -> None:
    async with echoing(Authority(tmp_path).serving("127.0.0.1")) as port:
        with pytest.raises(TlsUntrusted) as refused:
            await say_hello(DIRECT, port, secure=True)
    assert refused.value.host == "127.0.0.1"
    assert refused.value.shown.issuer == "The test's authority"
    assert not refused.value.shown.ended
