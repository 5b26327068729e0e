"""The connection of a stream: made before there is a session, it keeps what happens until somebody hears of it.

Our addresses that are found after the offer are told in fragments, a few at a time, once the endpoint has said where.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.rtc import DataChannel, PeerConnection, PeerListener, PeerOptions, PeerState, RtcError
from visio_desktop.rtc.frames import Codec, InboundStream
from visio_desktop.rtc.sending import SendingStream
from visio_desktop.servers.port import JoinError
from visio_desktop.servers.whip.endpoint import Endpoint
from visio_desktop.servers.whip.link import WHIP, Address
from visio_desktop.servers.whip.waiting import Waiting
from visio_desktop.servers.whip.words import fragment
from visio_desktop.system.tasks import Tasks

VIDEO = (Codec.VP8, Codec.H264)
_GATHER_S = 0.05

type MakePeer = Callable[[PeerOptions, PeerListener], PeerConnection]


class Hearing(Protocol):
    """Who is told of the connection."""

    def on_state(self, state: PeerState) -> None:
        """It is otherwise than before."""

    def on_stream(self, stream: InboundStream) -> None:
        """Their picture or sound begins."""

    def on_stream_ended(self, stream: InboundStream) -> None:
        """It ended."""


class Wire:
    """See `rtc.PeerListener` for what it hears. Close it."""

    def __init__(self, make_peer: MakePeer, options: PeerOptions, tasks: Tasks) -> None:
        self._make_peer = make_peer
        self._options = options
        self._tasks = tasks
        self.peer = make_peer(options, self)
        self.pictures: SendingStream | None = None
        self.sound: SendingStream | None = None
        self._hearing: Hearing | None = None
        self._kept: list[Callable[[Hearing], None]] = []
        self._candidates: list[str] = []
        self._description = ""
        self._endpoint: Endpoint | None = None
        self._more = asyncio.Event()

    async def open(self, endpoint: Endpoint, address: Address, waiting: Waiting) -> None:
        """Agree with the endpoint, once there is something to agree about. Raises `JoinError`."""
        try:
            if address.kind == WHIP:
                self.sound = self.peer.add_sender((Codec.OPUS,), stream_id="visio", track_id="sound")
                self.pictures = self.peer.add_sender(VIDEO, stream_id="visio", track_id="pictures")
            else:
                self.peer.add_receivers(sounds=1, pictures=1)
            self._description = await self.peer.create_offer()
            answer = await waiting.until_begun(lambda: endpoint.offer(self._description))
            if not answer.is_offer:
                await self.peer.set_answer(answer.sdp)
            elif address.kind == WHIP:
                raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, address.host), "a counter-offer to WHIP")
            else:
                await self._accept(endpoint, answer.sdp)
        except RtcError as error:
            raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, address.host), str(error)) from error
        self._endpoint = endpoint
        self._tasks.start(self._trickle(), name="trickle")

    async def _accept(self, endpoint: Endpoint, offer: str) -> None:
        """They would rather offer themselves: what we have offered is void, and so is its connection."""
        await self.peer.close()
        self._kept, self._candidates = [], []
        self.peer = self._make_peer(self._options, self)
        self._description = await self.peer.accept_offer(offer)
        await endpoint.answer(self._description)

    def tell(self, hearing: Hearing) -> None:
        """From now on tell this one, first of all of what has happened."""
        self._hearing = hearing
        kept, self._kept = self._kept, []
        for each in kept:
            each(hearing)

    async def close(self) -> None:
        """Release the connection."""
        await self.peer.close()

    # ---- from the connection

    def on_state(self, state: PeerState) -> None:
        """See `PeerListener`."""
        self._pass_on(lambda hearing: hearing.on_state(state))

    def on_stream(self, stream: InboundStream, *, mid: str, stream_id: str, track_id: str) -> None:
        """See `PeerListener`."""
        del mid, stream_id, track_id
        self._pass_on(lambda hearing: hearing.on_stream(stream))

    def on_stream_ended(self, stream: InboundStream) -> None:
        """See `PeerListener`."""
        self._pass_on(lambda hearing: hearing.on_stream_ended(stream))

    def on_channel(self, channel: DataChannel) -> None:
        """No endpoint has one."""

    def on_own_candidate(self, candidate: str) -> None:
        """See `PeerListener`."""
        self._candidates.append(candidate)
        self._more.set()

    def _pass_on(self, call: Callable[[Hearing], None]) -> None:
        if self._hearing is None:
            self._kept.append(call)
        else:
            call(self._hearing)

    async def _trickle(self) -> None:
        while self._endpoint is not None:
            await self._more.wait()
            await asyncio.sleep(_GATHER_S)
            self._more.clear()
            found, self._candidates = self._candidates, []
            if found:
                await self._endpoint.trickle(fragment(self._description, "0", found))
