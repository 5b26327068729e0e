"""A web server of the test's own on a loopback port."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(**handlers: Handler) -> AsyncIterator[str]:
    """Serve each handler under its name (`_` for `/`); gives `127.0.0.1:PORT`."""
    application = web.Application()
    for path, handler in handlers.items():
        application.router.add_get("/" + path.replace("_", "/").lstrip("/"), handler)
    async with _running(application) as place:
        yield place


@asynccontextmanager
async def answering_all(handler: Handler) -> AsyncIterator[str]:
    """One handler for whatever is asked; gives `127.0.0.1:PORT`."""
    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", handler)
    async with _running(application) as place:
        yield place


@asynccontextmanager
async def _running(application: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(application, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"{host}:{port}"
    finally:
        await runner.cleanup()
