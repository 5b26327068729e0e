"""A LiveKit server that says yes to everything, in a thread of its own, and connections that always find their way.

For tests of what our side does whatever happens: the test cuts signalling, refuses returns, sends people away. Every
frame that leaves is shown to `on_frame` on the engine's loop, where it would go to the network.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from itertools import count
from typing import Any, Self

from aiohttp import WSMsgType, web
from livekit.protocol.models import Room, TrackInfo
from livekit.protocol.rtc import (
    JoinResponse,
    LeaveRequest,
    MuteTrackRequest,
    ReconnectResponse,
    SessionDescription,
    SignalRequest,
    SignalResponse,
    TrackPublishedResponse,
)

from tests.helpers.fake_livekit import ME, FakePeer
from tests.helpers.fakes import FakeOutbound
from tests.helpers.web_server import serving
from visio_desktop.rtc import PeerListener, PeerOptions, PeerState
from visio_desktop.rtc.frames import EncodedFrame
from visio_desktop.servers.livekit.adapter import LiveKitAdapter

type OnFrame = Callable[[EncodedFrame], None]


class _Outbound(FakeOutbound):
    """Shows what is sent; nothing is once it was taken away."""

    def __init__(self, *arguments: Any, on_frame: OnFrame) -> None:
        super().__init__(*arguments)
        self._on_frame = on_frame

    def send(self, frame: EncodedFrame) -> None:
        self._on_frame(frame)


class ObligingPeer(FakePeer):
    """Connected as soon as it was negotiated, restarted as soon as that was."""

    def __init__(self, options: PeerOptions, listener: PeerListener, on_frame: OnFrame) -> None:
        super().__init__(options, listener)
        self._on_frame = on_frame

    def add_sender(self, codecs: Any, *, stream_id: str, track_id: str, **more: Any) -> FakeOutbound:
        return _Outbound(codecs[0], on_frame=self._on_frame)

    async def set_answer(self, sdp: str) -> None:
        self._settled(sdp)

    async def accept_offer(self, sdp: str) -> str:
        self._settled(sdp)
        return "yes"

    def _settled(self, sdp: str) -> None:
        self.restarts += "restart" in sdp
        self.listener.on_state(PeerState.CONNECTED)


class ObligingLiveKit:
    """Use as a context. `refuses` sends those away who come back; they may join anew."""

    def __init__(self, on_frame: OnFrame) -> None:
        self._on_frame = on_frame
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._sockets: set[web.WebSocketResponse] = set()
        self._stop = asyncio.Event()
        self._ids = count(1)
        self._muted_sid = ""
        self.peers: list[ObligingPeer] = []
        self.refuses = False
        self.address = ""

    @property
    def link(self) -> str:
        """What the application joins."""
        return f"livekit+ws://{self.address}?room=tea"

    def adapter(self) -> LiveKitAdapter:
        """Ours, with such connections."""
        return LiveKitAdapter(make_peer=self._make_peer)

    def cut(self) -> None:
        """Signalling breaks."""
        self._do(self._cut)

    def dismiss(self) -> None:
        """The server asks to join anew."""
        self._do(lambda: self._say(leave=LeaveRequest(action=LeaveRequest.Action.RECONNECT)))

    def mute(self) -> None:
        """A moderator mutes what was published last."""
        self._do(lambda: self._say(mute=MuteTrackRequest(sid=self._muted_sid, muted=True)))

    def _make_peer(self, options: PeerOptions, listener: PeerListener) -> ObligingPeer:
        self.peers.append(ObligingPeer(options, listener, self._on_frame))
        return self.peers[-1]

    def _do(self, work: Callable[[], Any]) -> None:
        asyncio.run_coroutine_threadsafe(work(), self._loop).result(5)

    async def _cut(self) -> None:
        for socket in list(self._sockets):
            await socket.close()

    async def _say(self, **message: Any) -> None:
        for socket in list(self._sockets):
            await _send(socket, **message)

    async def _rtc(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.add(socket)
        try:
            await self._serve(socket, returning="reconnect" in request.query)
        finally:
            self._sockets.discard(socket)
        return socket

    async def _serve(self, socket: web.WebSocketResponse, *, returning: bool) -> None:
        if returning and self.refuses:
            await _send(socket, leave=LeaveRequest(action=LeaveRequest.Action.RECONNECT))
            return
        if returning:
            await _send(socket, reconnect=ReconnectResponse())
        else:
            await _send(socket, join=JoinResponse(room=Room(name="tea"), participant=ME))
        await _send(socket, offer=SessionDescription(type="offer", sdp="restart" if returning else "first", id=1))
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                await self._oblige(socket, SignalRequest.FromString(message.data))

    async def _oblige(self, socket: web.WebSocketResponse, request: SignalRequest) -> None:
        match request.WhichOneof("message"):
            case "offer":
                await _send(
                    socket, answer=SessionDescription(type="answer", sdp=request.offer.sdp, id=request.offer.id)
                )
            case "add_track":
                asked = request.add_track
                self._muted_sid = f"TR_{next(self._ids)}"
                track = TrackInfo(sid=self._muted_sid, type=asked.type, source=asked.source)
                await _send(socket, track_published=TrackPublishedResponse(cid=asked.cid, track=track))

    async def _run(self, ready: threading.Event) -> None:
        async with serving(rtc=self._rtc) as self.address:
            ready.set()
            await self._stop.wait()

    def __enter__(self) -> Self:
        self._thread.start()
        ready = threading.Event()
        self._running = asyncio.run_coroutine_threadsafe(self._run(ready), self._loop)
        assert ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._running.result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


async def _send(socket: web.WebSocketResponse, **message: Any) -> None:
    await socket.send_bytes(SignalResponse(**message).SerializeToString())
