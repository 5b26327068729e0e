"""A connection on which we answer what they offer: sound and pictures of one stream, handed out as they come."""

from __future__ import annotations

import asyncio
from typing import Protocol

from visio_desktop.meeting.values import Source
from visio_desktop.rtc import DataChannel, PeerState, RtcError
from visio_desktop.rtc.frames import InboundStream
from visio_desktop.rtc.sdp import parse
from visio_desktop.servers.links.wire import MakePeer, Wire
from visio_desktop.servers.port import RequestFailed

OF_CAMERA = (Source.MICROPHONE, Source.CAMERA)
OF_SCREEN = (Source.SCREEN_AUDIO, Source.SCREEN)


class Receiving(Protocol):
    """Who is told of what comes in."""

    def on_state(self, state: PeerState) -> None:
        """The connection is otherwise than before."""

    def on_media(self, source: Source, stream: InboundStream) -> None:
        """Media of a source begins, or begins anew with another stream."""

    def on_media_ended(self, source: Source) -> None:
        """It ended, for now at least."""

    def on_channel(self, channel: DataChannel) -> None:
        """They opened a data channel."""

    def on_candidate(self, candidate: str) -> None:
        """An address of ours to tell them of."""


class Inward:
    """`sources` are what the stream's sound and its pictures are; of several of a sort the newest counts."""

    def __init__(self, make_peer: MakePeer, sources: tuple[Source, Source], receiving: Receiving) -> None:
        self._sources = sources
        self._receiving = receiving
        self._flowing: dict[Source, InboundStream] = {}
        self._lock = asyncio.Lock()
        self.lines = 0
        """How many m-lines the newest offer had: some servers make new ones and never use the old again."""
        self.wire = Wire(make_peer, self)

    async def accept(self, offer: str) -> str:
        """Take an offer and return our answer; once they have it, call `wire.told()`. Raises `RequestFailed`."""
        async with self._lock:
            try:
                self.lines = len(parse(offer).sections)
                return await self.wire.peer.accept_offer(offer)
            except RtcError as error:
                raise RequestFailed(f"not understood: {error}") from error

    async def take_candidate(self, candidate: str, mid: str) -> None:
        """An address of theirs; before their offer it waits in the connection."""
        await self.wire.peer.add_candidate(candidate, mid)

    @property
    def flowing(self) -> frozenset[Source]:
        """What comes in now."""
        return frozenset(self._flowing)

    async def close(self) -> None:
        """Release the connection; what came in ends."""
        await self.wire.close()

    # ---- Hearing

    def on_state(self, state: PeerState) -> None:
        """See `Hearing`."""
        self._receiving.on_state(state)

    def on_stream(self, stream: InboundStream, mid: str) -> None:
        """See `Hearing`."""
        del mid
        source = self._sources[stream.is_video]
        self._flowing[source] = stream
        self._receiving.on_media(source, stream)

    def on_stream_ended(self, stream: InboundStream) -> None:
        """See `Hearing`."""
        source = self._sources[stream.is_video]
        if self._flowing.get(source) is stream:
            del self._flowing[source]
            self._receiving.on_media_ended(source)

    def on_channel(self, channel: DataChannel) -> None:
        """See `Hearing`."""
        self._receiving.on_channel(channel)

    def on_candidate(self, candidate: str) -> None:
        """See `Hearing`."""
        self._receiving.on_candidate(candidate)


def offered_in(offer: str, sources: tuple[Source, Source]) -> frozenset[Source]:
    """What they send by this offer. Raises `RequestFailed`."""
    try:
        sections = parse(offer).sections
    except RtcError as error:
        raise RequestFailed(f"not understood: {error}") from error
    kinds = {section.kind for section in sections if section.sends and not section.rejected}
    return frozenset(source for source in sources if ("video" if source.is_video else "audio") in kinds)
