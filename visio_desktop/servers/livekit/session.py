"""A joined LiveKit meeting: hands each word of the server to the part that understands it, and carries requests out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from random import Random

from livekit.protocol.models import DataPacket, ParticipantInfo
from livekit.protocol.rtc import (
    JoinResponse,
    LeaveRequest,
    MuteTrackRequest,
    SignalResponse,
    SignalTarget,
    TrickleRequest,
)

from visio_desktop.meeting.events import (
    Dropped,
    MutedByServer,
    PublicationGone,
    Restored,
    Restoring,
    ServerEvent,
)
from visio_desktop.meeting.requests import Request
from visio_desktop.meeting.values import Participant, Problem, ProblemCode, Source
from visio_desktop.rtc import PeerOptions, PeerState, RtcError
from visio_desktop.rtc.encryption.cipher import MakeVector
from visio_desktop.rtc.encryption.keys import Key
from visio_desktop.rtc.frames import InboundStream, OutboundStream
from visio_desktop.servers.livekit.asked import Asked
from visio_desktop.servers.livekit.dialect import Dialect
from visio_desktop.servers.livekit.encryption import Encryption, ParticipantKeys
from visio_desktop.servers.livekit.incoming import tracks_of
from visio_desktop.servers.livekit.packets import PacketReader
from visio_desktop.servers.livekit.peers import Ids, MakePeer
from visio_desktop.servers.livekit.problems import dropped_by
from visio_desktop.servers.livekit.publisher import Publisher
from visio_desktop.servers.livekit.resume import MEDIA, NETWORK, SERVER, SIGNALLING, Parts, Resumption
from visio_desktop.servers.livekit.roster import Roster
from visio_desktop.servers.livekit.signal import GOODBYE, Signal
from visio_desktop.servers.livekit.subscriber import Subscriber
from visio_desktop.servers.livekit.telling import Telling
from visio_desktop.servers.livekit.watch import MediaWatch
from visio_desktop.servers.livekit.wire import WireError, parse_candidate, parse_packet
from visio_desktop.servers.port import PublishRequest, SessionClosed, SessionListener, Wanted
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

_log = get_logger(__name__)
_NETWORK_CHANGE_MS = 5_000.0
_MAX_EARLY_STREAMS = 256


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a session is handed: clocks (monotonic and epoch milliseconds), chance, ids, peer connections, the token."""

    clock: Clock
    epoch: Clock
    ids: Ids
    make_peer: MakePeer
    keep_token: Callable[[str], None]
    vector: MakeVector
    random: Random
    token: str = field(repr=False)
    key: Key | ParticipantKeys | None = None
    dialect: Dialect = field(default_factory=Dialect)


class LiveKitSession:
    """See `servers.port.Session`."""

    def __init__(
        self, signal: Signal, host: str, listener: SessionListener, around: Surroundings, tasks: Tasks
    ) -> None:
        self._signal = signal
        self._host = host
        self._listener = listener
        self._around = around
        self._tasks = tasks
        self._encryption = Encryption(around.key, vector=around.vector, tasks=tasks, on_state=self._on_opens)
        self._dialect = around.dialect
        self._roster = Roster(around.dialect, encrypted=self._encryption.is_on)
        self._packets = PacketReader(self._roster, around.dialect, around.epoch)
        self._early: dict[str, InboundStream] = {}
        self._streaming: set[str] = set()
        self._asked = Asked(signal.send)
        self._telling = Telling(self._roster, around.epoch, send=signal.send, send_packet=self.send_packet)
        self._me = self._sid = ""
        self._token = around.token
        self._over = False
        self._closed: asyncio.Task[None] | None = None
        self._network_changed_ms: float | None = None
        self._census_due = False
        self._watch = MediaWatch(
            clock=around.clock, tasks=tasks, on_silent=self._on_silent, on_lost=self._drop_for_media
        )
        self._resumption: Resumption | None = None
        self._subscriber: Subscriber | None = None
        self._publisher: Publisher | None = None

    def begin(self, joined: JoinResponse, options: PeerOptions) -> None:
        """Take over right after the server's join answer: peers first, as the server's offer is already under way."""
        self._me, self._sid = joined.participant.identity, joined.participant.sid
        self._encryption.server_made = joined.sif_trailer
        make_peer = self._around.make_peer
        send = self._signal.send
        if not self._signal.is_single:
            self._subscriber = Subscriber(make_peer, options, send=send, listener=self, tasks=self._tasks)
        self._publisher = Publisher(
            make_peer,
            options,
            send=send,
            listener=self,
            ids=self._around.ids,
            encryption=self._encryption,
        )
        if self._signal.is_single:
            self._publisher.expect(*tracks_of(joined.other_participants))
        self._resumption = self._resumable(joined.participant.sid, self._publisher, self._subscriber)
        self._signal.run(self._on_response, self._on_lost)
        self._tasks.start(self._open_channels(), name="channels")
        self._watch.begin()
        room = self._dialect.room(joined.room)
        self._emit([*self._roster.join(joined, self._around.epoch()), *room])

    # ---- servers.port.Session

    async def publish(self, request: PublishRequest) -> OutboundStream:
        """See `Session`."""
        stream, track = await self._sending().publish(request, self._me)
        self._emit(self._roster.published(track))
        return stream

    async def unpublish(self, source: Source) -> None:
        """See `Session`."""
        sid = await self._sending().unpublish(source)
        if sid is not None:
            self._emit(self._roster.withdrawn(sid))

    async def set_muted(self, source: Source, muted: bool) -> None:
        """See `Session`."""
        sid = self._sending().sid(source)
        if sid is not None:
            await self._signal.send(mute=MuteTrackRequest(sid=sid, muted=muted))
            self._emit(self._roster.muted(sid, muted))

    async def set_wanted(self, publication_id: str, wanted: Wanted) -> None:
        """See `Session`."""
        self._refuse_when_over()
        known = self._roster.publication(publication_id)
        if known is not None and known.participant_id != self._me:
            await self._asked.want(publication_id, wanted)

    async def send_chat(self, message_id: str, text: str) -> None:
        """See `Session`. Raises `RequestFailed` for a text too long or a channel that does not open."""
        self._emit(await self._telling.chat(message_id, text))

    async def set_hand(self, raised: bool, at_ms: float) -> None:
        """See `Session`."""
        self._refuse_when_over()
        await self._asked.raise_hand(raised, at_ms)

    async def request(self, request: Request) -> None:
        """See `Session`: what LiveKit carries by itself."""
        self._refuse_when_over()
        self._emit(await self._telling.request(request))

    async def send_packet(self, packet: DataPacket) -> None:
        """Send data to others. Raises `RequestFailed`."""
        await self._sending().send_data(packet)

    @property
    def is_over(self) -> bool:
        """Whether it has been left or lost."""
        return self._over

    @property
    def people(self) -> list[Participant]:
        """Everybody in the meeting as the server last told, oneself first."""
        return self._roster.people

    async def leave(self) -> None:
        """See `Session`."""
        if not self._over:
            self._over = True
            try:
                await self._signal.send(leave=GOODBYE)
            except SessionClosed:
                _log.debug("left_without_goodbye")
        await self._close()

    def network_changed(self) -> None:
        """See `Session`: whatever is silent now is given up soon, and a return under way need not wait."""
        if self._over or self._resumption is None:
            return
        if self._resumption.is_running:
            self._resumption.hurry()
            return
        self._network_changed_ms = self._around.clock()
        for part in (self._subscriber, self._publisher):
            if part is not None:
                part.peer.suspect()
        self._signal.suspect()

    def path(self) -> dict[str, str]:
        """See `Session`."""
        path = self._subscriber.path() if self._subscriber is not None else {}
        return path or (self._publisher.path() if self._publisher is not None else {})

    def capacity_bps(self) -> int | None:
        """See `Session`."""
        return None if self._publisher is None else self._publisher.peer.transport_statistics().capacity_bps

    # ---- MediaListener

    def on_media(self, sid: str, stream: InboundStream) -> None:
        """Media of a track; held back until its publication has been told of."""
        if self._roster.publication(sid) is not None:
            self._begin_stream(sid, stream)
        elif len(self._early) < _MAX_EARLY_STREAMS:
            self._early[sid] = stream

    def on_media_ended(self, sid: str) -> None:
        """See `MediaListener`."""
        self._early.pop(sid, None)
        self._end_stream(sid)

    def on_packet(self, data: bytes) -> None:
        """See `MediaListener`."""
        try:
            packet = self._encryption.open(parse_packet(data))
        except WireError as error:
            _log.warning("packet_not_understood", error=str(error))
            return
        if packet is None:
            _log.warning("packet_not_opened")
            return
        self._emit(self._packets.read(packet))

    def on_peer_state(self, target: SignalTarget, state: PeerState) -> None:
        """See `MediaListener`."""
        if state is PeerState.CONNECTED and not self._watch.has_connected:
            self._listener.on_mark("first_ice_connected")
        self._watch.changed(target, state)

    # ---- resume.Report

    def on_restoring(self, event: Restoring | Restored) -> None:
        """See `resume.Report`."""
        self._emit([event])

    def on_resume_failed(self, dropped: Dropped) -> None:
        """See `resume.Report`."""
        self._drop(dropped)

    # ---- from the server

    def _on_response(self, response: SignalResponse) -> None:
        """Connections first: what is left is about people and publications."""
        match response.WhichOneof("message"):
            case "offer" if self._subscriber is not None:
                self._subscriber.receive(response.offer)
            case "answer" if self._publisher is not None:
                self._publisher.on_answer(response.answer)
            case "media_sections_requirement" if self._publisher is not None and self._subscriber is None:
                self._publisher.on_sections(response.media_sections_requirement)
            case "trickle":
                self._on_trickle(response.trickle)
            case "refresh_token":
                self._token = response.refresh_token
                self._around.keep_token(response.refresh_token)
            case "leave":
                self._on_leave(response.leave)
            case _:
                self._on_news(response)

    def _on_news(self, response: SignalResponse) -> None:
        match response.WhichOneof("message"):
            case "track_published" if self._publisher is not None:
                self._publisher.on_published(response.track_published)
            case "request_response" if self._publisher is not None:
                self._publisher.on_refused(response.request_response)
            case "subscribed_quality_update" if self._publisher is not None:
                self._publisher.on_watched(response.subscribed_quality_update)
            case "mute":
                self._on_mute(response.mute)
            case "track_unpublished":
                self._on_withdrawn(response.track_unpublished.track_sid)
            case _:
                self._on_people(response)

    def _on_people(self, response: SignalResponse) -> None:
        match response.WhichOneof("message"):
            case "update":
                self._on_update(response.update.participants)
            case "speakers_changed":
                self._emit(self._roster.speakers(response.speakers_changed.speakers))
            case "connection_quality":
                self._emit(self._roster.qualities(response.connection_quality.updates))
            case "room_update":
                self._emit([*self._dialect.room(response.room_update.room), *self._roster.standing()])
            case other:
                _log.debug("signal_passed_over", message=other)

    def _on_trickle(self, trickle: TrickleRequest) -> None:
        try:
            candidate = parse_candidate(trickle.candidateInit)
        except WireError as error:
            _log.warning("candidate_not_understood", error=str(error))
            return
        if trickle.target == SignalTarget.SUBSCRIBER and self._subscriber is not None:
            self._subscriber.receive(candidate)
        elif self._publisher is not None:
            self._tasks.start(self._publisher.on_candidate(candidate), name="candidate")

    def _on_mute(self, mute: MuteTrackRequest) -> None:
        """A moderator muted us. Nobody opens our microphone from outside: only muting counts."""
        source = self._publisher.source(mute.sid) if self._publisher is not None else None
        if source is not None and mute.muted:
            self._emit([*self._roster.muted(mute.sid, muted=True), MutedByServer(source)])

    def _on_withdrawn(self, sid: str) -> None:
        """The server took one of our tracks away."""
        source = self._publisher.source(sid) if self._publisher is not None else None
        self._emit(self._roster.withdrawn(sid))
        if source is not None and self._publisher is not None:
            self._tasks.start(self._publisher.unpublish(source), name="unpublish")

    def _on_update(self, people: Iterable[ParticipantInfo]) -> None:
        """News of some; the first after a return that names us names everybody: who left meanwhile is missing in it."""
        listed = list(people)
        if self._census_due and any(p.identity == self._me and p.sid != self._sid for p in listed):
            # The server does not look whose session one comes back to: somebody else goes by our name now.
            self._drop(Dropped(Problem(ProblemCode.DUPLICATE_IDENTITY, self._host), may_retry=False))
            return
        if self._census_due and any(person.identity == self._me for person in listed):
            self._census_due = False
            self._emit(self._roster.missing(listed))
        self._emit(self._roster.update(listed))

    def _on_leave(self, leave: LeaveRequest) -> None:
        if leave.action == LeaveRequest.Action.RESUME and self._resumption is not None:
            self._resumption.begin(SERVER)
        else:
            self._drop(replace(dropped_by(leave, self._host), cause=SERVER))

    def _on_lost(self) -> None:
        """Signalling is gone. Before media came about there is nothing to go back to."""
        if self._over or self._resumption is None:
            return
        self._census_due = True
        if self._resumption.is_running:
            self._resumption.signal_lost()
        elif self._watch.has_connected:
            self._resumption.begin(self._cause(SIGNALLING))
        else:
            self._drop(Dropped(Problem(ProblemCode.CONNECTION_LOST, self._host), may_retry=True, cause=SIGNALLING))

    def _on_silent(self) -> None:
        """Media has no way any more, though its connection still believes in it."""
        if not self._over and self._resumption is not None:
            self._resumption.begin(self._cause(MEDIA))

    # ---- within

    async def _open_channels(self) -> None:
        """The first offer, with the data channels alone unless something is published by then."""
        try:
            await self._sending().negotiate()
        except (RtcError, TimeoutError, SessionClosed) as error:
            _log.warning("first_offer_failed", error=str(error))

    def _resumable(self, participant_sid: str, publisher: Publisher, subscriber: Subscriber | None) -> Resumption:
        around = self._around
        parts = Parts(
            self._signal,
            publisher,
            subscriber,
            self._watch,
            participant_sid,
            self._host,
            token=lambda: self._token,
            disabled=lambda: self._asked.disabled,
            say_again=self._say_again,
        )
        return Resumption(parts, self, clock=around.clock, random=around.random, tasks=self._tasks)

    async def _say_again(self) -> None:
        """What was asked for while nobody listened; what counted before is only repeated."""
        for response in self._publisher.published() if self._publisher is not None else ():
            known = self._roster.publication(response.track.sid)
            if known is not None:
                await self._signal.send(mute=MuteTrackRequest(sid=known.id, muted=known.muted))
        await self._asked.again()

    def _cause(self, otherwise: str) -> str:
        """What an interruption that is noticed now comes of."""
        changed_ms = self._network_changed_ms
        recently = changed_ms is not None and self._around.clock() - changed_ms < _NETWORK_CHANGE_MS
        return NETWORK if recently else otherwise

    def _drop_for_media(self) -> None:
        code = ProblemCode.CONNECTION_LOST if self._watch.has_connected else ProblemCode.MEDIA_UNREACHABLE
        self._drop(Dropped(Problem(code, self._host), may_retry=self._watch.has_connected, cause=MEDIA))

    def _drop(self, dropped: Dropped) -> None:
        if not self._over:
            self._over = True
            self._listener.on_event(dropped)
            self._begin_closing()

    async def _close(self) -> None:
        await asyncio.shield(self._begin_closing())

    def _begin_closing(self) -> asyncio.Task[None]:
        if self._closed is None:
            self._closed = self._tasks.start(self._release(), name="close")
        return self._closed

    async def _release(self) -> None:
        parts = [part.close() for part in (self._subscriber, self._publisher) if part is not None]
        await asyncio.gather(*parts, self._signal.close())
        await self._tasks.close()

    def _sending(self) -> Publisher:
        self._refuse_when_over()
        if self._publisher is None:
            raise SessionClosed("the session has not begun")
        return self._publisher

    def _refuse_when_over(self) -> None:
        if self._over:
            raise SessionClosed("the session is over")

    def _emit(self, events: Iterable[ServerEvent]) -> None:
        if self._over:
            return
        for event in events:
            if isinstance(event, PublicationGone):
                # Signalling is ahead of the media's own negotiation.
                self._asked.forget(event.publication_id)
                self._end_stream(event.publication_id)
            self._listener.on_event(event)
        for sid in [sid for sid in self._early if self._roster.publication(sid) is not None]:
            self._begin_stream(sid, self._early.pop(sid))

    def _begin_stream(self, sid: str, stream: InboundStream) -> None:
        self._streaming.add(sid)
        known = self._roster.publication(sid)
        announced, sender = known is not None and known.encrypted is not None, known.participant_id if known else ""
        self._encryption.unlock(sid, stream, sender=sender, announced=announced)
        self._listener.on_stream(sid, stream)

    def _on_opens(self, sid: str, opens: bool) -> None:
        self._emit(self._roster.opens(sid, opens))

    def _end_stream(self, sid: str) -> None:
        if sid in self._streaming:
            self._streaming.discard(sid)
            self._listener.on_stream_ended(sid)
