"""What we send: sound and camera as one stream, a screen with its sound as another, each on a connection of its own.

A source is added to a stream by offering it anew. None is ever taken out: Galene goes on with what it has seen once, so
a stream with less in it takes the place of the one before (`replace`), as does one for a connection that failed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from visio_desktop.meeting.values import Problem, ProblemCode, Source
from visio_desktop.net import Silent
from visio_desktop.rtc import DataChannel, PeerState
from visio_desktop.rtc.frames import InboundStream, OutboundStream
from visio_desktop.servers.galene.incoming import Say
from visio_desktop.servers.galene.stream import MEND_AFTER_S
from visio_desktop.servers.galene.words import candidate_json
from visio_desktop.servers.links.outlet import Outlet
from visio_desktop.servers.links.outward import Outward
from visio_desktop.servers.links.ways import Ways
from visio_desktop.servers.links.wire import MakePeer
from visio_desktop.servers.port import PublishRequest, RequestFailed, SessionClosed
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

ANSWER_TIMEOUT_S = 10.0
_CAMERA, _SCREEN = "camera", "screenshare"
_LABELS = {
    Source.MICROPHONE: _CAMERA,
    Source.CAMERA: _CAMERA,
    Source.SCREEN: _SCREEN,
    Source.SCREEN_AUDIO: _SCREEN,
}
_MOST_TRIES = 3
_log = get_logger(__name__)


class Speaking(Protocol):
    """Who is told of what becomes of what we send."""

    def on_wire_state(self, state: PeerState) -> None:
        """One of the connections is otherwise than before."""

    def on_refused(self, source: Source) -> None:
        """The server does not take this any more."""

    def on_not_sent(self) -> None:
        """A connection failed, and no other comes about."""


@dataclass(slots=True)
class _Sent:
    """A source, how it was asked for, and where its frames go."""

    request: PublishRequest
    outlet: Outlet


@dataclass(slots=True)
class _Label:
    """What is sent under one label; `stream` is None while nothing is."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    sent: dict[Source, _Sent] = field(default_factory=dict)
    stream: _Stream | None = None
    failed: int = 0


class Outgoing:
    """All streams of ours. `signature` is what each offer says of who makes it, `ids` gives streams their names."""

    def __init__(
        self,
        say: Say,
        make_peer: MakePeer,
        speaking: Speaking,
        *,
        ways: Ways,
        tasks: Tasks,
        ids: Callable[[], str],
        signature: Callable[[], dict[str, str]],
    ) -> None:
        self._say = say
        self._make_peer = make_peer
        self._speaking = speaking
        self._ways = ways
        self._tasks = tasks
        self._ids = ids
        self._signature = signature
        self._labels = {label: _Label() for label in (_CAMERA, _SCREEN)}
        self._streams: dict[str, _Stream] = {}

    def __contains__(self, stream_id: str) -> bool:
        return stream_id in self._streams

    async def publish(self, request: PublishRequest) -> OutboundStream:
        """Offer a source. Raises `RequestFailed`."""
        label = self._labels[_LABELS[request.source]]
        async with label.lock:
            if request.source in label.sent:
                raise RequestFailed(f"{request.source.value} is published already")
            # One size: which of several Galene takes for the large one is a matter of which comes first.
            request = replace(request, layers=request.layers[-1:])
            if label.stream is None:
                label.stream = await self._begin(_LABELS[request.source], request)
            else:
                await label.stream.outward.add(request)
            outlet = Outlet(request.codecs[0])
            outlet.lead_to(label.stream.outward.sent[request.source])
            label.sent[request.source] = _Sent(request, outlet)
            return outlet

    async def unpublish(self, source: Source) -> bool:
        """Take a source back; whether it was sent. Raises `RequestFailed` where what is left is not sent any more."""
        name = _LABELS[source]
        label = self._labels[name]
        async with label.lock:
            sent = label.sent.pop(source, None)
            if sent is None:
                return False
            sent.outlet.shut()
            if label.sent:
                await self._replace(name)
            elif label.stream is not None:
                stream, label.stream = label.stream, None
                await self._tell_closed(stream)
            return True

    def has(self, source: Source) -> bool:
        """Whether this is sent."""
        return source in self._labels[_LABELS[source]].sent

    async def answered(self, stream_id: str, sdp: str) -> None:
        """The server takes an offer of ours."""
        stream = self._streams.get(stream_id)
        if stream is not None:
            stream.answered(sdp)

    async def aborted(self, stream_id: str) -> None:
        """The server does not want a stream, or no longer: it is ours to close it."""
        stream = self._streams.get(stream_id)
        if stream is None:
            return
        stream.answered(None)
        await self._tell_closed(stream)
        if self._labels[stream.label].stream is stream:
            self._give_up(stream.label)

    async def renegotiate(self, stream_id: str) -> None:
        """The server has lost its way to a stream."""
        stream = self._streams.get(stream_id)
        if stream is not None and self._labels[stream.label].stream is stream:
            await self.mend(stream)

    async def candidate(self, stream_id: str, candidate: str, mid: str) -> None:
        """An address of theirs."""
        stream = self._streams.get(stream_id)
        if stream is not None:
            await stream.outward.take_candidate(candidate, mid)

    def capacity_bps(self) -> int | None:
        """What the ways from us are thought to carry now, None while nothing is known."""
        known = [
            bps
            for each in self._streams.values()
            if (bps := each.outward.wire.peer.transport_statistics().capacity_bps) is not None
        ]
        return sum(known) if known else None

    async def close(self) -> None:
        """Release all connections."""
        streams, self._streams = list(self._streams.values()), {}
        for label in self._labels.values():
            label.stream = None
            for sent in label.sent.values():
                sent.outlet.shut()
            label.sent = {}
        for stream in streams:
            stream.answered(None)
            await self._release(stream)

    # ---- for the streams

    async def offer(self, stream: _Stream, sdp: str, before: str) -> None:
        """Tell the server of an offer. Raises `RequestFailed`."""
        more = {"replace": before} if before else {}
        try:
            await self._say("offer", id=stream.id, label=stream.label, sdp=sdp, **self._signature(), **more)
        except Silent as error:
            raise RequestFailed("signalling is gone") from error

    def heard_state(self, stream: _Stream, state: PeerState) -> None:
        """A connection is otherwise than before; one that failed is made anew."""
        self._speaking.on_wire_state(state)
        label = self._labels[stream.label]
        if label.stream is not stream:
            return
        if state is PeerState.CONNECTED:
            label.failed = 0
        elif state is PeerState.FAILED:
            label.failed += 1
            if label.failed > _MOST_TRIES:
                self._speaking.on_not_sent()
            else:
                self._tasks.start(self._mend_soon(stream), name="mend")

    def found_candidate(self, stream: _Stream, candidate: str) -> None:
        """Tell the server of an address of ours."""
        self._tasks.start(self._tell("ice", id=stream.id, candidate=candidate_json(candidate)), name="candidate")

    async def mend(self, stream: _Stream) -> None:
        """Another connection for the same; frames go there as soon as it is agreed on."""
        label = self._labels[stream.label]
        async with label.lock:
            if label.stream is stream:
                try:
                    await self._replace(stream.label)
                except RequestFailed as error:
                    _log.warning("not_mended", error=str(error))
                    if error.problem is None:
                        self._speaking.on_not_sent()
                    else:
                        self._give_up(stream.label)
                except SessionClosed:  # left meanwhile
                    return

    # ---- within

    async def _mend_soon(self, stream: _Stream) -> None:
        """Where the server has ended it on purpose, it says so right after."""
        await asyncio.sleep(MEND_AFTER_S)
        await self.mend(stream)

    def _give_up(self, name: str) -> None:
        """The server does not want what is sent there."""
        label = self._labels[name]
        label.stream = None
        refused, label.sent = label.sent, {}
        for source, sent in refused.items():
            sent.outlet.shut()
            self._speaking.on_refused(source)

    async def _begin(self, name: str, *requests: PublishRequest, before: str = "") -> _Stream:
        stream = _Stream(self, self._ids(), name, self._make_peer, before)
        self._streams[stream.id] = stream
        self._ways.add(stream.outward.wire)
        try:
            await stream.outward.add(*requests)
        except (RequestFailed, SessionClosed):
            await self._tell_closed(stream)
            raise
        return stream

    async def _replace(self, name: str) -> None:
        label = self._labels[name]
        before = label.stream
        requests = [sent.request for sent in label.sent.values()]
        label.stream = await self._begin(name, *requests, before=before.id if before is not None else "")
        for source, sent in label.sent.items():
            sent.outlet.lead_to(label.stream.outward.sent[source])
        if before is not None:
            await self._release(before)

    async def _tell_closed(self, stream: _Stream) -> None:
        if stream.id in self._streams:
            await self._tell("close", id=stream.id)
            await self._release(stream)

    async def _release(self, stream: _Stream) -> None:
        self._streams.pop(stream.id, None)
        self._ways.drop(stream.outward.wire)
        await stream.outward.close()

    async def _tell(self, what: str, /, **fields: Any) -> None:
        try:
            await self._say(what, **fields)
        except (Silent, SessionClosed):
            _log.debug("not_said", what=what)


class _Stream:
    """One stream of ours. See `links.wire.Hearing` for what it hears."""

    def __init__(self, outgoing: Outgoing, stream_id: str, label: str, make_peer: MakePeer, before: str) -> None:
        self._outgoing = outgoing
        self.id = stream_id
        self.label = label
        self._before = before
        self._answer: asyncio.Future[str] | None = None
        self.outward = Outward(make_peer, self._agree, self)

    def answered(self, sdp: str | None) -> None:
        """The server's answer; None: it does not take it."""
        if self._answer is None or self._answer.done():
            return
        if sdp is None:
            self._answer.set_exception(RequestFailed("refused", Problem(ProblemCode.REQUEST_REFUSED)))
        else:
            self._answer.set_result(sdp)

    async def _agree(self, offer: str) -> str:
        self._answer = asyncio.get_running_loop().create_future()
        before, self._before = self._before, ""
        try:
            await self._outgoing.offer(self, offer, before)
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                return await self._answer
        except TimeoutError as error:
            raise RequestFailed("no answer to an offer") from error
        finally:
            self._answer = None

    # ---- Hearing

    def on_state(self, state: PeerState) -> None:
        """See `Hearing`."""
        self._outgoing.heard_state(self, state)

    def on_stream(self, stream: InboundStream, mid: str) -> None:
        """Nothing comes in here."""

    def on_stream_ended(self, stream: InboundStream) -> None:
        """Nothing came in here."""

    def on_channel(self, channel: DataChannel) -> None:
        """Galene has none."""

    def on_candidate(self, candidate: str) -> None:
        """See `Hearing`."""
        self._outgoing.found_candidate(self, candidate)
