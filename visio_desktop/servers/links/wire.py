"""One peer connection of many: what it tells is kept until somebody listens, our candidates until our words are out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from visio_desktop.rtc import DataChannel, PeerConnection, PeerListener, PeerState
from visio_desktop.rtc.frames import InboundStream

type MakePeer = Callable[[PeerListener], PeerConnection]


class Hearing(Protocol):
    """Who is told of a connection."""

    def on_state(self, state: PeerState) -> None:
        """It is otherwise than before."""

    def on_stream(self, stream: InboundStream, mid: str) -> None:
        """They send on an m-line."""

    def on_stream_ended(self, stream: InboundStream) -> None:
        """They no longer do."""

    def on_channel(self, channel: DataChannel) -> None:
        """They opened a data channel."""

    def on_candidate(self, candidate: str) -> None:
        """An address of ours (`a=candidate`, without that) to tell them of: they have our description."""


class Wire:
    """See `rtc.PeerListener` for what it hears. Where `make_peer` says so, candidates trickle. Close it."""

    def __init__(self, make_peer: MakePeer, hearing: Hearing | None = None) -> None:
        self._hearing = hearing
        self._kept: list[Callable[[Hearing], None]] = []
        self._candidates: list[str] = []
        self._is_told = False
        self.peer = make_peer(self)

    def tell(self, hearing: Hearing) -> None:
        """From now on tell this one, first of all of what has happened."""
        self._hearing = hearing
        kept, self._kept = self._kept, []
        for each in kept:
            each(hearing)

    def told(self) -> None:
        """Our description is with them: they may hear of our candidates."""
        self._is_told = True
        found, self._candidates = self._candidates, []
        for candidate in found:
            self._tell_candidate(candidate)

    @property
    def state(self) -> PeerState:
        """How it stands."""
        return self.peer.state

    async def close(self) -> None:
        """Release the connection; may be called twice."""
        await self.peer.close()

    # ---- PeerListener

    def on_state(self, state: PeerState) -> None:
        """See `PeerListener`."""
        self._pass_on(lambda hearing: hearing.on_state(state))

    def on_stream(self, stream: InboundStream, *, mid: str, stream_id: str, track_id: str) -> None:
        """See `PeerListener`."""
        del stream_id, track_id
        self._pass_on(lambda hearing: hearing.on_stream(stream, mid))

    def on_stream_ended(self, stream: InboundStream) -> None:
        """See `PeerListener`."""
        self._pass_on(lambda hearing: hearing.on_stream_ended(stream))

    def on_channel(self, channel: DataChannel) -> None:
        """See `PeerListener`."""
        self._pass_on(lambda hearing: hearing.on_channel(channel))

    def on_own_candidate(self, candidate: str) -> None:
        """See `PeerListener`."""
        if self._is_told:
            self._tell_candidate(candidate)
        else:
            self._candidates.append(candidate)

    def _tell_candidate(self, candidate: str) -> None:
        self._pass_on(lambda hearing: hearing.on_candidate(candidate))

    def _pass_on(self, call: Callable[[Hearing], None]) -> None:
        if self._hearing is None:
            self._kept.append(call)
        else:
            call(self._hearing)
