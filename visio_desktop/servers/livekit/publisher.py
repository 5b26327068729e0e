"""Sent media and data: the peer connection in which we make the offers. It may carry received media as well."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from livekit.protocol.models import DataPacket, TrackInfo
from livekit.protocol.rtc import (
    AddTrackRequest,
    MediaSectionsRequirement,
    RequestResponse,
    SessionDescription,
    SignalTarget,
    SubscribedQualityUpdate,
    TrackPublishedResponse,
)

from visio_desktop.meeting.values import Source
from visio_desktop.rtc import DataChannel, PeerOptions, PeerState, RtcError
from visio_desktop.rtc.congestion.demand import Priority
from visio_desktop.rtc.frames import InboundStream, OutboundStream
from visio_desktop.servers.livekit.announcing import announcement, watched_layers
from visio_desktop.servers.livekit.encryption import GCM, Encryption
from visio_desktop.servers.livekit.incoming import Incoming, MediaListener
from visio_desktop.servers.livekit.peers import Ids, MakePeer, Peer
from visio_desktop.servers.livekit.renewing import Renewal
from visio_desktop.servers.livekit.subscriber import SendRequest, tell_candidate
from visio_desktop.servers.livekit.wire import MAX_PACKET_BYTES, Candidate
from visio_desktop.servers.port import PublishRequest, RequestFailed, SessionClosed
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

_log = get_logger(__name__)
_ANSWER_TIMEOUT_S = 10.0
_CHANNEL_TIMEOUT_S = 10.0
_MAX_RECEIVED = 200
CHANNELS = ("_reliable", "_lossy")


@dataclass(slots=True)
class _Sent:
    """One track of ours."""

    request: PublishRequest
    cid: str
    stream: OutboundStream
    info: asyncio.Future[TrackInfo]
    limit: asyncio.Timeout | None = None
    update: SubscribedQualityUpdate | None = None

    def give(self, seconds: float | None) -> None:
        """Wait so long from now on for the server to take it, None: without end."""
        if self.limit is not None and not self.limit.expired():
            self.limit.reschedule(None if seconds is None else asyncio.get_running_loop().time() + seconds)

    def watch(self, update: SubscribedQualityUpdate | None) -> None:
        """Take what the server says of who watches; it may do so before the layers are negotiated."""
        self.update = update
        watched = None if update is None else watched_layers(update, self.stream.codec, len(self.stream.layers))
        if watched is not None:
            self.stream.want_layers(watched)


@dataclass(slots=True)
class _Negotiations:
    """How far offers have come: several changes that wait together share one offer."""

    wanted: int = 0
    done: int = 0
    offer_id: int = 0
    answer: asyncio.Future[str] | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    restart: bool = False
    agreed: tuple[SessionDescription | None, SessionDescription | None] = (None, None)

    @property
    def awaits_answer(self) -> bool:
        """Whether an offer is under way."""
        return self.answer is not None and not self.answer.done()


class _Void(Exception):  # noqa: N818 - reads as a state
    """The connection an offer went over is gone, and the offer with it."""


class Publisher:
    """Publishes sources and sends data. Offers are made one after the other."""

    def __init__(
        self,
        make_peer: MakePeer,
        options: PeerOptions,
        *,
        send: SendRequest,
        listener: MediaListener,
        ids: Ids,
        encryption: Encryption,
    ) -> None:
        self._encryption = encryption
        self._send = send
        self._listener = listener
        self._incoming = Incoming(listener)
        self._spare = [0, 0]
        self._lines = 0
        self._asked: asyncio.Task[None] | None = None
        self._ids = ids
        self._sent: dict[Source, _Sent] = {}
        self._negotiations = _Negotiations()
        self._negotiations.open.set()
        self._tasks = Tasks("livekit.publisher")
        self._peer = make_peer(options, self)
        # Channels come before the first offer: the server expects the m-line of data in it.
        reliable, lossy = CHANNELS
        self._reliable = self._peer.open_channel(reliable)
        self._lossy = self._peer.open_channel(lossy, ordered=False, max_retransmits=0)
        self._open = {channel: asyncio.Event() for channel in (self._reliable, self._lossy)}
        for channel, is_open in self._open.items():
            channel.on_message(listener.on_packet)
            channel.on_open(is_open.set)

    async def publish(self, request: PublishRequest, stream_id: str) -> tuple[OutboundStream, TrackInfo]:
        """Announce and negotiate; announcement and offer go out together. Raises `RequestFailed`."""
        if request.source in self._sent:
            raise RequestFailed(f"{request.source.value} is already published")
        cid = self._ids()
        priority = Priority.SCREEN if request.source is Source.SCREEN else Priority.CAMERA
        stream = self._peer.add_sender(
            request.codecs, stream_id=stream_id, track_id=cid, layers=request.layers, priority=priority
        )
        self._encryption.protect(stream)
        info: asyncio.Future[TrackInfo] = asyncio.get_running_loop().create_future()
        sent = self._sent[request.source] = _Sent(request, cid, stream, info)
        try:
            async with asyncio.timeout(_ANSWER_TIMEOUT_S) as sent.limit:
                await self._send(add_track=self._announced(request, cid))
                await self.negotiate()
                sent.watch(sent.update)
                track = await info
                if stream.layers:
                    renewal = Renewal(self._send, self._tasks, track.sid, request.width_px, request.height_px)
                    stream.on_pause(renewal.ask)
                return stream, track
        except (RtcError, TimeoutError) as error:
            raise RequestFailed(f"{request.source.value} not published: {error}") from error
        finally:
            sent.limit = None
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
            state.done = await self._offer(state)

    def expect(self, sounds: int, pictures: int) -> None:
        """The only connection: offer the server so many m-lines to send on from the first, so that it need not ask."""
        self._spare = [sounds, pictures]
        self._receive(sounds, pictures)

    async def send_data(self, packet: DataPacket, *, reliable: bool = True) -> None:
        """Send one packet, waiting for the channel to open. Raises `RequestFailed`."""
        channel = self._reliable if reliable else self._lossy
        packet = self._encryption.seal(packet)
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

    @property
    def peer(self) -> Peer:
        """The connection."""
        return self._peer

    def agreed(self) -> tuple[SessionDescription | None, SessionDescription | None]:
        """The last offer and the answer to it."""
        return self._negotiations.agreed

    def published(self) -> list[TrackPublishedResponse]:
        """What the server has taken of us, in its words."""
        taken = [sent for sent in self._sent.values() if _succeeded(sent.info)]
        return [TrackPublishedResponse(cid=sent.cid, track=sent.info.result()) for sent in taken]

    def hold(self) -> None:
        """Signalling is gone: whatever waits for an answer waits for its return."""
        self._negotiations.open.clear()
        _fail(self._negotiations.answer, _Void())
        for sent in self._sent.values():
            sent.give(None)

    async def restart(self) -> None:
        """Signalling is back: say again what had no answer, and look for another way for media.

        Raises `RtcError` or `TimeoutError`.
        """
        state = self._negotiations
        _fail(state.answer, _Void())
        for sent in list(self._sent.values()):
            sent.give(_ANSWER_TIMEOUT_S)
            if not sent.info.done():
                await self._send(add_track=self._announced(sent.request, sent.cid))
        state.restart = True
        state.open.set()
        await self.negotiate()

    async def close(self) -> None:
        """Release the connection; what waits for an answer fails."""
        over = SessionClosed("the session is over")
        for sent in self._sent.values():
            _fail(sent.info, over)
        _fail(self._negotiations.answer, over)
        await self._tasks.close()
        await self._peer.close()
        self._negotiations.open.set()

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
            self._incoming.described(answer.mid_to_track_id)
            state.answer.set_result(answer.sdp)

    def on_sections(self, wanted: MediaSectionsRequirement) -> None:
        """The server wants to send on so many m-lines more, or otherwise on those it has: offer that.

        What it says before it answers an offer it says without knowing that offer; where m-lines are missing
        nevertheless, it says so again after the answer (livekit-server, `transport.go`).
        """
        if self._negotiations.awaits_answer:
            return
        sounds, pictures = wanted.num_audios, wanted.num_videos
        if self._negotiations.offer_id == 0:
            sounds, pictures = self._unexpected(0, sounds), self._unexpected(1, pictures)
            if not sounds + pictures:
                return
        self._receive(sounds, pictures)
        self._negotiations.wanted += 1
        if self._asked is None or self._asked.done():
            self._asked = self._tasks.start(self._offer_more(), name="sections")

    def on_watched(self, update: SubscribedQualityUpdate) -> None:
        """The server says which layers of a track anybody watches."""
        source = self.source(update.track_sid)
        if source is not None:
            self._sent[source].watch(update)

    async def on_candidate(self, candidate: Candidate) -> None:
        """One more address of the server."""
        if candidate.line:
            await self._peer.add_candidate(candidate.line, candidate.mid)

    # ---- PeerListener

    def on_state(self, state: PeerState) -> None:
        """See `PeerListener`."""
        self._listener.on_peer_state(SignalTarget.PUBLISHER, state)

    def on_stream(self, stream: InboundStream, *, mid: str, stream_id: str, track_id: str) -> None:
        """See `PeerListener`: where there are two connections nothing is received here."""
        self._incoming.began(stream, mid, stream_id, track_id)

    def on_stream_ended(self, stream: InboundStream) -> None:
        """See `PeerListener`."""
        self._incoming.ended(stream)

    def on_channel(self, channel: DataChannel) -> None:
        """See `PeerListener`."""
        self._incoming.opened(channel)

    def on_own_candidate(self, candidate: str) -> None:
        """See `PeerListener`."""
        self._tasks.start(tell_candidate(self._send, SignalTarget.PUBLISHER, candidate), name="candidate")

    # ---- within

    def _announced(self, request: PublishRequest, cid: str) -> AddTrackRequest:
        announced = announcement(request, cid)
        if self._encryption.is_on:
            announced.encryption = GCM
            announced.disable_red = True
        return announced

    async def _offer(self, state: _Negotiations) -> int:
        """Offer, and offer again where signalling was lost before the answer; which wishes it covers."""
        answer, covered = None, 0
        while answer is None:
            await state.open.wait()
            covered = state.wanted
            restart, state.restart = state.restart, False
            sdp = await self._peer.create_offer(ice_restart=restart)
            state.offer_id += 1
            state.answer = asyncio.get_running_loop().create_future()
            offer = SessionDescription(type="offer", sdp=sdp, id=state.offer_id)
            await self._send(offer=offer)
            try:
                async with asyncio.timeout(_ANSWER_TIMEOUT_S):
                    answer = await state.answer
            except _Void:
                _log.info("offer_void")
        await self._peer.set_answer(answer)
        state.agreed = (offer, SessionDescription(type="answer", sdp=answer, id=state.offer_id))
        return covered

    def _receive(self, sounds: int, pictures: int) -> None:
        sounds = min(sounds, _MAX_RECEIVED - self._lines)
        pictures = min(pictures, _MAX_RECEIVED - self._lines - sounds)
        self._lines += sounds + pictures
        self._peer.add_receivers(sounds=sounds, pictures=pictures)

    def _unexpected(self, kind: int, asked: int) -> int:
        """What the first offer, which has not left yet, does not hold of what is asked for."""
        covered = min(asked, self._spare[kind])
        self._spare[kind] -= covered
        return asked - covered

    async def _offer_more(self) -> None:
        state = self._negotiations
        try:
            while state.done < state.wanted:
                await self.negotiate()
        except (RtcError, TimeoutError, SessionClosed) as error:
            _log.warning("offer_failed", error=str(error))

    def _forget(self, sent: _Sent) -> None:
        if self._sent.get(sent.request.source) is sent:
            del self._sent[sent.request.source]
            self._peer.remove_sender(sent.stream)


def _fail(waiting: asyncio.Future[Any] | None, error: Exception) -> None:
    """Let whoever waits hear of it; that nobody waits is no error."""
    if waiting is not None and not waiting.done():
        waiting.set_exception(error)
        waiting.exception()


def _succeeded(info: asyncio.Future[TrackInfo]) -> bool:
    return info.done() and not info.cancelled() and info.exception() is None
