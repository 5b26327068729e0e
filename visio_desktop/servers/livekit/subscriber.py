"""Received media: the peer connection in which the server makes the offers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, Protocol

from livekit.protocol.rtc import SessionDescription, SignalTarget, TrickleRequest

from visio_desktop.rtc import DataChannel, PeerOptions, PeerState, RtcError
from visio_desktop.rtc.frames import InboundStream
from visio_desktop.servers.livekit.incoming import Incoming, MediaListener
from visio_desktop.servers.livekit.peers import MakePeer, Peer
from visio_desktop.servers.livekit.wire import Candidate
from visio_desktop.servers.port import SessionClosed
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

_log = get_logger(__name__)
_MAX_WAITING = 256


class SendRequest(Protocol):
    """Sends a signalling request, named as in `SignalRequest`."""

    async def __call__(self, **request: Any) -> None:
        """Send it."""


async def tell_candidate(send: SendRequest, target: SignalTarget, candidate: str) -> None:
    """Tell the server of one more address of ours (RFC 8838); all media is bundled, so any m-line stands for all."""
    init = json.dumps({"candidate": f"candidate:{candidate}", "sdpMid": "0", "sdpMLineIndex": 0})
    try:
        await send(trickle=TrickleRequest(candidateInit=init, target=target))
    except SessionClosed:
        _log.debug("candidate_not_told")


class Subscriber:
    """Answers offers one after the other, in the order in which they came, candidates in between."""

    def __init__(
        self, make_peer: MakePeer, options: PeerOptions, *, send: SendRequest, listener: MediaListener, tasks: Tasks
    ) -> None:
        self._send = send
        self._listener = listener
        self._tasks = tasks
        self._waiting: asyncio.Queue[SessionDescription | Candidate] = asyncio.Queue(_MAX_WAITING)
        self._incoming = Incoming(listener)
        self._offer: SessionDescription | None = None
        self._answered: SessionDescription | None = None
        self._peer = make_peer(options, self)
        tasks.start(self._work(), name="subscriber")

    def receive(self, item: SessionDescription | Candidate) -> None:
        """An offer or a candidate from the server."""
        try:
            self._waiting.put_nowait(item)
        except asyncio.QueueFull:
            _log.warning("subscriber_flooded")

    def path(self) -> dict[str, str]:
        """How media goes."""
        return self._peer.path()

    @property
    def peer(self) -> Peer:
        """The connection."""
        return self._peer

    def agreed(self) -> tuple[SessionDescription | None, SessionDescription | None]:
        """The last offer and our answer to it."""
        return self._offer, self._answered

    async def close(self) -> None:
        """Release the connection."""
        await self._peer.close()

    # ---- PeerListener

    def on_state(self, state: PeerState) -> None:
        """See `PeerListener`."""
        self._listener.on_peer_state(SignalTarget.SUBSCRIBER, state)

    def on_stream(self, stream: InboundStream, *, mid: str, stream_id: str, track_id: str) -> None:
        """See `PeerListener`."""
        self._incoming.began(stream, mid, stream_id, track_id)

    def on_stream_ended(self, stream: InboundStream) -> None:
        """See `PeerListener`."""
        self._incoming.ended(stream)

    def on_channel(self, channel: DataChannel) -> None:
        """See `PeerListener`."""
        self._incoming.opened(channel)

    def on_own_candidate(self, candidate: str) -> None:
        """See `PeerListener`."""
        self._tasks.start(tell_candidate(self._send, SignalTarget.SUBSCRIBER, candidate), name="candidate")

    # ---- negotiation

    async def _work(self) -> None:
        handle: dict[type, Callable[[Any], Any]] = {SessionDescription: self._answer, Candidate: self._add}
        while True:
            item = await self._waiting.get()
            try:
                await handle[type(item)](item)
            except SessionClosed:  # there is nobody left to answer
                return
            except RtcError as error:
                _log.warning("subscriber_negotiation_failed", what=type(item).__name__, error=str(error))

    async def _answer(self, offer: SessionDescription) -> None:
        self._incoming.described(offer.mid_to_track_id)
        sdp = await self._peer.accept_offer(offer.sdp)
        self._offer, self._answered = offer, SessionDescription(type="answer", sdp=sdp, id=offer.id)
        await self._send(answer=self._answered)

    async def _add(self, candidate: Candidate) -> None:
        if candidate.line:
            await self._peer.add_candidate(candidate.line, candidate.mid)
