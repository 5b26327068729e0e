"""A SOCKS proxy, version 5 and 4a (RFC 1928, 1929), that really leads there.

async with socks() as proxy:
    proxy.port, proxy.asked          # what it was asked to connect to
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

NAME, PASSWORD = "ada", "sésame"


@dataclass
class Socks:
    """`asks` for name and password; `says` is the number it refuses with; `hosts` are those it knows, by name."""

    asks: bool = False
    says: int = 0
    hosts: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    port: int = 0
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            version = (await reader.readexactly(1))[0]
            where = await (self._five(reader, writer) if version == 5 else self._four(reader))
            if where is None:
                return
            self.asked.append(f"{where[0]}:{where[1]}")
            if self.says:
                writer.write(
                    bytes((5, self.says, 0, 1)) + bytes(6) if version == 5 else bytes((0, self.says)) + bytes(6)
                )
                return
            there = await asyncio.open_connection(self.hosts.get(where[0], where[0]), where[1])
            writer.write(b"\x05\x00\x00\x03\x04name\x00\x00" if version == 5 else b"\x00\x5a" + bytes(6))
            try:
                await asyncio.gather(_copy(reader, there[1]), _copy(there[0], writer))
            finally:
                there[1].close()
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _five(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int] | None:
        methods = await reader.readexactly((await reader.readexactly(1))[0])
        wanted = 2 if self.asks else 0
        writer.write(bytes((5, wanted if wanted in methods else 255)))
        if self.asks:
            await reader.readexactly(1)
            words = [await reader.readexactly((await reader.readexactly(1))[0]) for _ in range(2)]
            known = [word.decode() for word in words] == [NAME, PASSWORD]
            writer.write(bytes((1, 0 if known else 1)))
            if not known:
                return None
        _, _, _, kind = await reader.readexactly(4)
        if kind == 3:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        else:
            host = str(ip_address(await reader.readexactly(4 if kind == 1 else 16)))
        return host, struct.unpack("!H", await reader.readexactly(2))[0]

    async def _four(self, reader: asyncio.StreamReader) -> tuple[str, int]:
        _, port, address = struct.unpack("!BH4s", await reader.readexactly(7))
        await reader.readuntil(b"\0")
        is_name = address[:3] == bytes(3)
        host = (await reader.readuntil(b"\0"))[:-1].decode() if is_name else str(ip_address(address))
        return host, port


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def socks(proxy: Socks | None = None) -> AsyncIterator[Socks]:
    """The proxy on 127.0.0.1."""
    made = proxy or Socks()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await made.close()
        await asyncio.sleep(0)  # what was closed is told so
