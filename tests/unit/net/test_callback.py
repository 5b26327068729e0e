from __future__ import annotations

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.net.callback import Callback, listening, parse

PAGE = "<p>Back</p>"


async def ask(callback: Callback, target: str, *, host: str = "", method: str = "GET") -> bytes:
    port = urlsplit(callback.url).port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{method} {target} HTTP/1.1\r\nHost: {host or f'127.0.0.1:{port}'}\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def path(callback: Callback) -> str:
    return urlsplit(callback.url).path


async def test_what_a_browser_brings_back_and_the_page_it_shows() -> None:
    async with listening("loginToken", PAGE) as callback:
        answer = await ask(callback, f"{path(callback)}?x=1&loginToken=a%2Bb")
        assert await callback.came() == "a+b"
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert answer.endswith(PAGE.encode())
        assert b"default-src 'none'" in answer
        await ask(callback, f"{path(callback)}?loginToken=other")
        assert await callback.came() == "a+b", "the first word holds"


async def test_nobody_else_brings_anything() -> None:
    async with listening("loginToken", PAGE) as callback:
        ours = path(callback)
        for target, host, method in (
            ("/?loginToken=evil", "", "GET"),
            (f"{ours}x?loginToken=evil", "", "GET"),
            (ours, "", "GET"),
            (f"{ours}?token=evil", "", "GET"),
            (f"{ours}?loginToken=evil", "rebound.example.org", "GET"),
        ):
            answer = await ask(callback, target, host=host, method=method)
            assert answer.startswith(b"HTTP/1.1 404 No\r\n")
            assert PAGE.encode() not in answer
        assert await ask(callback, f"{ours}?loginToken=evil", method="POST") == b""
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(callback.came(), 0)


async def test_two_are_never_at_the_same_address_and_none_stays_open() -> None:
    async with listening("t", PAGE) as one, listening("t", PAGE) as other:
        assert path(one) != path(other)
        assert len(path(one)) > 30
        port = urlsplit(one.url).port
        silent, waiting = await asyncio.open_connection("127.0.0.1", port)
        await ask(one, "/")  # both were taken, then
    assert await silent.read() == b"", "whoever says nothing is not waited for"
    waiting.close()
    await waiting.wait_closed()


@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: f"GET {text} HTTP/1.1".encode())))
def test_any_head_is_read_or_refused(head: bytes) -> None:
    with suppress(ValueError):
        host, path, fields = parse(head)
        assert isinstance(host, str)
        assert isinstance(path, str)
        assert all(isinstance(value, str) for value in fields.values())
