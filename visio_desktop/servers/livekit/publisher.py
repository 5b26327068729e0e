"""Sent media and data: the peer connection in which we make the offers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from livekit.protocol.models import DataPacket, TrackInfo, TrackSource, TrackType, VideoLayer, VideoQuality
from livekit.protocol.rtc import (
    AddTrackRequest,
    RequestResponse,
    SessionDescription,
    SignalTarget,
    SimulcastCodec,
    TrackPublishedResponse,
)

from visio_desktop.meeting.values import Source
from visio_desktop.rtc import DataChannel, PeerOptions, PeerState, RtcError
from visio_desktop.rtc.frames import InboundStream, OutboundStream
from visio_desktop.servers.livekit.peers import Ids, MakePeer
from visio_desktop.servers.livekit.roster import SOURCES
from visio_desktop.servers.livekit.subscriber import MediaListener, SendRequest
from visio_desktop.servers.livekit.wire import MAX_PACKET_BYTES, Candidate
from visio_desktop.servers.port import PublishRequest, RequestFailed, SessionClosed
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)
_ANSWER_TIMEOUT_S = 10.0
_CHANNEL_TIMEOUT_S = 10.0
_TRACK_SOURCES = {source: number for number, source in SOURCES.items()}


@dataclass(slots=True)
class _Sent:
    """One track of ours."""

    request: PublishRequest
    cid: str
    stream: OutboundStream
    info: asyncio.Future[TrackInfo]


@dataclass(slots=True)
class _Negotiations:
    """How far offers have come: several changes that wait together share one offer."""

    wanted: int = 0
    done: int = 0
    offer_id: int = 0
    answer: asyncio.Future[str] | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Publisher:
    """Publishes sources and sends data. Offers are made one after the other."""

    def __init__(
        self, make_peer: MakePeer, options: PeerOptions, *, send: SendRequest, listener: MediaListener, ids: Ids
    ) -> None:
        self._send = send
        self._listener = listener
        self._ids = ids
        self._sent: dict[Source, _Sent] = {}
        self._negotiations = _Negotiations()
        self._peer = make_peer(options, self)
        # Channels come before the first offer: the server expects the m-line of data in it.
        self._reliable = self._peer.open_channel("_reliable")
        self._lossy = self._peer.open_channel("_lossy", ordered=False, max_retransmits=0)
        self._open = {channel: asyncio.Event() for channel in (self._reliable, self._lossy)}
        for channel, is_open in self._open.items():
            channel.on_message(listener.on_packet)
            channel.on_open(is_open.set)

    async def publish(self, request: PublishRequest, stream_id: str) -> tuple[OutboundStream, TrackInfo]:
        """Announce and negotiate; announcement and offer go out together. Raises `RequestFailed`."""
        if request.source in self._sent:
            raise RequestFailed(f"{request.source.value} is already published")
        cid = self._ids()
        stream = self._peer.add_sender(request.codecs, stream_id=stream_id, track_id=cid)
        info: asyncio.Future[TrackInfo] = asyncio.get_running_loop().create_future()
        sent = self._sent[request.source] = _Sent(request, cid, stream, info)
        try:
            async with asyncio.timeout(_ANSWER_TIMEOUT_S):
                await self._send(add_track=_announcement(request, cid))
                await self.negotiate()
                return stream, await info
        except (RtcError, TimeoutError) as error:
            raise RequestFailed(f"{request.source.value} not published: {error}") from error
        finally:
            if not _succeeded(info):
                self._forget(sent)

    async def unpublish(self, source: Source) -> str | None:
        """Take a source back; gives the sid it had."""
        sent = self._sent.get(source)
        if sent is None:
            return None
        self._forget(sent)
        try:
            await self.negotiate()
        except (RtcError, TimeoutError) as error:
            _log.warning("unpublish_not_negotiated", source=source.value, error=str(error))
        return sent.info.result().sid if _succeeded(sent.info) else None

    def sid(self, source: Source) -> str | None:
        """The sid of a published source."""
        sent = self._sent.get(source)
        return sent.info.result().sid if sent is not None and _succeeded(sent.info) else None

    def source(self, sid: str) -> Source | None:
        """The source published under a sid."""
        return next((source for source in self._sent if self.sid(source) == sid), None)

    async def negotiate(self) -> None:
        """Offer what has changed. Raises `RtcError` or `TimeoutError`."""
        state = self._negotiations
        state.wanted += 1
        mine = state.wanted
        async with state.lock:
            if state.done >= mine:
                return
            covered = state.wanted
            await self._offer(state)
            state.done = covered

    async def send_data(self, packet: DataPacket, *, reliable: bool = True) -> None:
        """Send one packet, waiting for the channel to open. Raises `RequestFailed`."""
        channel = self._reliable if reliable else self._lossy
        data = bytes(packet.SerializeToString())
        if len(data) > MAX_PACKET_BYTES:
            raise RequestFailed(f"packet of {len(data)} bytes")
        try:
            async with asyncio.timeout(_CHANNEL_TIMEOUT_S):
                await self._open[channel].wait()
            channel.send(data)
        except (RtcError, TimeoutError) as error:
            raise RequestFailed("the data channel is not open") from error

    def path(self) -> dict[str, str]:
        """How media goes."""
        return self._peer.path()

    async def close(self) -> None:
        """Release the connection; what waits for an answer fails."""
        for sent in self._sent.values():
            _fail(sent.info)
        if self._negotiations.answer is not None:
            _fail(self._negotiations.answer)
        await self._peer.close()

    # ---- from the server

    def on_published(self, response: TrackPublishedResponse) -> None:
        """A track of ours was taken."""
        sent = next((s for s in self._sent.values() if s.cid == response.cid), None)
        if sent is not None and not sent.info.done():
            sent.info.set_result(response.track)

    def on_refused(self, response: RequestResponse) -> None:
        """A request of ours was answered; all but `OK` and `QUEUED` are refusals."""
        if response.reason in {RequestResponse.Reason.OK, RequestResponse.Reason.QUEUED}:
            return
        _log.warning("request_refused", reason=response.reason, message=response.message)
        cid = response.add_track.cid
        sent = next((s for s in self._sent.values() if s.cid == cid), None)
        if sent is not None and not sent.info.done():
            sent.info.set_exception(RequestFailed(response.message))

    def on_answer(self, answer: SessionDescription) -> None:
        """The server's answer; one to an older offer is passed over. Old servers do not number them."""
        state = self._negotiations
        if state.answer is not None and not state.answer.done() and answer.id in {0, state.offer_id}:
            state.answer.set_result(answer.sdp)

    async def on_candidate(self, candidate: Candidate) -> None:
        """One more address of the server."""
        if candidate.line:
            await self._peer.add_candidate(candidate.line, candidate.mid)

    # ---- PeerListener

    def on_state(self, state: PeerState) -> None:
        """See `PeerListener`."""
        self._listener.on_peer_state(SignalTarget.PUBLISHER, state)

    def on_stream(self, stream: InboundStream, *, mid: str, stream_id: str, track_id: str) -> None:
        """See `PeerListener`: with two connections nothing is received here."""

    def on_stream_ended(self, stream: InboundStream) -> None:
        """See `PeerListener`."""

    def on_channel(self, channel: DataChannel) -> None:
        """See `PeerListener`."""
        channel.on_message(self._listener.on_packet)

    # ---- within

    async def _offer(self, state: _Negotiations) -> None:
        sdp = await self._peer.create_offer()
        state.offer_id += 1
        state.answer = asyncio.get_running_loop().create_future()
        await self._send(offer=SessionDescription(type="offer", sdp=sdp, id=state.offer_id))
        async with asyncio.timeout(_ANSWER_TIMEOUT_S):
            answer = await state.answer
        await self._peer.set_answer(answer)

    def _forget(self, sent: _Sent) -> None:
        if self._sent.get(sent.request.source) is sent:
            del self._sent[sent.request.source]
            self._peer.remove_sender(sent.stream)


def _fail(waiting: asyncio.Future[Any]) -> None:
    """Let whoever waits hear that it is over; that nobody waits is no error."""
    if not waiting.done():
        waiting.set_exception(SessionClosed("the session is over"))
        waiting.exception()


def _succeeded(info: asyncio.Future[TrackInfo]) -> bool:
    return info.done() and not info.cancelled() and info.exception() is None


def _announcement(request: PublishRequest, cid: str) -> AddTrackRequest:
    announcement = AddTrackRequest(
        cid=cid,
        name=request.source.value,
        type=TrackType.VIDEO if request.source.is_video else TrackType.AUDIO,
        source=_TRACK_SOURCES.get(request.source, TrackSource.UNKNOWN),
        muted=request.muted,
    )
    if request.source.is_video:
        layer = VideoLayer(
            quality=VideoQuality.HIGH,
            width=request.width_px,
            height=request.height_px,
            bitrate=request.bitrate_bps,
        )
        announcement.width, announcement.height = request.width_px, request.height_px
        announcement.layers.append(layer)
        codec = SimulcastCodec(codec=request.codecs[0].value, cid=cid, layers=[layer])
        announcement.simulcast_codecs.append(codec)
    return announcement
