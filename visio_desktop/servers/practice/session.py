"""A joined practice meeting."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from visio_desktop.meeting.events import (
    Captioned,
    ChatReceived,
    Dropped,
    HandChanged,
    Joined,
    ParticipantChanged,
    ParticipantLeft,
    PublicationChanged,
    PublicationGone,
    QualityChanged,
    Reacted,
    SpeakersChanged,
    WaitingChanged,
)
from visio_desktop.meeting.requests import Request
from visio_desktop.meeting.rooms import Caption, Emoji, Knock
from visio_desktop.meeting.values import (
    Capability,
    ChatMessage,
    Participant,
    Problem,
    ProblemCode,
    Publication,
    Quality,
    Role,
    Source,
)
from visio_desktop.rtc import DataChannel, PeerConnection, PeerOptions, PeerState, RtcError
from visio_desktop.rtc.frames import InboundStream, OutboundStream
from visio_desktop.servers.port import PublishRequest, RequestFailed, SessionClosed, SessionListener, Wanted
from visio_desktop.servers.practice import wire
from visio_desktop.servers.practice.asking import words_for
from visio_desktop.servers.practice.child import Child
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

HOST = "127.0.0.1"
ANSWER_TIMEOUT_S = 10.0
LONGEST_CHAT = 20_000
_log = get_logger(__name__)
CAPABILITIES = (
    Capability.PUBLISH
    | Capability.SUBSCRIBE
    | Capability.CHAT
    | Capability.HAND
    | Capability.SCREEN_SHARE
    | Capability.ACTIVE_SPEAKER
    | Capability.CONNECTION_QUALITY
    | Capability.REACTIONS
    | Capability.RENAME
    | Capability.EDIT_CHAT
    | Capability.LOWER_HANDS
    | Capability.MUTE_OTHERS
    | Capability.REMOVE
    | Capability.ADMIT
    | Capability.CAPTIONS
)


@dataclass(frozen=True, slots=True)
class _Sent:
    """What was published of one source."""

    track: str
    stream: OutboundStream
    request: PublishRequest


class PracticeSession:
    """Speaks with the child process; media goes over two peer connections on the loopback address."""

    def __init__(self, child: Child, listener: SessionListener, *, epoch_ms: Clock) -> None:
        self._child = child
        self._listener = listener
        self._epoch_ms = epoch_ms
        self._tasks = Tasks("practice session")
        options = PeerOptions(host_addresses=(HOST,), reuse_lines=True)
        self._up = PeerConnection(options, _Uplink())
        self._down = PeerConnection(options, _Downlink(listener))
        self._me = ""
        self._names: dict[str, str] = {}
        self._waiting: dict[str, Knock] = {}
        self._sent: dict[Source, _Sent] = {}
        self._answer: asyncio.Future[str] | None = None
        self._negotiation = asyncio.Lock()
        self._welcomed = asyncio.Event()
        self._closed = False
        self._over = False

    async def open(self, name: str, language: str) -> None:
        """Say hello and wait for the welcome. Raises `SessionClosed` where the process ends before it."""
        self._child.send(wire.Hello(name, language))
        self._names[""] = name
        self._tasks.start(self._listen(), name="listen to the practice meeting")
        await self._welcomed.wait()
        self._refuse_if_closed()

    async def publish(self, request: PublishRequest) -> OutboundStream:
        """Announce and negotiate a source."""
        self._refuse_if_closed()
        if request.source in self._sent:
            raise RequestFailed(f"{request.source.value} is published already")
        track = f"{self._me}-{request.source.value}"
        stream = self._up.add_sender(request.codecs, stream_id=self._me, track_id=track)
        self._sent[request.source] = _Sent(track, stream, request)
        self._announce(request.source, muted=request.muted)
        await self._negotiate()
        return stream

    async def unpublish(self, source: Source) -> None:
        """Take a source back."""
        self._refuse_if_closed()
        sent = self._sent.pop(source, None)
        if sent is None:
            return
        self._up.remove_sender(sent.stream)
        self._child.send(wire.Unpublished(sent.track))
        self._listener.on_event(PublicationGone(sent.track))
        await self._negotiate()

    async def set_muted(self, source: Source, muted: bool) -> None:
        """Tell the others."""
        self._refuse_if_closed()
        if source in self._sent:
            self._announce(source, muted=muted)

    async def set_wanted(self, publication_id: str, wanted: Wanted) -> None:
        """Say what is looked at."""
        self._refuse_if_closed()
        self._child.send(wire.Looked(publication_id, wanted.enabled))

    async def send_chat(self, message_id: str, text: str) -> None:
        """Write to everybody."""
        self._refuse_if_closed()
        if len(text) > LONGEST_CHAT:
            raise RequestFailed("the line is too long")
        self._child.send(wire.Line(message_id, self._me, text, self._epoch_ms()))

    async def set_hand(self, raised: bool, at_ms: float) -> None:
        """Raise or lower one's own hand."""
        self._refuse_if_closed()
        self._child.send(wire.Hand(self._me, at_ms if raised else 0.0))

    async def request(self, request: Request) -> None:
        """Ask for something of this meeting."""
        self._refuse_if_closed()
        self._child.send(words_for(request, self._me))

    async def leave(self) -> None:
        """Leave, and end the process."""
        if self._closed:
            return
        self._closed = True
        self._child.send(wire.Bye())
        await self._up.close()
        await self._down.close()
        await self._child.end()
        await self._tasks.close()

    def network_changed(self) -> None:
        """Nothing: the practice meeting goes over no network."""

    def path(self) -> dict[str, str]:
        """How media goes now."""
        return self._down.path()

    def capacity_bps(self) -> int | None:
        """See `Session`."""
        return self._up.transport_statistics().capacity_bps

    def _refuse_if_closed(self) -> None:
        if self._closed or self._over:
            raise SessionClosed("the practice meeting is over")

    def _announce(self, source: Source, *, muted: bool) -> None:
        sent = self._sent[source]
        size = (sent.request.width_px, sent.request.height_px)
        self._child.send(wire.Published(sent.track, self._me, source.value, muted, *size))
        self._listener.on_event(PublicationChanged(Publication(sent.track, self._me, source, muted, *size)))

    async def _negotiate(self) -> None:
        async with self._negotiation:
            self._refuse_if_closed()
            self._answer = asyncio.get_running_loop().create_future()
            self._child.send(wire.Offer(await self._up.create_offer()))
            try:
                async with asyncio.timeout(ANSWER_TIMEOUT_S):
                    await self._up.set_answer(await self._answer)
            except (TimeoutError, RtcError) as error:
                raise SessionClosed("the practice meeting does not answer") from error

    async def _listen(self) -> None:
        async for message in self._child.messages():
            if isinstance(message, wire.Welcome) is self._welcomed.is_set():
                continue  # there is one welcome, and nothing before it
            try:
                await self._take_in(message)
            except (ValueError, RtcError) as error:
                _log.warning("practice_message_refused", kind=type(message).__name__, error=str(error))
        self._end()

    def _end(self) -> None:
        """The process has ended: by itself, if nobody has left."""
        self._over = True
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(SessionClosed("the practice meeting is over"))
        if self._welcomed.is_set() and not self._closed:
            self._listener.on_event(Dropped(Problem(ProblemCode.CONNECTION_LOST), may_retry=True))
        self._welcomed.set()

    async def _take_in(self, message: wire.Message) -> None:  # noqa: C901 - a table of one line each
        tell = self._listener.on_event
        match message:
            case wire.Welcome(me, title):
                self._welcome(me, title)
            case wire.Person(person_id, name, colour, arrived):
                self._names[person_id] = name
                tell(ParticipantChanged(self._person(person_id, name, colour), arrived=arrived))
            case wire.PersonLeft(person_id):
                tell(ParticipantLeft(person_id))
            case wire.Published(track, person_id, source, muted, width_px, height_px):
                tell(PublicationChanged(Publication(track, person_id, Source(source), muted, width_px, height_px)))
            case wire.Unpublished(track):
                tell(PublicationGone(track))
            case wire.Offer(sdp):
                self._child.send(wire.Answer(await self._down.accept_offer(sdp)))
            case wire.Answer(sdp) if self._answer is not None and not self._answer.done():
                self._answer.set_result(sdp)
            case wire.Speakers(ids):
                tell(SpeakersChanged(frozenset(ids.split())))
            case wire.Hand(person_id, raised_at_ms):
                tell(HandChanged(person_id, raised_at_ms or None))
            case wire.Line(line_id, person_id, text, at_ms):
                name = self._names.get(person_id, "")
                tell(ChatReceived(ChatMessage(line_id, person_id, name, text, at_ms, is_mine=person_id == self._me)))
            case wire.Connections(person_id, quality):
                tell(QualityChanged(person_id, Quality(quality)))
            case _:
                self._take_in_the_rest(message)

    def _take_in_the_rest(self, message: wire.Message) -> None:
        """What comes with leading a room, and passes over its stage."""
        match message:
            case wire.Reaction(person_id, emoji):
                self._listener.on_event(Reacted(person_id, Emoji(emoji)))
            case wire.Said(line_id, person_id, text, final):
                name = self._names.get(person_id, "")
                self._listener.on_event(Captioned(Caption(line_id, person_id, name, text, final)))
            case wire.Knocked(person_id, name, colour):
                self._waiting[person_id] = Knock(person_id, name, colour)
                self._listener.on_event(WaitingChanged(tuple(self._waiting.values())))
            case wire.WentAway(person_id):
                self._waiting.pop(person_id, None)
                self._listener.on_event(WaitingChanged(tuple(self._waiting.values())))
            case _:
                pass

    def _welcome(self, me: str, title: str) -> None:
        self._me = me
        self._names[me] = self._names.pop("")
        self._listener.on_mark("signalling_open")
        self._listener.on_event(Joined(self._person(me, self._names[me]), title, CAPABILITIES, self._epoch_ms()))
        self._welcomed.set()

    def _person(self, person_id: str, name: str, colour: str = "") -> Participant:
        """Whoever practises leads the meeting."""
        is_me = person_id == self._me
        return Participant(person_id, name, is_me, colour=colour, role=Role.OWNER if is_me else Role.MEMBER)


class _Uplink:
    """The way out: nothing comes in here."""

    def on_state(self, state: PeerState) -> None:
        pass

    def on_stream(self, stream: InboundStream, *, mid: str, stream_id: str, track_id: str) -> None:
        pass

    def on_stream_ended(self, stream: InboundStream) -> None:
        pass

    def on_channel(self, channel: DataChannel) -> None:
        pass

    def on_own_candidate(self, candidate: str) -> None:
        pass


class _Downlink(_Uplink):
    """The way in."""

    def __init__(self, listener: SessionListener) -> None:
        self._listener = listener
        self._tracks: dict[str, str] = {}

    def on_state(self, state: PeerState) -> None:
        if state is PeerState.CONNECTED:
            self._listener.on_mark("first_ice_connected")

    def on_stream(self, stream: InboundStream, *, mid: str, stream_id: str, track_id: str) -> None:  # noqa: ARG002
        self._tracks[stream.id] = track_id
        self._listener.on_stream(track_id, stream)

    def on_stream_ended(self, stream: InboundStream) -> None:
        track_id = self._tracks.pop(stream.id, None)
        if track_id is not None:
            self._listener.on_stream_ended(track_id)
