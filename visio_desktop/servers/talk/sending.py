"""What we send: microphone and camera over one connection, a screen with its sound over another.

Other clients ask for a stream when somebody comes, and hardly again. So each connection has its m-lines from the first
offer on, for sources that are off too, and is kept while nothing is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from visio_desktop.meeting.values import Source
from visio_desktop.rtc import DataChannel, PeerState, RtcError
from visio_desktop.rtc.frames import Codec, EncodedFrame, InboundStream, OutboundStream
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.links.line import Line
from visio_desktop.servers.links.outlet import Outlet
from visio_desktop.servers.links.outward import Outward
from visio_desktop.servers.links.ways import Ways
from visio_desktop.servers.links.wire import MakePeer
from visio_desktop.servers.port import PublishRequest, RequestFailed
from visio_desktop.servers.talk.signal import fail
from visio_desktop.servers.talk.words import LONGEST_SDP
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger

VIDEO, SCREEN = "video", "screen"
"""The two sorts of stream, by the server's names: what people send of themselves, and screens."""
CHANNEL = "status"
ANSWER_TIMEOUT_S = 12.0
_CODECS = {
    Source.MICROPHONE: (Codec.OPUS,),
    Source.CAMERA: (Codec.VP8, Codec.H264),
    Source.SCREEN_AUDIO: (Codec.OPUS,),
    Source.SCREEN: (Codec.VP8, Codec.H264),
}
_LINES = {VIDEO: (Source.MICROPHONE, Source.CAMERA), SCREEN: (Source.SCREEN_AUDIO, Source.SCREEN)}
_MOST_RESTARTS = 3
_log = get_logger(__name__)

type Say = Callable[[Mapping[str, Any]], Awaitable[str]]
"""Tells the server something of a stream of ours; the id that it will be refused by. Raises `RequestFailed`."""


class SendingListener(Protocol):
    """Who is told."""

    def on_voice_frame(self, frame: EncodedFrame) -> None:
        """Sound of the microphone goes out."""

    def on_sending_over(self) -> None:
        """A connection of ours is gone and does not come back."""


@dataclass(slots=True)
class _Sent:
    """A source that is on: the engine sends on the outlet, whatever connection there is."""

    request: PublishRequest
    outlet: Outlet


class Stream:
    """One connection of ours; `sort` is `VIDEO` or `SCREEN`, `allowed` what may be sent on it."""

    def __init__(
        self,
        sort: str,
        make_peer: MakePeer,
        say: Say,
        ways: Ways,
        listener: SendingListener,
        clock: Clock,
        restart: Callable[[Stream], None],
    ) -> None:
        self.sort = sort
        self._make_peer = make_peer
        self._say = say
        self._ways = ways
        self._listener = listener
        self._clock = clock
        self._restart = restart
        self._outward: Outward | None = None
        self._old: list[Outward] = []
        self._channel: DataChannel | None = None
        self._lines: dict[Source, Line] = {}
        self._sent: dict[Source, _Sent] = {}
        self._answer: asyncio.Future[str] | None = None
        self._asked = ""
        self._lock = asyncio.Lock()
        self._restarts = 0
        self._closed = False

    @property
    def sent(self) -> Mapping[Source, _Sent]:
        """What is on."""
        return self._sent

    @property
    def is_open(self) -> bool:
        """Whether the server has it."""
        return self._outward is not None

    async def begin(self, allowed: frozenset[Source]) -> None:
        """Agree on m-lines for all that may be sent; those there are already stay. Raises `RequestFailed`."""
        async with self._lock:
            wanted = tuple(source for source in _LINES[self.sort] if source in allowed)
            if set(wanted) == set(self._lines) or not wanted or self._closed:
                return
            await self._end()
            outward = Outward(self._make_peer, self._agree, self)
            self._old.append(outward)  # until it is agreed on
            try:
                if self.sort == VIDEO:
                    self._channel = outward.wire.peer.open_channel(CHANNEL)
                await outward.add(*(PublishRequest(source, _CODECS[source]) for source in wanted))
            except (RequestFailed, RtcError) as error:
                await self._end()
                raise RequestFailed(f"not published: {error}") from error
            self._old.remove(outward)
            self._outward = outward
            self._ways.add(outward.wire)
            for source in wanted:
                heard = self._listener.on_voice_frame if source is Source.MICROPHONE else None
                self._lines[source] = Line(outward.sent[source], self._clock, heard)
            for source, sent in self._sent.items():
                if source in self._lines:
                    sent.outlet.lead_to(self._lines[source].open())

    async def again(self, allowed: frozenset[Source]) -> None:
        """The connection is gone: make another one. Raises `RequestFailed`."""
        async with self._lock:
            await self._end()
            self._restarts += 1
        if self._restarts > _MOST_RESTARTS:
            raise RequestFailed("the connection broke too often")
        await self.begin(allowed)

    def publish(self, request: PublishRequest) -> OutboundStream:
        """Give a source its m-line. Raises `RequestFailed`."""
        line = self._lines.get(request.source)
        if line is None or request.source in self._sent:
            raise RequestFailed(f"{request.source.value} cannot be sent now")
        outlet = Outlet(request.codecs[0])
        outlet.lead_to(line.open())
        self._sent[request.source] = _Sent(request, outlet)
        return outlet

    def unpublish(self, source: Source) -> bool:
        """Take the m-line back; whether it was in use."""
        sent = self._sent.pop(source, None)
        if sent is None:
            return False
        sent.outlet.shut()
        if source in self._lines:
            self._lines[source].shut()
        return True

    def capacity_bps(self) -> int | None:
        """What the way is thought to carry."""
        return None if self._outward is None else self._outward.wire.peer.transport_statistics().capacity_bps

    def say(self, data: bytes) -> None:
        """A message to those who receive this, as far as there is a way now."""
        if self._channel is not None and self._channel.is_open:
            with suppress(RtcError):
                self._channel.send(data)

    def hear(self, data: Fields) -> None:
        """The server's words of this stream: its answer to our offer."""
        sdp = data.object("payload").text("sdp", longest=LONGEST_SDP)
        if data.text("type") == "answer" and sdp and self._answer is not None and not self._answer.done():
            self._answer.set_result(sdp)

    async def hear_candidate(self, candidate: str, mid: str) -> None:
        """An address of the server's."""
        if self._outward is not None:
            await self._outward.take_candidate(candidate, mid)

    def refused(self, number: str, code: str) -> bool:
        """The server refused a request; whether it was one of ours."""
        if not number or number != self._asked or self._answer is None:
            return False
        fail(self._answer, RequestFailed(f"the server refused: {code}"))
        return True

    async def close(self) -> None:
        """Release the connection."""
        self._closed = True
        if self._answer is not None:
            fail(self._answer, RequestFailed("it is over"))
        async with self._lock:
            await self._end()

    async def _end(self) -> None:
        """Release the connection, and one that did not come about."""
        for line in self._lines.values():
            line.shut()
        self._lines, self._channel = {}, None
        if self._outward is not None:
            self._ways.drop(self._outward.wire)
            self._old.append(self._outward)
            self._outward = None
        while self._old:
            await self._old.pop().close()

    async def _agree(self, offer: str) -> str:
        if self._closed:
            raise RequestFailed("it is over")
        self._answer = asyncio.get_running_loop().create_future()
        payload = {"type": "offer", "sdp": offer}
        sid = str(int(self._clock()))
        self._asked = await self._say({"type": "offer", "roomType": self.sort, "sid": sid, "payload": payload})
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                return await self._answer
        except TimeoutError as error:
            raise RequestFailed("no answer to an offer") from error
        finally:
            self._answer = None

    # ---- Hearing

    def on_state(self, state: PeerState) -> None:
        """See `Hearing`."""
        self._ways.heard(state)
        if state is PeerState.FAILED:
            self._restart(self)

    def on_stream(self, stream: InboundStream, mid: str) -> None:
        """Nothing comes in here."""

    def on_stream_ended(self, stream: InboundStream) -> None:
        """Nothing came in here."""

    def on_channel(self, channel: DataChannel) -> None:
        """The server opens none here."""

    def on_candidate(self, candidate: str) -> None:
        """All are in the offer."""


class Sending:
    """Both connections. `begin` it, `allow` what may be sent."""

    def __init__(
        self,
        make_peer: MakePeer,
        say: Say,
        ways: Ways,
        listener: SendingListener,
        clock: Clock,
        start: Callable[[Awaitable[None], str], object],
        allowed: frozenset[Source],
    ) -> None:
        made = partial(Stream, make_peer=make_peer, say=say, ways=ways, listener=listener, clock=clock)
        self._listener = listener
        self._start = start
        self._allowed = allowed
        self.video = made(VIDEO, restart=self._broken)
        self.screen = made(SCREEN, restart=self._broken)
        self._closed = False

    @property
    def allowed(self) -> frozenset[Source]:
        """What may be sent."""
        return self._allowed

    async def allow(self, sources: frozenset[Source]) -> None:
        """From now on this may be sent. Raises `RequestFailed`."""
        self._allowed = sources
        await self.video.begin(sources)
        if self.screen.is_open:
            await self.screen.begin(sources)

    async def publish(self, request: PublishRequest) -> OutboundStream:
        """Send a source. Raises `RequestFailed`."""
        if request.source not in self._allowed:
            raise RequestFailed(f"{request.source.value} may not be sent")
        stream = self.of(request.source)
        await stream.begin(self._allowed)
        return stream.publish(request)

    def of(self, source: Source) -> Stream:
        """The connection of a source."""
        return self.video if source in _LINES[VIDEO] else self.screen

    def sort(self, name: str) -> Stream | None:
        """The connection of a sort."""
        return {VIDEO: self.video, SCREEN: self.screen}.get(name)

    def sent(self) -> dict[Source, PublishRequest]:
        """All that is on."""
        both = (*self.video.sent.items(), *self.screen.sent.items())
        return {source: sent.request for source, sent in both}

    def capacity_bps(self) -> int | None:
        """What the way from us is thought to carry."""
        return self.video.capacity_bps()

    async def close(self) -> None:
        """Release both."""
        self._closed = True
        await self.video.close()
        await self.screen.close()

    def _broken(self, stream: Stream) -> None:
        if not self._closed:
            self._start(self._mend(stream), f"mend {stream.sort}")

    async def _mend(self, stream: Stream) -> None:
        try:
            await stream.again(self._allowed)
        except RequestFailed as error:
            _log.warning("sending_over", sort=stream.sort, error=str(error))
            if not self._closed:
                self._listener.on_sending_over()
