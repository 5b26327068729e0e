"""What we send: one connection in which we make the offers, with the data channel from the first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from visio_desktop.meeting.values import Source
from visio_desktop.rtc import DataChannel, PeerConnection, PeerListener, PeerState, RtcError
from visio_desktop.rtc.congestion.demand import Priority
from visio_desktop.rtc.frames import InboundStream, OutboundStream
from visio_desktop.rtc.sdp import Session, parse
from visio_desktop.servers.janus.convention import CHANNEL, describe_hand, describe_source
from visio_desktop.servers.janus.words import Refusal, Words
from visio_desktop.servers.port import PublishRequest, RequestFailed

_CHANNEL_TIMEOUT_S = 10.0

type Ask = Callable[[Mapping[str, Any], str], Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """A source that is sent; `mid` is that of its m-line."""

    source: Source
    track_id: str
    stream: OutboundStream
    mid: str = ""
    muted: bool = False


class Outgoing:
    """Publishes sources. `ask` sends the room a request with an offer of ours, "" without one."""

    def __init__(
        self,
        make_peer: Callable[[PeerListener], PeerConnection],
        on_state: Callable[[PeerState], None],
        ask: Ask,
    ) -> None:
        self._ask = ask
        self._on_state = on_state
        self._sent: dict[Source, Sent] = {}
        self._hand: float | None = None
        self._data_mid = ""
        self._lock = asyncio.Lock()
        self._open = asyncio.Event()
        self.peer = make_peer(self)
        self._channel = self.peer.open_channel(CHANNEL)
        self._channel.on_open(self._open.set)

    @property
    def sent(self) -> Mapping[Source, Sent]:
        """What is sent now."""
        return self._sent

    async def begin(self) -> None:
        """Open the data channel. Raises `RequestFailed`."""
        async with self._lock:
            await self._negotiate()

    async def publish(self, request: PublishRequest) -> Sent:
        """Announce and negotiate a source. Raises `RequestFailed`."""
        async with self._lock:
            if request.source in self._sent:
                raise RequestFailed(f"{request.source.value} is published already")
            priority = Priority.SCREEN if request.source is Source.SCREEN else Priority.CAMERA
            track_id = request.source.value
            stream = self.peer.add_sender(
                request.codecs, stream_id="visio", track_id=track_id, layers=request.layers, priority=priority
            )
            self._sent[request.source] = Sent(request.source, track_id, stream, muted=request.muted)
            try:
                await self._negotiate()
            except RequestFailed:
                self.peer.remove_sender(self._sent.pop(request.source).stream)
                raise
            return self._sent[request.source]

    async def unpublish(self, source: Source) -> Sent | None:
        """Take a source back; what it was. Raises `RequestFailed`."""
        async with self._lock:
            sent = self._sent.pop(source, None)
            if sent is not None:
                self.peer.remove_sender(sent.stream)
                await self._negotiate()
            return sent

    async def mute(self, source: Source, *, muted: bool) -> Sent | None:
        """Tell the others whether a source is muted; None where it is not sent. Raises `RequestFailed`."""
        async with self._lock:
            if source not in self._sent:
                return None
            self._sent[source] = replace(self._sent[source], muted=muted)
            await self._describe()
            return self._sent[source]

    async def raise_hand(self, at_ms: float | None) -> None:
        """Raise or lower one's own hand. Raises `RequestFailed`."""
        async with self._lock:
            self._hand = at_ms
            await self._describe()

    async def say(self, data: bytes) -> None:
        """Send everybody a message. Raises `RequestFailed`."""
        try:
            async with asyncio.timeout(_CHANNEL_TIMEOUT_S):
                await self._open.wait()
            self._channel.send(data)
        except (RtcError, TimeoutError) as error:
            raise RequestFailed("the data channel is not open") from error

    async def close(self) -> None:
        """Release the connection."""
        await self.peer.close()

    # ---- PeerListener

    def on_state(self, state: PeerState) -> None:
        """See `PeerListener`."""
        self._on_state(state)

    def on_stream(self, stream: InboundStream, *, mid: str, stream_id: str, track_id: str) -> None:
        """Nothing comes in here."""

    def on_stream_ended(self, stream: InboundStream) -> None:
        """Nothing came in here."""

    def on_channel(self, channel: DataChannel) -> None:
        """Nothing comes in here."""

    def on_own_candidate(self, candidate: str) -> None:
        """All are in the offer."""

    # ---- negotiation

    async def _negotiate(self) -> None:
        """Offer what has changed; what the m-lines are is told with it."""
        try:
            offer = await self.peer.create_offer()
            self._number(parse(offer))
            words: Words = await self._ask({"request": "configure", "descriptions": self._descriptions()}, offer)
            await self.peer.set_answer(words.answer)
        except (RtcError, Refusal) as error:
            raise RequestFailed(f"not published: {error}") from error

    async def _describe(self) -> None:
        try:
            await self._ask({"request": "configure", "descriptions": self._descriptions()}, "")
        except Refusal as error:
            raise RequestFailed(f"not told: {error}") from error

    def _number(self, offer: Session) -> None:
        """Find the m-lines of all that is sent."""
        mids = {section.msid[1]: section.mid for section in offer.sections if section.msid is not None}
        self._data_mid = next((s.mid for s in offer.sections if s.kind == "application"), "")
        self._sent = {s: replace(sent, mid=mids.get(sent.track_id, sent.mid)) for s, sent in self._sent.items()}

    def _descriptions(self) -> list[dict[str, str]]:
        sent = [(each.mid, describe_source(each.source, muted=each.muted)) for each in self._sent.values()]
        every = [(self._data_mid, describe_hand(self._hand)), *sent]
        return [{"mid": mid, "description": text} for mid, text in every if mid]
