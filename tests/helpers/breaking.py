"""A way to a server that breaks when it is told to, and lets the next connection through."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.helpers.listening import listening


class Breaking:
    """`port` is where the way begins, on this machine."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._open: list[asyncio.StreamWriter] = []
        self.port = 0

    def cut(self) -> None:
        """Break all connections, without a word."""
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, for as long as it lasts."""
        with contextlib.suppress(OSError):
            there_reader, there_writer = await asyncio.open_connection(*self._to)
            self._open += [writer, there_writer]
            await asyncio.gather(pipe(reader, there_writer), pipe(there_reader, writer))
        writer.close()


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand on what comes, until there is no more."""
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def breaking(host: str, port: int) -> AsyncIterator[Breaking]:
    """One to this port of this host."""
    way = Breaking(host, port)
    async with listening(way.carry) as own:
        way.port = own
        yield way
