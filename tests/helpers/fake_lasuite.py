"""A room of La Suite Meet, both its servers spoken by the test: REST as it is told, and LiveKit's signalling."""

from __future__ import annotations

import asyncio
import base64
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from livekit.protocol.models import DataPacket, ParticipantInfo, ParticipantPermission, Room
from livekit.protocol.rtc import JoinResponse, SignalResponse

from tests.helpers.fake_livekit import FakeChannel, FakePeer
from tests.helpers.lasuite_samples import SAMPLES
from tests.helpers.rest_server import RestServer, rest_server
from tests.helpers.session_ear import SessionEar
from tests.helpers.web_server import serving
from visio_desktop.net import Web
from visio_desktop.rtc import PeerListener, PeerOptions
from visio_desktop.servers.lasuite.adapter import LaSuiteAdapter
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials, JoinRequest, Session

PERMISSION = ParticipantPermission(can_publish=True, can_subscribe=True, can_publish_data=True)
COOKIES = {"sessionid": "s", "csrftoken": "c"}
ROOM = "GET /rooms/tea/"
ENTRY = "POST /rooms/tea/request-entry/"


class FakeLaSuite:
    """`rest` is the web server, `tokens` are those LiveKit was joined with; it refuses those in `refused`."""

    def __init__(self, rest: RestServer) -> None:
        self.rest = rest
        self.livekit = ""
        self.tokens: list[str] = []
        self.refused: set[str] = set()
        self.attributes: dict[str, str] = {"room_role": "", "is_authenticated": "false"}
        self.name = "Ada"
        self.now_ms = 0.0
        self.peers: list[FakePeer] = []
        self._sockets: list[web.WebSocketResponse] = []
        media = LiveKitAdapter(Web(), clock=lambda: self.now_ms, random=random.Random(1), make_peer=self._peer)
        self.adapter = LaSuiteAdapter(media, Web(), language=lambda: "fr", clock=lambda: self.now_ms)

    @property
    def link(self) -> str:
        """The room's."""
        return f"{self.rest.url}/tea"

    def opens(self, token: str, *, access: str = "public", role: str = "") -> None:
        """The room, and its door with this token behind it."""
        self.attributes = {"room_role": role, "is_authenticated": "true" if role else "false"}
        way = {"url": f"http://{self.livekit}", "room": "uuid", "token": token}
        room = {"id": "uuid", "slug": "tea", "access_level": access, "configuration": {}, "pin_code": "123"}
        self.rest.says(ROOM, {**room, "livekit": way})
        self.rest.says(ENTRY, {"status": "accepted", "livekit": way})

    async def join(self, ear: SessionEar, **cookies: str) -> Session:
        """Join as Ada."""
        link = await self.adapter.identify(self.link)
        assert link is not None
        return await self.adapter.join(JoinRequest(link, "Ada", Credentials(cookies=cookies)), ear)

    async def say(self, **message: Any) -> None:
        """LiveKit says something, named as in `SignalResponse`."""
        await self._sockets[-1].send_bytes(SignalResponse(**message).SerializeToString())
        await asyncio.sleep(0.01)

    def send(self, packet: DataPacket) -> None:
        """Data comes from LiveKit."""
        channel = FakeChannel("_reliable")
        self.peers[-1].listener.on_channel(channel)  # type: ignore[arg-type]
        channel.listener(packet.SerializeToString())

    def me(self, **changes: Any) -> ParticipantInfo:
        """Ourselves, as LiveKit tells."""
        known = {"sid": "PA_me", "identity": "me", "name": self.name, "permission": PERMISSION}
        return ParticipantInfo(**{**known, "attributes": self.attributes, **changes})

    async def rtc(self, request: web.Request) -> web.StreamResponse:
        """LiveKit's door."""
        token = request.query["access_token"]
        self.tokens.append(token)
        if token in self.refused:
            return web.Response(status=401)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        answer = JoinResponse(room=Room(name="uuid"), participant=self.me())
        await socket.send_bytes(SignalResponse(join=answer).SerializeToString())
        async for _ in socket:
            pass
        return socket

    def _peer(self, options: PeerOptions, listener: PeerListener) -> FakePeer:
        self.peers.append(FakePeer(options, listener))
        return self.peers[-1]


def token(name: str, *, life_s: int = 3_600) -> str:
    """What looks like LiveKit's, of a server whose clock is wrong by years."""
    body = base64.urlsafe_b64encode(json.dumps({"sub": name, "nbf": 0, "exp": life_s}).encode()).decode().rstrip("=")
    return f"h.{body}.s"


@asynccontextmanager
async def fake_lasuite() -> AsyncIterator[FakeLaSuite]:
    """Both servers, for as long as they are used."""
    async with rest_server() as rest:
        rest.says("GET /config/", SAMPLES["config"]["json"])
        fake = FakeLaSuite(rest)
        async with serving(rtc=fake.rtc) as address:
            fake.livekit = address
            yield fake
