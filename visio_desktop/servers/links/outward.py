"""A connection on which we offer sources of ours: sound and camera together, or a screen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from visio_desktop.meeting.values import Source
from visio_desktop.rtc import RtcError
from visio_desktop.rtc.congestion.demand import Priority
from visio_desktop.rtc.sending import SendingStream
from visio_desktop.servers.links.wire import Hearing, MakePeer, Wire
from visio_desktop.servers.port import PublishRequest, RequestFailed

type Agree = Callable[[str], Awaitable[str]]
"""Gives them our offer and waits for their answer, for a bounded time. Raises `RequestFailed`."""


class Outward:
    """One exchange after the other. Where they refuse a source the others go on as before."""

    def __init__(self, make_peer: MakePeer, agree: Agree, hearing: Hearing | None = None) -> None:
        self.wire = Wire(make_peer, hearing)
        self._agree = agree
        self._sent: dict[Source, SendingStream] = {}
        self._lock = asyncio.Lock()

    @property
    def sent(self) -> Mapping[Source, SendingStream]:
        """What is sent now."""
        return self._sent

    async def add(self, *requests: PublishRequest) -> None:
        """Offer these sources too, all at once. Raises `RequestFailed`; none of them is sent then."""
        async with self._lock:
            for request in requests:
                self._sent[request.source] = self.wire.peer.add_sender(
                    request.codecs,
                    stream_id="visio",
                    track_id=request.source.value,
                    layers=request.layers,
                    priority=Priority.SCREEN if request.source is Source.SCREEN else Priority.CAMERA,
                )
            try:
                await self._exchange()
            except RequestFailed:
                for request in requests:
                    self.wire.peer.remove_sender(self._sent.pop(request.source))
                raise

    async def take_back(self, source: Source) -> None:
        """Offer all but this one from now on; it is silent at once. Raises `RequestFailed`."""
        async with self._lock:
            stream = self._sent.pop(source, None)
            if stream is not None:
                self.wire.peer.remove_sender(stream)
                await self._exchange()

    async def offer_again(self) -> None:
        """Offer the same once more, as they have asked for. Raises `RequestFailed`."""
        async with self._lock:
            await self._exchange()

    async def take_candidate(self, candidate: str, mid: str) -> None:
        """An address of theirs; before their answer it waits in the connection."""
        await self.wire.peer.add_candidate(candidate, mid)

    async def close(self) -> None:
        """Release the connection."""
        await self.wire.close()

    async def _exchange(self) -> None:
        try:
            answer = await self._agree(await self.wire.peer.create_offer())
            await self.wire.peer.set_answer(answer)
        except RtcError as error:
            raise RequestFailed(f"not agreed on: {error}") from error
        self.wire.told()
