"""Signalling goes through here: a port of a namespace's loopback that leads to the server, and that can be cut.

    async with Relay(prefix, server_address, port) as relay:
        relay.url
        await relay.cut(500)       # resets every connection and refuses new ones for so long

The program's side is `python -m bench.relay ADDRESS PORT`; clients may use unencrypted signalling on loopback only.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from bench.peers.wire import ClientProcess, serve

_CHUNK = 65_536


class Relay:
    """The relay as the bench has it."""

    def __init__(self, prefix: Sequence[str], address: str, port: int) -> None:
        self._process = ClientProcess("relay", "bench.relay", address, str(port), prefix=prefix)
        self.url = ""

    async def cut(self, for_ms: float = 0.0) -> None:
        """Reset every connection; new ones are refused for so long."""
        await self._process.ask("cut", for_ms=for_ms)

    async def __aenter__(self) -> Self:
        await self._process.__aenter__()
        self.url = f"ws://127.0.0.1:{(await self._process.ask('port'))['port']}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._process.__aexit__(kind, error, trace)


class Splice:
    """The program's side: every connection carried to one address and back."""

    def __init__(self, address: str, port: int) -> None:
        self._to = (address, port)
        self._open: set[asyncio.StreamWriter] = set()
        self._refused_until_s = 0.0
        self._port = 0

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]

    async def port(self) -> dict[str, Any]:
        """Where it listens."""
        return {"port": self._port}

    async def cut(self, for_ms: float) -> None:
        """See `Relay.cut`."""
        self._refused_until_s = asyncio.get_running_loop().time() + for_ms / 1000
        for writer in tuple(self._open):
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if asyncio.get_running_loop().time() < self._refused_until_s:
            writer.transport.abort()
            return
        try:
            there = await asyncio.open_connection(*self._to)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, there[1]}
        await asyncio.gather(self._carry(reader, there[1]), self._carry(there[0], writer))
        self._open -= {writer, there[1]}

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK):
                writer.write(data)
                await writer.drain()
        writer.close()


async def run(address: str, port: int) -> None:
    """Listen, then serve until the input ends."""
    splice = Splice(address, port)
    await splice.start()
    await serve({"port": splice.port, "cut": splice.cut})


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], int(sys.argv[2])))
