"""Servers that answer a WebSocket handshake and then misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from tests.helpers.web_server import serving


@asynccontextmanager
async def hostile_server(*messages: bytes | str, then_close: bool = False, path: str = "rtc") -> AsyncIterator[str]:
    """A server that sends these messages to whoever connects, then hangs or closes; gives `127.0.0.1:PORT`."""

    async def misbehave(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for message in messages:
            await (socket.send_str(message) if isinstance(message, str) else socket.send_bytes(message))
        if not then_close:
            while not socket.closed:
                try:
                    await asyncio.wait_for(socket.receive(), 60)
                except TimeoutError:
                    break
        await socket.close()
        return socket

    async with serving(**{path: misbehave}) as address:
        yield address
