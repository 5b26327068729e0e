from __future__ import annotations

import asyncio
import contextlib

from bench.relay import Relay


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(100):
            writer.write(data)
    writer.close()


class Line:
    """A connection through the relay."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def said(self, text: bytes) -> bytes:
        """What comes back; nothing where the connection ends."""
        with contextlib.suppress(ConnectionError):
            self._writer.write(text)
            return await asyncio.wait_for(self._reader.read(100), 5)
        return b""

    async def close(self) -> None:
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()


async def connect(relay: Relay) -> Line:
    host, _, port = relay.url.removeprefix("ws://").partition(":")
    return Line(*await asyncio.open_connection(host, int(port)))


async def test_what_goes_in_comes_out_until_it_is_cut() -> None:
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, Relay((), "127.0.0.1", server.sockets[0].getsockname()[1]) as relay:
        first = await connect(relay)
        assert await first.said(b"one") == b"one"
        await relay.cut(60_000)
        assert await first.said(b"two") == b""
        second = await connect(relay)
        assert await second.said(b"three") == b""
        await relay.cut(0)
        third = await connect(relay)
        assert await third.said(b"four") == b"four"
        for line in (first, second, third):
            await line.close()
