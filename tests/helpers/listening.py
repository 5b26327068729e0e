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
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            # A connection that waits to be accepted would be accepted by a server that is closed, and never end.
            for _ in range(_ROUNDS):
                await asyncio.sleep(0)
            server.close_clients()
