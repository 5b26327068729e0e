"""A stream while it lasts: ours to an endpoint (WHIP), or theirs to us (WHEP)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from visio_desktop.meeting.events import (
    Dropped,
    Joined,
    ParticipantChanged,
    PublicationChanged,
    PublicationGone,
    Restored,
    Restoring,
)
from visio_desktop.meeting.requests import Request
from visio_desktop.meeting.values import Capability, Participant, Problem, ProblemCode, Publication, Source
from visio_desktop.rtc import PeerState
from visio_desktop.rtc.frames import InboundStream, OutboundStream
from visio_desktop.servers.links.line import Line
from visio_desktop.servers.port import PublishRequest, RequestFailed, SessionClosed, SessionListener, Wanted
from visio_desktop.servers.whip.endpoint import Endpoint
from visio_desktop.servers.whip.link import WHIP, Address
from visio_desktop.servers.whip.wire import Wire
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

MEDIA_TIMEOUT_S = 15.0
GIVE_UP_S = 10.0
"""How long a connection may be silent: an endpoint has no other way of saying that it is gone."""
CAPABILITIES = {
    "whip": Capability.PUBLISH | Capability.SCREEN_SHARE,
    "whep": Capability.SUBSCRIBE,
}
_ME, _STREAM = "me", "stream"
_log = get_logger(__name__)


@dataclass(slots=True)
class _Sent:
    """What is published: on which of the two lines, as what."""

    line: Line
    publication: Publication


@dataclass(slots=True)
class _State:
    """What the session remembers of how it goes."""

    has_connected: bool = False
    silent_since_ms: float | None = None
    over: bool = False
    left: bool = False
    sent: dict[Source, _Sent] = field(default_factory=dict)
    received: dict[str, str] = field(default_factory=dict)


class OneWaySession:
    """See `servers.port.Session`. `wire` tells it of states and streams once `begin` was called."""

    def __init__(
        self,
        address: Address,
        endpoint: Endpoint,
        wire: Wire,
        listener: SessionListener,
        tasks: Tasks,
        *,
        clock: Clock,
        epoch: Clock,
    ) -> None:
        self._address = address
        self._endpoint = endpoint
        self._wire = wire
        self._listener = listener
        self._tasks = tasks
        self._clock = clock
        self._epoch = epoch
        self._state = _State()
        self._pictures: Line | None = None
        self._sound: Line | None = None

    def begin(self, name: str) -> None:
        """The endpoint has taken or made an offer: tell of it, then of what has happened since."""
        if self._wire.pictures is not None and self._wire.sound is not None:
            self._pictures = Line(self._wire.pictures, self._clock)
            self._sound = Line(self._wire.sound, self._clock)
        capabilities = CAPABILITIES[self._address.kind]
        me = Participant(_ME, name, is_me=True)
        self._listener.on_event(Joined(me, self._address.name, capabilities, self._epoch()))
        if self._address.kind != WHIP:
            self._listener.on_event(ParticipantChanged(Participant(_STREAM, self._address.name)))
        self._tasks.start(self._wait_for_media(), name="media")
        self._wire.tell(self)

    # ---- from the connection

    def on_state(self, state: PeerState) -> None:
        """See `PeerListener`."""
        match state:
            case PeerState.CONNECTED:
                self._connected()
            case PeerState.DISCONNECTED if self._state.silent_since_ms is None and not self._state.over:
                self._state.silent_since_ms = self._clock()
                self._listener.on_event(Restoring("media"))
                self._tasks.start(self._wait_for_return(), name="return")
            case PeerState.FAILED:
                known = self._state.has_connected
                self._drop(ProblemCode.CONNECTION_LOST if known else ProblemCode.MEDIA_UNREACHABLE)
            case _:
                pass

    def on_stream(self, stream: InboundStream) -> None:
        """Their picture or sound begins."""
        source = Source.CAMERA if stream.is_video else Source.MICROPHONE
        publication = Publication(f"{_STREAM}-{source.value}", _STREAM, source)
        self._state.received[stream.id] = publication.id
        self._listener.on_event(PublicationChanged(publication))
        self._listener.on_stream(publication.id, stream)

    def on_stream_ended(self, stream: InboundStream) -> None:
        """It ended."""
        publication = self._state.received.pop(stream.id, None)
        if publication is not None and not self._state.left:
            self._listener.on_stream_ended(publication)
            self._listener.on_event(PublicationGone(publication))

    # ---- from the engine

    async def publish(self, request: PublishRequest) -> OutboundStream:
        """Give a source the one m-line of its sort."""
        self._refuse_if_over()
        line = self._pictures if request.source.is_video else self._sound
        if line is None:
            raise RequestFailed("nothing is sent to what one watches")
        if line.outlet is not None:
            raise RequestFailed("the line is taken", Problem(ProblemCode.ONE_OF_A_SORT, self._address.host))
        size = (request.width_px, request.height_px)
        own = Publication(f"{_ME}-{request.source.value}", _ME, request.source, request.muted, *size)
        self._state.sent[request.source] = _Sent(line, own)
        self._listener.on_event(PublicationChanged(own))
        return line.open()

    async def unpublish(self, source: Source) -> None:
        """Take the m-line back."""
        self._refuse_if_over()
        sent = self._state.sent.pop(source, None)
        if sent is not None:
            sent.line.shut()
            self._listener.on_event(PublicationGone(sent.publication.id))

    async def set_muted(self, source: Source, muted: bool) -> None:
        """There is nobody to be told; one's own window is."""
        self._refuse_if_over()
        sent = self._state.sent.get(source)
        if sent is not None:
            old = sent.publication
            size = (old.width_px, old.height_px)
            sent.publication = Publication(old.id, old.participant_id, source, muted, *size)
            self._listener.on_event(PublicationChanged(sent.publication))

    async def set_wanted(self, publication_id: str, wanted: Wanted) -> None:
        """An endpoint sends all it has."""
        del publication_id, wanted
        self._refuse_if_over()

    async def send_chat(self, message_id: str, text: str) -> None:
        """There is nobody to write to."""
        del message_id, text
        self._refuse("chat")

    async def set_hand(self, raised: bool, at_ms: float) -> None:
        """There is nobody to see it."""
        del raised, at_ms
        self._refuse("hand")

    async def request(self, request: Request) -> None:
        """There is nothing to ask for."""
        self._refuse(type(request).__name__)

    async def leave(self) -> None:
        """End the session there and release everything."""
        if self._state.left:
            return
        self._state.left = self._state.over = True
        for line in (self._pictures, self._sound):
            if line is not None:
                line.shut()
        await self._tasks.close()
        await self._wire.close()
        await self._endpoint.end()
        await self._endpoint.close()

    def network_changed(self) -> None:
        """Look whether media still has a way."""
        self._wire.peer.suspect()

    def path(self) -> dict[str, str]:
        """How media goes now."""
        return self._wire.peer.path()

    def capacity_bps(self) -> int | None:
        """See `Session`."""
        return self._wire.peer.transport_statistics().capacity_bps if self._address.kind == WHIP else None

    # ---- what follows

    def _connected(self) -> None:
        state = self._state
        if not state.has_connected:
            state.has_connected = True
            self._listener.on_mark("first_ice_connected")
        if state.silent_since_ms is not None and not state.over:
            lasted_ms, state.silent_since_ms = self._clock() - state.silent_since_ms, None
            self._listener.on_event(Restored("media", round(lasted_ms, 1), round(self._wire.peer.gap.longest_ms(), 1)))

    async def _wait_for_media(self) -> None:
        await asyncio.sleep(MEDIA_TIMEOUT_S)
        if not self._state.has_connected:
            self._drop(ProblemCode.MEDIA_UNREACHABLE)

    async def _wait_for_return(self) -> None:
        await asyncio.sleep(GIVE_UP_S)
        since_ms = self._state.silent_since_ms
        if since_ms is not None and self._clock() - since_ms >= GIVE_UP_S * 1000:
            self._drop(ProblemCode.CONNECTION_LOST)

    def _drop(self, code: ProblemCode) -> None:
        if self._state.over:
            return
        self._state.over = True
        _log.warning("one_way_dropped", host=self._address.host, why=code.value)
        # The endpoint may think that we are still there, and then take nobody else.
        self._tasks.start(self._endpoint.end(), name="end")
        self._listener.on_event(Dropped(Problem(code, self._address.host), may_retry=True, cause="media"))

    def _refuse(self, what: str) -> None:
        self._refuse_if_over()
        raise RequestFailed(f"no {what} at an endpoint")

    def _refuse_if_over(self) -> None:
        if self._state.over:
            raise SessionClosed("the stream is over")
