"""A Janus that lets everybody in and says what a test tells it to; it carries no media."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web

from tests.helpers.rtc_pair import Heard
from visio_desktop.rtc import PeerConnection, PeerOptions

ROOM = 7
type Answer = Callable[[dict[str, Any]], dict[str, Any] | str | bytes | None]


class ScriptedJanus:
    """`answers` by what is asked, "join" or "create" say, replace the obliging ones; None says nothing, ever."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answers: dict[str, Answer] = {}
        self.sockets: list[web.WebSocketResponse] = []
        self.port = 0
        self._ids = iter(range(100, 10_000))
        self._peers: list[PeerConnection] = []

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/"

    @property
    def link(self) -> str:
        return f"janus+{self.url}?room={ROOM}"

    def requests(self, name: str) -> list[dict[str, Any]]:
        """All that was asked of the room under this name."""
        return [told["body"] for told in self.asked if told.get("body", {}).get("request") == name]

    async def say(self, sender: int = 0, **data: Any) -> None:
        """An event of the room, by default to whoever joined."""
        told = {
            "janus": "event",
            "sender": sender or self.handle,
            "plugindata": {"data": {"videoroom": "event", **data}},
        }
        await self.sockets[-1].send_str(json.dumps(told))

    async def send(self, message: str) -> None:
        """Anything at all."""
        await self.sockets[-1].send_str(message)

    @property
    def handle(self) -> int:
        """The first that was given out."""
        return 101

    async def lose(self) -> None:
        """End the WebSocket."""
        await self.sockets[-1].close()

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=("janus-protocol",))
        await socket.prepare(request)
        self.sockets.append(socket)
        async for message in socket:
            if message.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
                await self._take(socket, json.loads(message.data))
        return socket

    async def _take(self, socket: web.WebSocketResponse, told: dict[str, Any]) -> None:
        self.asked.append(told)
        name = told.get("body", {}).get("request", told["janus"])
        answer = self.answers[name](told) if name in self.answers else await self._oblige(name, told)
        if isinstance(answer, dict):
            answer = json.dumps({"transaction": told["transaction"], "session_id": 1, **answer})
        if isinstance(answer, bytes):
            await socket.send_bytes(answer)
        elif answer is not None:
            await socket.send_str(answer)

    async def _oblige(self, name: str, told: dict[str, Any]) -> dict[str, Any]:
        match name:
            case "create" | "attach":
                return {"janus": "success", "data": {"id": next(self._ids)}}
            case "join" if told["body"]["ptype"] == "publisher":
                return room(
                    told, videoroom="joined", id=1, private_id=2, description="Tea", attendees=[], publishers=[]
                )
            case "configure" if "jsep" in told:
                return {**room(told, configured="ok"), "jsep": {"type": "answer", "sdp": await self._answered(told)}}
            case "exists":
                return room(told, exists=True)
            case "message" | "keepalive" | "destroy" | "detach" | "claim":
                return {"janus": "success"}
            case _:
                return room(told)

    async def _answered(self, told: dict[str, Any]) -> str:
        if not self._peers:
            peer = PeerConnection(PeerOptions(host_addresses=("127.0.0.1",)), Heard())
            self._peers.append(peer)
        return await self._peers[0].accept_offer(told["jsep"]["sdp"])

    async def close(self) -> None:
        for peer in self._peers:
            await peer.close()


def room(told: dict[str, Any], **data: Any) -> dict[str, Any]:
    """An answer of the room."""
    return {
        "janus": "event",
        "sender": told.get("handle_id", 0),
        "plugindata": {"plugin": "janus.plugin.videoroom", "data": {"videoroom": "event", **data}},
    }


@asynccontextmanager
async def scripted_janus() -> AsyncIterator[ScriptedJanus]:
    """One that runs."""
    janus = ScriptedJanus()
    app = web.Application()
    app.router.add_get("/", janus._serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server = site._server
    assert isinstance(server, asyncio.Server)
    janus.port = server.sockets[0].getsockname()[1]
    try:
        yield janus
    finally:
        await janus.close()
        await runner.cleanup()
