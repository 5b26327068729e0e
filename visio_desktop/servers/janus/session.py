"""A joined VideoRoom."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from visio_desktop.meeting.events import (
    ChatReceived,
    Dropped,
    HandChanged,
    Joined,
    MutedByServer,
    ParticipantChanged,
    PublicationChanged,
    PublicationGone,
    Reacted,
    Restored,
    Restoring,
    SendingAllowed,
)
from visio_desktop.meeting.requests import MuteOther, React, RemovePerson, Rename, Request
from visio_desktop.meeting.values import ChatMessage, Participant, Problem, ProblemCode, Publication, Source
from visio_desktop.net import NetError
from visio_desktop.rtc import PeerConnection, PeerListener, PeerState
from visio_desktop.rtc.frames import InboundStream, OutboundStream
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.janus import convention, returning
from visio_desktop.servers.janus.incoming import Incoming
from visio_desktop.servers.janus.outgoing import Outgoing, Sent
from visio_desktop.servers.janus.place import Place
from visio_desktop.servers.janus.problems import secret_refused
from visio_desktop.servers.janus.roster import LONGEST_NAME, Roster, publication_id
from visio_desktop.servers.janus.signal import Signal
from visio_desktop.servers.janus.text_room import Said, TextRoom
from visio_desktop.servers.janus.words import Refusal, Words
from visio_desktop.servers.port import PublishRequest, RequestFailed, SessionClosed, SessionListener, Wanted
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks
from visio_desktop.system.texts import tr

_log = get_logger(__name__)
_COME_BACK_MS = 8_000.0
_BETWEEN_S = 0.4
TOLD_WITHIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a session is handed: clocks, its tasks, how a connection is made, and what was written in text rooms."""

    clock: Clock
    epoch: Clock
    tasks: Tasks
    make_peer: Callable[[PeerListener], PeerConnection]
    written: dict[str, str] = field(default_factory=dict, repr=False)


class JanusSession:
    """See `servers.port.Session`. `enter` it first."""

    def __init__(self, signal: Signal, place: Place, listener: SessionListener, around: Surroundings) -> None:
        self._signal = signal
        self._place = place
        self._listener = listener
        self._around = around
        self._roster = Roster()
        self._key: int | str = 0
        self._me = Participant("", "", is_me=True)
        self._handle = 0
        self._sendable = frozenset(Source)
        self._is_connected = False
        self._over = False
        self._outgoing = Outgoing(around.make_peer, self._peer_state, self._configure)
        self._incoming: Incoming | None = None
        self._text = TextRoom(signal, place, around.make_peer, self, around.written)
        self._writes_in_text_room = False
        self._ready_to_write = asyncio.Event()
        signal.on_words, signal.on_lost = self._heard, self._lost

    async def enter(self, name: str) -> None:
        """Join the room. Raises `Refusal`, `RequestFailed`, and `JoinError` where the room's secret is wrong."""
        self._handle = await self._signal.attach()
        await self._prove()
        body = {"request": "join", "ptype": "publisher", "display": name[:LONGEST_NAME], **self._place.entry()}
        room = (await self._signal.room(self._handle, body)).room
        key = room.key("id")
        if key is None:
            raise RequestFailed("joined as nobody")
        self._key, self._me = key, Participant(str(key), name[:LONGEST_NAME], is_me=True)
        self._listener.on_mark("signalling_open")
        title = room.text("description") or str(self._place.address.room)
        self._listener.on_event(Joined(self._me, title, self._place.capabilities, self._around.epoch()))
        entry = self._place.entry(room.key("private_id"))
        make = self._around.make_peer
        self._incoming = Incoming(self._signal, entry, lambda: make(self._watching), self, self._around.tasks)
        self._take_in(room, arriving=False)
        self._around.tasks.start(self._begin(), name="begin")

    # ---- Session

    async def publish(self, request: PublishRequest) -> OutboundStream:
        """See `Session`."""
        self._refuse_if_over()
        if request.source not in self._sendable:
            raise RequestFailed(f"{request.source.value} was muted by a moderator")
        sent = await self._outgoing.publish(request)
        self._tell_own(sent, request)
        return sent.stream

    async def unpublish(self, source: Source) -> None:
        """See `Session`."""
        self._refuse_if_over()
        sent = await self._outgoing.unpublish(source)
        if sent is not None:
            self._listener.on_event(PublicationGone(publication_id(self._me.id, sent.mid)))

    async def set_muted(self, source: Source, muted: bool) -> None:
        """See `Session`."""
        self._refuse_if_over()
        sent = await self._outgoing.mute(source, muted=muted)
        if sent is not None:
            self._tell_own(sent)

    async def set_wanted(self, publication_id: str, wanted: Wanted) -> None:
        """See `Session`."""
        self._refuse_if_over()
        if self._incoming is not None:
            await self._incoming.look(publication_id, wanted)

    async def send_chat(self, message_id: str, text: str) -> None:
        """See `Session`."""
        self._refuse_if_over()
        if len(text) > convention.LONGEST_TEXT:
            raise RequestFailed("the line is too long")
        await self._ready_to_write.wait()
        if self._writes_in_text_room:
            await self._text.say(message_id, text)
        else:
            await self._outgoing.say(convention.write_line(convention.Line(message_id, text)))
        self._tell_line(message_id, self._me, text)

    async def set_hand(self, raised: bool, at_ms: float) -> None:
        """See `Session`."""
        self._refuse_if_over()
        await self._outgoing.raise_hand(at_ms if raised else None)
        self._listener.on_event(HandChanged(self._me.id, at_ms if raised else None))

    async def request(self, request: Request) -> None:
        """See `Session`."""
        self._refuse_if_over()
        match request:
            case React(emoji):
                await self._outgoing.say(convention.write_reaction(emoji))
            case Rename(name):
                await self._room({"request": "configure", "display": name[:LONGEST_NAME]})
                self._me = replace(self._me, name=name[:LONGEST_NAME])
                self._listener.on_event(ParticipantChanged(self._me))
            case MuteOther(person) if self._place.credentials.room_secret:
                await self._mute_other(person)
            case RemovePerson(person) if self._place.credentials.room_secret:
                await self._room(self._place.led("kick", id=self._roster.key(person)))
            case _:
                raise RequestFailed(f"not here: {type(request).__name__}")

    async def leave(self) -> None:
        """See `Session`."""
        self._over = True
        await self._signal.close()
        await self._outgoing.close()
        await self._text.close()
        if self._incoming is not None:
            await self._incoming.close()
        await self._around.tasks.close()

    def network_changed(self) -> None:
        """See `Session`."""
        for peer in self._peers():
            peer.suspect()

    def path(self) -> dict[str, str]:
        """See `Session`."""
        return self._outgoing.peer.path()

    def capacity_bps(self) -> int | None:
        """See `Session`."""
        return self._outgoing.peer.transport_statistics().capacity_bps

    # ---- IncomingListener

    def on_incoming_state(self, state: PeerState) -> None:
        """See `IncomingListener`."""
        self._peer_state(state)

    def on_incoming_stream(self, publication_id: str, stream: InboundStream) -> None:
        """See `IncomingListener`."""
        self._listener.on_stream(publication_id, stream)

    def on_incoming_ended(self, publication_id: str) -> None:
        """See `IncomingListener`."""
        self._listener.on_stream_ended(publication_id)

    def on_said(self, person: str, data: bytes) -> None:
        """See `IncomingListener`."""
        match convention.read(data):
            case convention.Line(line_id, text):
                # Ids are given by whoever writes: two may choose the same.
                self._tell_line(f"{person}:{line_id}", Participant(person, self._roster.name(person), False), text)
            case convention.Reaction(emoji):
                self._listener.on_event(Reacted(person, emoji))
            case _:
                _log.debug("data_not_understood", bytes=len(data))

    # ---- TextListener

    def on_text_state(self, state: PeerState) -> None:
        """See `TextListener`."""
        if state is PeerState.FAILED and self._writes_in_text_room:
            self._broken()

    def on_text(self, said: Said) -> None:
        """See `TextListener`. The server says when in whole seconds, by its clock: of use for what was before us."""
        name = self._roster.name(said.person) or said.name
        name = tr("chat.private", name=name) if said.private else name
        now_ms = self._around.epoch()
        at_ms = min(said.at_ms, now_ms) if said.old and said.at_ms is not None else now_ms
        line = ChatMessage(said.id, said.person, name, said.text, at_ms, is_mine=said.mine)
        self._listener.on_event(ChatReceived(line, is_old=said.old))

    # ---- from the server

    def _heard(self, words: Words) -> None:
        if self._over:
            return
        if self._incoming is not None and words.sender == self._incoming.handle and words.sender:
            if words.offer or "streams" in words.room:
                self._incoming.offered(words)
            elif words.kind == "hangup":
                self._broken()
        elif words.kind in {"hangup", "detached"} and words.sender in self._needed_handles:
            self._broken()
        elif words.kind == "timeout":
            self._drop(ProblemCode.CONNECTION_LOST, may_retry=True)
        elif words.kind == "event" and words.sender == self._handle:
            self._heard_of_room(words.room)

    def _heard_of_room(self, room: Fields) -> None:
        if room.text("videoroom") == "destroyed":
            self._drop(ProblemCode.ROOM_ENDED, may_retry=False)
        elif room.text("leaving") == "ok":
            self._drop(ProblemCode.REMOVED, may_retry=False)
        elif room.text("moderation"):
            self._moderated(room)
        elif room.key("id") != self._key:
            self._take_in(room, arriving=True)

    def _take_in(self, room: Fields, *, arriving: bool) -> None:
        for event in self._roster.read(room, arriving=arriving):
            self._listener.on_event(event)
        self._receive()

    def _receive(self) -> None:
        if self._incoming is not None:
            self._incoming.wish(self._roster.streams)

    def _moderated(self, room: Fields) -> None:
        """A moderator closes or opens a stream; while it is closed Janus passes nothing of it on."""
        who, mid, muted = str(room.key("id")), room.text("mid"), room.text("moderation") == "muted"
        if room.key("id") != self._key:
            publication = self._roster.publication(who, mid)
            if publication is not None:
                self._listener.on_event(PublicationChanged(replace(publication, muted=muted)))
            return
        sent = next((each for each in self._outgoing.sent.values() if each.mid == mid), None)
        if sent is None:
            return
        self._sendable = self._sendable - {sent.source} if muted else self._sendable | {sent.source}
        self._listener.on_event(SendingAllowed(self._sendable))
        if muted:
            self._listener.on_event(MutedByServer(sent.source))
            self._tell_own(replace(sent, muted=True))

    async def _mute_other(self, person: str) -> None:
        for who, mid in self._roster.streams:
            publication = self._roster.publication(who, mid)
            if who == person and publication is not None and publication.source is Source.MICROPHONE:
                await self._room(self._place.led("moderate", id=self._roster.key(person), mid=mid, mute=True))

    # ---- coming back

    def _lost(self) -> None:
        if not self._over:
            self._around.tasks.start(self._come_back(), name="come back")

    async def _come_back(self) -> None:
        """Claim the session and hear again who is there; else it is over."""
        began_ms = self._around.clock()
        self._listener.on_event(Restoring("signalling"))
        while not self._over and self._around.clock() - began_ms < _COME_BACK_MS:
            try:
                await self._signal.reclaim(self._place.address.url)
                people, publishers = await returning.whole_room(self._signal, self._handle, self._place)
            except (NetError, RequestFailed):
                await asyncio.sleep(_BETWEEN_S)
                continue
            except Refusal:
                break
            others = [each for each in people if each.key("id") != self._key]
            for event in self._roster.replace(others, [each for each in publishers if each.key("id") != self._key]):
                self._listener.on_event(event)
            self._receive()
            self._listener.on_event(Restored("signalling", self._around.clock() - began_ms))
            return
        self._drop(ProblemCode.CONNECTION_LOST, may_retry=True)

    # ---- ourselves

    async def _prove(self) -> None:
        """Joining takes no secret: so that a wrong one is told at once, nothing is edited with it."""
        if self._place.credentials.room_secret:
            try:
                await self._signal.room(self._handle, self._place.led("edit"))
            except Refusal as error:
                raise secret_refused(error, self._place.address.host) from error

    async def _begin(self) -> None:
        try:
            await self._outgoing.begin()
            self._writes_in_text_room = await self._text.enter(str(self._key), self._me.name)
        except (RequestFailed, SessionClosed) as error:
            _log.warning("data_channel_failed", error=str(error))
            await self._text.close()
        finally:
            self._ready_to_write.set()

    async def _configure(self, body: Mapping[str, Any], offer: str) -> Words:
        return await self._signal.room(self._handle, body, offer=offer)

    async def _room(self, body: Mapping[str, Any]) -> None:
        try:
            await self._signal.room(self._handle, body)
        except Refusal as error:
            raise RequestFailed(str(error)) from error

    def _tell_own(self, sent: Sent, request: PublishRequest | None = None) -> None:
        size = (request.width_px, request.height_px) if request is not None else (0, 0)
        own = Publication(publication_id(self._me.id, sent.mid), self._me.id, sent.source, sent.muted, *size)
        self._listener.on_event(PublicationChanged(own))

    def _tell_line(self, line_id: str, sender: Participant, text: str) -> None:
        line = ChatMessage(line_id, sender.id, sender.name, text, self._around.epoch(), is_mine=sender.is_me)
        self._listener.on_event(ChatReceived(line))

    def _peer_state(self, state: PeerState) -> None:
        if state is PeerState.CONNECTED and not self._is_connected:
            self._is_connected = True
            self._listener.on_mark("first_ice_connected")
        if state is PeerState.FAILED:
            self._broken()

    def _peers(self) -> list[PeerConnection]:
        incoming = self._incoming.peer if self._incoming is not None else None
        return [peer for peer in (self._outgoing.peer, incoming, self._text.peer) if peer is not None]

    @property
    def _needed_handles(self) -> set[int]:
        return {self._handle, self._text.handle} if self._writes_in_text_room else {self._handle}

    @property
    def _watching(self) -> PeerListener:
        if self._incoming is None:
            raise SessionClosed("not entered")
        return self._incoming

    def _broken(self) -> None:
        """A connection is gone. Whoever is removed hears of that first, and why only then from the room."""

        async def unless_told() -> None:
            await asyncio.sleep(TOLD_WITHIN_S)
            self._drop(ProblemCode.CONNECTION_LOST, may_retry=True)

        self._around.tasks.start(unless_told(), name="broken")

    def _drop(self, code: ProblemCode, *, may_retry: bool) -> None:
        if not self._over:
            self._over = True
            self._listener.on_event(Dropped(Problem(code, self._place.address.host), may_retry=may_retry))

    def _refuse_if_over(self) -> None:
        if self._over:
            raise SessionClosed("the session is over")
