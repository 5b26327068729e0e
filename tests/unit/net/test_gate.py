from __future__ import annotations

import asyncio
import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.needs import free_port
from tests.helpers.proxy import DOMAIN, NAME, PASSWORD, proxying
from tests.helpers.streams import echoing
from visio_desktop.net.bounds import Bounds
from visio_desktop.net.dial import Dialer
from visio_desktop.net.gate import Gate, opened, parse, place
from visio_desktop.net.ledger import Purpose
from visio_desktop.net.proxies import Proxy, ProxyLogin, no_proxy


async def ask(gate: Gate, *requests: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, list[bytes]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(gate.url.rpartition(":")[2]))
    answers = []
    for request in requests:
        writer.write(request)
        answers.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
    return reader, writer, answers


def connect(gate: Gate, target: str, password: str | None = None) -> bytes:
    proof = base64.b64encode(f"{gate.name}:{gate.password if password is None else password}".encode()).decode()
    return f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nProxy-Authorization: Basic {proof}\r\n\r\n".encode()


async def test_it_lets_through_whoever_knows_its_password_by_the_way_of_everything_else() -> None:
    async with echoing() as port, proxying("ntlm") as proxy:
        login = ProxyLogin(f"{DOMAIN}\\{NAME}", PASSWORD)
        dialer = Dialer(lambda _h, _p: Proxy("127.0.0.1", proxy.port, login=login))
        async with opened(dialer) as gate:
            target = f"127.0.0.1:{port}"
            bare = f"CONNECT {target} HTTP/1.1\r\n\r\n".encode()
            reader, writer, answers = await ask(gate, bare, connect(gate, target))
            assert answers == [b"HTTP/1.1 407 Who", b"HTTP/1.1 200 OK"]
            writer.write(b"hello")
            assert await reader.readexactly(5) == b"hello"
            writer.close()
        assert proxy.asked == [target]
    assert {(c.purpose, c.port) for c in dialer.ledger.contacts()} == {
        (Purpose.LOGIN, port),
        (Purpose.PROXY, proxy.port),
    }


async def test_pages_that_are_not_allowed_are_not_reached_and_the_first_is_known() -> None:
    dialer = Dialer(no_proxy, bounds=Bounds(lambda host: host == "127.0.0.1", lambda: True))
    async with echoing() as port, opened(dialer) as gate:
        for target in ("sso.example.org:443", f"localhost:{port}"):
            _, writer, answers = await ask(gate, connect(gate, target))
            assert answers == [b"HTTP/1.1 502 No"]
            writer.close()
        assert gate.refused == "sso.example.org"
        _, writer, answers = await ask(gate, connect(gate, f"127.0.0.1:{port}"))
        assert answers == [b"HTTP/1.1 200 OK"]
        writer.close()
    assert {contact.host for contact in dialer.ledger.contacts()} == {"127.0.0.1"}


async def test_nobody_else_gets_through() -> None:
    dialer = Dialer(no_proxy)
    async with echoing() as port, opened(dialer) as gate:
        _, writer, answers = await ask(gate, *[connect(gate, f"127.0.0.1:{port}", "wrong")] * 3)
        assert set(answers) == {b"HTTP/1.1 407 Who"}
        writer.close()
        plain = connect(gate, "x").replace(b"CONNECT x", b"GET http://127.0.0.1/")
        _, writer, answers = await ask(gate, plain)
        assert answers == [b"HTTP/1.1 403 No"]
        writer.close()
    assert dialer.ledger.contacts() == ()


async def test_what_is_not_reached_is_told_and_rubbish_ends_the_connection() -> None:
    async with opened(Dialer(no_proxy)) as gate:
        _, writer, answers = await ask(gate, connect(gate, f"127.0.0.1:{free_port()}"))
        assert answers == [b"HTTP/1.1 502 No"]
        writer.close()
        for rubbish in (b"\r\n\r\n", b"x" * 40_000, connect(gate, "no port")):
            reader, writer, _ = await ask(gate)
            writer.write(rubbish)
            with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
                await reader.readexactly(1)
            writer.close()


def test_places() -> None:
    assert place("meet.example.org:443") == ("meet.example.org", 443)
    assert place("[fd00::1]:443") == ("fd00::1", 443)
    for bad in ("", ":1", "h:", "h:0", "h:65536", "h:1234567", "h\n:1"):
        with pytest.raises(ValueError, match="no place"):
            place(bad)


@given(st.binary(max_size=300))
def test_any_head_is_read_or_refused(head: bytes) -> None:
    try:
        parts = parse(head)
    except ValueError:
        return
    assert all(isinstance(part, str) for part in parts)
