"""A relay for signalling that a test can cut: TCP from a port of this machine to a server.

async with Relay("127.0.0.1", 7880) as relay:
    relay.url                                  # of the server, through the relay
    relay.cut()                                # every connection is reset
    relay.is_open = False                      # and none is taken any more
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self


class Relay:
    """Carries every connection until it is cut."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.is_open = True
        self.taken = 0

    @property
    def url(self) -> str:
        """The server's WebSocket address through the relay."""
        assert self._server is not None
        return f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """Reset every connection there is."""
        for writer in self._writers:
            writer.transport.abort()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            if self.is_open:
                self.taken += 1
                await self._carry_both(reader, writer)
        except OSError:
            pass  # the server is not there, or one of the two broke
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _carry_both(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection(*self._target)
        carrying = [_carry(reader, there[1]), _carry(there[0], writer)]
        try:
            await asyncio.gather(*carrying)
        finally:
            there[1].transport.abort()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        await asyncio.sleep(0.01)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    raise ConnectionResetError
