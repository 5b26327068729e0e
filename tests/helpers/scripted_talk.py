"""A Nextcloud with its signalling server: lets everybody in, says what a test tells it to, carries no media."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web

from tests.helpers.rtc_pair import LOOPBACK, Heard
from visio_desktop.rtc import PeerConnection

TOKEN = "x4mp1etk"
ME = "me"
SPREED = "/ocs/v2.php/apps/spreed/api"
FEATURES = ["mcu", "hello-v2"]
GUEST = {"inCall": 7, "participantType": 4, "participantPermissions": 502, "actorType": "guests"}


def told(data: Any, status: int = 200, **headers: str) -> web.Response:
    """An answer in OCS' wrapping."""
    return web.json_response({"ocs": {"meta": {}, "data": data}}, status=status, headers=headers)


def listed(session: str, **more: Any) -> dict[str, Any]:
    """Somebody in the call."""
    return {**GUEST, "sessionId": session, "nextcloudSessionId": f"nc-{session}", "actorId": f"a-{session}", **more}


class ScriptedTalk:
    """`answers` by `METHOD /path` (below Talk's API) and `words` by a request's type replace the obliging ones."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.said: list[dict[str, Any]] = []
        self.answers: dict[str, list[web.Response | tuple[Any, int]]] = {}
        self.words: dict[str, dict[str, Any] | None] = {}
        self.room: dict[str, Any] = {
            "token": TOKEN,
            "displayName": "Tea",
            "sessionId": "nc-me",
            "participantType": 4,
            "permissions": 502,
            "actorType": "guests",
            "actorId": "a-me",
        }
        self.config: dict[str, Any] = {
            "call": {"supported-reactions": ["👍"], "recording-consent": 0},
            "chat": {"max-length": 100},
        }
        self.settings: dict[str, Any] = {"signalingMode": "external", "helloAuthParams": {"2.0": {"token": "t"}}}
        self.people: list[dict[str, Any]] = []
        self.sockets: list[web.WebSocketResponse] = []
        self.url = ""
        self._peers: list[PeerConnection] = []

    @property
    def link(self) -> str:
        return f"talk+{self.url}/call/{TOKEN}"

    def requests(self, what: str) -> list[Any]:
        """The bodies of all requests of one kind."""
        return [body for asked, body in self.asked if asked == what]

    def messages(self, kind: str) -> list[dict[str, Any]]:
        """What was said to others under this type."""
        found = [told.get(told["type"], {}).get("data", {}) for told in self.said]
        return [data for data in found if data.get("type") == kind]

    async def say(self, kind: str, body: Any, **more: Any) -> None:
        """Anything of the signalling server's."""
        await self.sockets[-1].send_str(json.dumps({"type": kind, kind: body, **more}))

    async def event(self, target: str, kind: str, body: Any) -> None:
        """An event."""
        await self.say("event", {"target": target, "type": kind, kind: body})

    async def update(self, *people: dict[str, Any], **more: Any) -> None:
        """How these people are in the call now."""
        await self.event("participants", "update", {"roomid": TOKEN, "changed": list(people), "users": [], **more})

    async def hear(self, sender: str, kind: str, *, how: str = "session", **data: Any) -> None:
        """Somebody else's words."""
        said = {"type": kind, "roomType": "video"} | data
        body = {"sender": {"type": how, "sessionid": sender}, "data": said}
        await self.say("message", body)

    async def lose(self) -> None:
        """End the WebSocket."""
        await self.sockets[-1].close()

    async def close(self) -> None:
        for peer in self._peers:
            await peer.close()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        if request.path == "/standalone-signaling/spreed":
            return await self._signal(request)
        what = f"{request.method} {request.path.removeprefix(SPREED)}"
        data = await request.read()
        self.asked.append((what, json.loads(data) if data else None))
        if self.answers.get(what):
            answers = self.answers[what]
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            return told(*answer) if isinstance(answer, tuple) else answer
        return await self._oblige(what)

    async def _oblige(self, what: str) -> web.Response:  # noqa: PLR0911 - a table
        match what.removesuffix(f"/{TOKEN}").removesuffix(f"/{TOKEN}/participants/active"):
            case "GET /ocs/v2.php/cloud/capabilities":
                spreed = {"features": ["raise-hand"], "config": self.config}
                return told({"capabilities": {"spreed": spreed}})
            case "POST /v4/room" | "GET /v4/room":
                response = told(self.room)
                response.headers.add("Set-Cookie", "oc_session=s; path=/; HttpOnly")
                return response
            case "GET /v3/signaling/settings":
                server = f"{self.url}/standalone-signaling"
                return told({"server": server, **self.settings})
            case "POST /v4/call" | "PUT /v4/call":
                await self.update(listed(ME, actorId="a-me"), users=self.people)
                return told([])
            case "GET /v4/call":
                names = [{"sessionId": each["nextcloudSessionId"], "displayName": each["name"]} for each in self.people]
                return told(names)
            case "GET /v1/chat":
                return web.Response(status=304)
            case _:
                return told([])

    async def _signal(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await self.say("welcome", {"features": FEATURES})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._take(json.loads(message.data))
        return socket

    async def _take(self, told: dict[str, Any]) -> None:
        self.said.append(told)
        kind, number = told["type"], told.get("id", "")
        if kind in self.words:
            answer = self.words[kind]
            if answer is not None:
                await self.say(answer["type"], answer.get(answer["type"], {}), id=number)
            return
        match kind:
            case "hello":
                await self.say("hello", {"sessionid": ME, "resumeid": "again"}, id=number)
            case "room":
                await self.say("room", {"roomid": TOKEN, "properties": {}}, id=number)
            case "message" if told["message"]["data"].get("type") == "offer":
                data = told["message"]["data"]
                peer = PeerConnection(LOOPBACK, Heard())
                self._peers.append(peer)
                payload = {"type": "answer", "sdp": await peer.accept_offer(data["payload"]["sdp"])}
                await self.hear(ME, "answer", payload=payload, roomType=data["roomType"])
            case _:
                pass


@asynccontextmanager
async def scripted_talk() -> AsyncIterator[ScriptedTalk]:
    """One that runs."""
    talk = ScriptedTalk()
    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", talk.serve)
    runner = web.AppRunner(application, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    talk.url = f"http://{host}:{port}"
    try:
        yield talk
    finally:
        await talk.close()
        await runner.cleanup()
