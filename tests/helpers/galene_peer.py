"""A server that speaks as Galene does, written from its protocol's documents: Galene itself is no package.

It keeps to `galene-protocol.md` and to what `rtpconn/webclient.go` and `group/group.go` make of it, the harsh parts
too: who says a wrong name, or speaks of a stream that is not there, is hung up on. `galene_media` carries pictures and
sound.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from urllib.parse import unquote

from aiohttp import WSMsgType, web

from tests.helpers.galene_client import Client, HungUp
from tests.helpers.galene_group import Group
from visio_desktop.system.tasks import Tasks


class GalenePeer:
    """`groups` by name. `refuses`: it aborts every stream that is offered."""

    def __init__(self) -> None:
        self.groups: dict[str, Group] = {}
        self.clients: list[Client] = []
        self.posts: list[dict[str, Any]] = []
        self.authorises: Callable[[dict[str, Any]], web.Response] = lambda _: web.Response(status=403)
        self.refuses = False
        self.port = 0
        self.tasks = Tasks("galene peer")
        self._runner: web.AppRunner | None = None

    @property
    def origin(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def add(self, group: Group) -> Group:
        """One more group."""
        self.groups[group.name] = group
        return group

    def link(self, group: str) -> str:
        """The group's page."""
        return f"{self.origin}/group/{group}/"

    def client(self, name: str) -> Client:
        """The one who goes by this name, the latest of them."""
        return next(each for each in reversed(self.clients) if each.username == name and each.group is not None)

    async def start(self) -> None:
        """Listen on loopback."""
        app = web.Application()
        app.router.add_get("/ws", self._socket)
        app.router.add_post("/authorise", self._authorise)
        app.router.add_get("/group/{rest:.*}", self._status)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Die: every connection breaks, nobody listens."""
        runner, self._runner = self._runner, None
        if runner is None:
            return
        for client in self.clients:
            client.group = None
            if client.socket._req is not None and client.socket._req.transport is not None:
                client.socket._req.transport.abort()
            for connection in (*client.ups.values(), *client.downs.values()):
                await connection.peer.close()
        await runner.cleanup()
        await self.tasks.close()

    async def _status(self, request: web.Request) -> web.Response:
        path = unquote(request.match_info["rest"])
        group = self.groups.get(path.removesuffix(".status").strip("/"))
        if group is None or not path.endswith("/.status"):
            return web.Response(status=404, text="<!DOCTYPE html><p>not found", content_type="text/html")
        where = f"{request.host}"
        status = {
            "name": group.name,
            "location": f"http://{where}/group/{group.name}/",
            "endpoint": f"ws://{where}/ws",
            **({"displayName": group.title} if group.title else {}),
        }
        return web.json_response({**status, **group.status})

    async def _authorise(self, request: web.Request) -> web.Response:
        self.posts.append(await request.json())
        return self.authorises(self.posts[-1])

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        client = Client(self, socket)
        self.clients.append(client)
        work = self.tasks.start(client.run(), name="client")
        try:
            async for message in socket:
                if message.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
                    client.act(partial(client.hear, json.loads(message.data)))
        finally:
            client.act(_hang_up)
            await work
            await client.leave()
            self.clients.remove(client)
        return socket


async def _hang_up() -> None:
    raise HungUp


@asynccontextmanager
async def galene_peer(*groups: Group) -> AsyncIterator[GalenePeer]:
    """One that runs, with these groups."""
    server = GalenePeer()
    for group in groups:
        server.add(group)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
