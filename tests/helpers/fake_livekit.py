"""LiveKit's signalling, spoken by the test over a real WebSocket, and peer connections that only keep what was done."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web
from livekit.protocol.models import ParticipantInfo, ParticipantPermission, Room
from livekit.protocol.rtc import JoinResponse, ReconnectResponse, SignalRequest, SignalResponse

from tests.helpers.fakes import FakeOutbound
from tests.helpers.session_ear import SessionEar
from tests.helpers.web_server import serving
from visio_desktop.net import Web
from visio_desktop.rtc import DataChannel, IceServer, PeerListener, PeerOptions
from visio_desktop.rtc.congestion.demand import Priority
from visio_desktop.rtc.congestion.statistics import TransportStatistics
from visio_desktop.rtc.frames import Codec, OutboundStream, SendLayer
from visio_desktop.rtc.gap import MediaGap
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials, JoinRequest, Session

PERMISSION = ParticipantPermission(
    can_publish=True, can_subscribe=True, can_publish_data=True, can_update_metadata=True
)
ME = ParticipantInfo(sid="PA_me", identity="me", name="Me", permission=PERMISSION)


class FakeChannel:
    """A data channel that opens when the test says so."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.is_open = False
        self.sent: list[bytes] = []
        self.listener: Any = None
        self._opened: Any = None

    def send(self, data: bytes) -> None:
        self.sent.append(data)

    def on_message(self, listener: Any) -> None:
        self.listener = listener

    def on_open(self, listener: Any) -> None:
        self._opened = listener

    def open(self) -> None:
        self.is_open = True
        self._opened()


class FakePeer:
    """A peer connection without a network."""

    def __init__(self, options: PeerOptions, listener: PeerListener) -> None:
        self.options = options
        self.listener = listener
        self.done: list[str] = []
        self.channels: dict[str, FakeChannel] = {}
        self.senders: dict[str, FakeOutbound] = {}
        self.removed: list[OutboundStream] = []
        self.received = [0, 0]
        self.closed = False
        self.restarts = 0
        self.servers: tuple[IceServer, ...] = ()
        self.gap = MediaGap(lambda: 0.0)
        self._offers = count(1)

    def open_channel(self, label: str, *, ordered: bool = True, max_retransmits: int | None = None) -> DataChannel:
        self.channels[label] = FakeChannel(label)
        return self.channels[label]  # type: ignore[return-value]

    def add_sender(
        self,
        codecs: tuple[Codec, ...],
        *,
        stream_id: str,
        track_id: str,
        layers: tuple[SendLayer, ...] = (),
        priority: Priority = Priority.CAMERA,
    ) -> FakeOutbound:
        self.senders[track_id] = FakeOutbound(codecs[0], layers, priority)
        return self.senders[track_id]

    def add_receivers(self, *, sounds: int = 0, pictures: int = 0) -> None:
        self.received = [each + more for each, more in zip(self.received, (sounds, pictures), strict=True)]

    def remove_sender(self, stream: OutboundStream) -> None:
        self.removed.append(stream)

    async def create_offer(self, *, ice_restart: bool = False) -> str:
        return f"offer {next(self._offers)}" + (" restart" if ice_restart else "")

    async def set_answer(self, sdp: str) -> None:
        self.done.append(f"set {sdp}")

    async def accept_offer(self, sdp: str) -> str:
        await asyncio.sleep(0)
        self.done.append(f"accept {sdp}")
        return f"answer to {sdp}"

    async def add_candidate(self, candidate: str, mid: str) -> None:
        self.done.append(f"candidate {candidate} {mid}")

    def suspect(self) -> None:
        self.done.append("suspect")

    def use_servers(self, servers: tuple[IceServer, ...]) -> None:
        self.servers = servers

    def transport_statistics(self) -> TransportStatistics:
        return TransportStatistics(capacity_bps=1_500_000)

    def path(self) -> dict[str, str]:
        return {"protocol": "udp", "candidate": "host", "proxy": ""}

    async def close(self) -> None:
        self.closed = True


class FakeLiveKit:
    """The server's side of one session, and the session."""

    def __init__(self, socket: web.WebSocketResponse, query: dict[str, str]) -> None:
        self.query = query
        self.requests: asyncio.Queue[SignalRequest] = asyncio.Queue()
        self.ear = SessionEar()
        self.peers: list[FakePeer] = []
        self.session: Session
        self.pass_time: Callable[[float], None]
        self.returns: list[dict[str, str]] = []
        self.welcome: SignalResponse | int = SignalResponse(reconnect=ReconnectResponse())
        self._socket = socket

    async def listen(self) -> None:
        """Take in requests until the connection ends."""
        async for message in self._socket:
            if message.type is WSMsgType.BINARY:
                self.requests.put_nowait(SignalRequest.FromString(message.data))

    async def take_back(self, request: web.Request) -> web.StreamResponse:
        """The session comes back: it gets `welcome`, a message or a status of HTTP."""
        self.returns.append(dict(request.query))
        if isinstance(self.welcome, int):
            return web.Response(status=self.welcome)
        self._socket = socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_bytes(self.welcome.SerializeToString())
        await self.listen()
        return socket

    @property
    def subscriber(self) -> FakePeer:
        """The connection for received media; the session makes it first."""
        return self.peers[0]

    @property
    def publisher(self) -> FakePeer:
        """The connection for sent media, or for all."""
        return self.peers[-1]

    async def say(self, **message: Any) -> None:
        """Send one message, named as in `SignalResponse`."""
        await self._socket.send_bytes(SignalResponse(**message).SerializeToString())
        await asyncio.sleep(0.01)

    async def say_bytes(self, data: bytes) -> None:
        """Send anything."""
        await self._socket.send_bytes(data)

    async def hear(self, kind: str) -> Any:
        """The next request of this kind."""
        async with asyncio.timeout(5):
            while True:
                request = await self.requests.get()
                if request.WhichOneof("message") == kind:
                    return getattr(request, kind)

    async def hang_up(self) -> None:
        """Close the connection."""
        await self._socket.close()


@asynccontextmanager
async def fake_livekit(*, single: bool = False, **join: Any) -> AsyncIterator[FakeLiveKit]:
    """A session joined to a server the test speaks for; `join` is added to its join answer.

    With `single` the server is one of those that have one connection for all media.
    """
    servers: list[FakeLiveKit] = []

    async def rtc(request: web.Request) -> web.StreamResponse:
        if servers:
            return await servers[0].take_back(request)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        server = FakeLiveKit(socket, dict(request.query))
        servers.append(server)
        answer = JoinResponse(**{"room": Room(name="tea"), "participant": ME, **join})
        await socket.send_bytes(SignalResponse(join=answer).SerializeToString())
        await server.listen()
        return socket

    peers: list[FakePeer] = []

    def make_peer(options: PeerOptions, listener: PeerListener) -> FakePeer:
        peers.append(FakePeer(options, listener))
        return peers[-1]

    ids, ear, now = count(1), SessionEar(), [0.0]
    async with serving(rtc=rtc, **({"rtc_v1": rtc} if single else {})) as address:
        adapter = LiveKitAdapter(
            Web(),
            clock=lambda: now[0],
            epoch=lambda: 1_800_000_000_000.0,
            random=random.Random(1),
            ids=lambda: f"id{next(ids)}",
            make_peer=make_peer,
        )
        link = adapter.recognise(f"livekit+ws://{address}?room=tea")
        assert link is not None
        credentials = Credentials(api_key="key", api_secret="a-secret-of-at-least-32-characters-")
        session = await adapter.join(JoinRequest(link, "Me", credentials), ear)
        (server,) = servers
        server.session, server.ear, server.peers = session, ear, peers
        server.pass_time = lambda ms: now.__setitem__(0, now[0] + ms)
        try:
            yield server
        finally:
            await session.leave()
