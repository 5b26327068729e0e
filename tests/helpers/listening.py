"""A server on a loopback port that ends with all its connections, those included that were only just made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

_ROUNDS = 20


@asynccontextmanager
async def listening(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    """It runs; gives the port."""
    talks: set[asyncio.Task[None]] = set()

    async def kept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        try:
            await talk(reader, writer)
        finally:
            talks.discard(task)

    server = await asyncio.start_server(kept, "127.0.0.1", 0)
    async with server:
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            # A connection that waits to be accepted would be accepted by a server that is closed, and never end.
            for _ in range(_ROUNDS):
                await asyncio.sleep(0)
            server.close_clients()
            for task in talks:
                task.cancel()
            await asyncio.gather(*talks, return_exceptions=True)
            # What was closed is gone a few rounds later.
            for _ in range(_ROUNDS):
                await asyncio.sleep(0)
