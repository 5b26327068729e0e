"""A joined group."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from visio_desktop.meeting.asking import needed
from visio_desktop.meeting.events import (
    CapabilitiesChanged,
    Dropped,
    Joined,
    MutedByServer,
    NoticeReceived,
    ParticipantLeft,
    PublicationChanged,
    PublicationGone,
    RulesChanged,
    SendingAllowed,
    ServerEvent,
)
from visio_desktop.meeting.requests import Request
from visio_desktop.meeting.rooms import Notice, Rules
from visio_desktop.meeting.values import Capability, Participant, Problem, ProblemCode, Publication, Role, Source
from visio_desktop.net import Silent
from visio_desktop.rtc import PeerState
from visio_desktop.rtc.frames import InboundStream, OutboundStream
from visio_desktop.servers.galene import asking, roster
from visio_desktop.servers.galene.incoming import Incoming
from visio_desktop.servers.galene.lines import LONGEST_LINE, Lines
from visio_desktop.servers.galene.outgoing import Outgoing
from visio_desktop.servers.galene.problems import removed
from visio_desktop.servers.galene.roster import Roster
from visio_desktop.servers.galene.signal import Signal
from visio_desktop.servers.galene.stream import REQUEST
from visio_desktop.servers.galene.words import Said
from visio_desktop.servers.links.ways import Ways
from visio_desktop.servers.links.wire import MakePeer
from visio_desktop.servers.port import PublishRequest, RequestFailed, SessionClosed, SessionListener, Wanted
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks
from visio_desktop.system.texts import tr

SETTLED_WITHIN_S = 3.0
"""How long we wait for the names of those who are there; the server gives them right after letting us in."""
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a session is handed: clocks, ids for streams, its tasks, how a connection is made, whose lines are ours."""

    epoch: Clock
    ids: Callable[[], str]
    tasks: Tasks
    make_peer: MakePeer
    is_mine: Callable[[str], bool]


class GaleneSession:
    """See `servers.port.Session`. `begin` it first."""

    def __init__(self, signal: Signal, host: str, listener: SessionListener, around: Surroundings) -> None:
        self._signal = signal
        self._host = host
        self._listener = listener
        self._around = around
        self._me = Participant(signal.client_id, "", is_me=True)
        self._username = ""
        self._permissions: frozenset[str] = frozenset()
        self._own: dict[Source, Publication] = {}
        self._locked = False
        self._people_told = 0
        self._at_first = 0
        self._kicked: str | None = None
        self._over = False
        self._roster = Roster(signal.client_id, around.epoch)
        self._lines = Lines(around.is_mine, around.epoch)
        ways = Ways(listener.on_mark)
        self._ways = ways
        self._incoming = Incoming(
            signal.say,
            around.make_peer,
            self,
            ways=ways,
            tasks=around.tasks,
            knows=self._roster.__contains__,
            muted=self._roster.muted,
        )
        self._outgoing = Outgoing(
            signal.say,
            around.make_peer,
            self,
            ways=ways,
            tasks=around.tasks,
            ids=around.ids,
            signature=self._signature,
        )

    async def begin(self, joined: Said, title: str) -> None:
        """We were let in: tell of it, then of those who are there."""
        status = joined.fields.object("status")
        self._username, self._permissions = joined.username, joined.permissions
        role = Role.ADMINISTRATOR if roster.LEADS in joined.permissions else Role.MEMBER
        name, may_send = joined.username or tr("galene.anonymous"), asking.PRESENTS in joined.permissions
        self._me = Participant(self._me.id, name, is_me=True, role=role, may_send=may_send)
        self._at_first = status.count("clientCount") or 1
        self._listener.on_mark("signalling_open")
        able = asking.capabilities(self._permissions)
        self._listener.on_event(Joined(self._me, status.text("displayName") or title, able, self._around.epoch()))
        if not may_send:
            self._listener.on_event(SendingAllowed(frozenset()))
        self._tell_lock(locked=status.flag("locked"))
        await self._say("request", request=REQUEST)
        try:
            async with asyncio.timeout(SETTLED_WITHIN_S):
                while self._people_told < self._at_first and (said := await self._signal.next()) is not None:
                    await self._hear(said)
        except TimeoutError:
            _log.info("not_everybody_named", named=self._people_told, there=self._at_first)
        self._around.tasks.start(self._listen(), name="listen")

    # ---- Session

    async def publish(self, request: PublishRequest) -> OutboundStream:
        """See `Session`."""
        self._refuse_if_over()
        if asking.PRESENTS not in self._permissions:
            raise RequestFailed("may not present", Problem(ProblemCode.REQUEST_REFUSED, self._host))
        stream = await self._outgoing.publish(request)
        name = f"{self._me.id}:{request.source.value}"
        size = (request.width_px, request.height_px)
        self._tell_own(Publication(name, self._me.id, request.source, request.muted, *size))
        if request.muted:
            await self._tell_muted()
        return stream

    async def unpublish(self, source: Source) -> None:
        """See `Session`."""
        self._refuse_if_over()
        try:
            await self._outgoing.unpublish(source)
        finally:
            own = self._own.pop(source, None)
            if own is not None:
                self._listener.on_event(PublicationGone(own.id))

    async def set_muted(self, source: Source, muted: bool) -> None:
        """See `Session`."""
        self._refuse_if_over()
        own = self._own.get(source)
        if own is not None and own.muted is not muted:
            self._tell_own(_muted(own, muted=muted))
            await self._tell_muted()

    async def set_wanted(self, publication_id: str, wanted: Wanted) -> None:
        """See `Session`."""
        self._refuse_if_over()
        await self._incoming.look(publication_id, wanted)

    async def send_chat(self, message_id: str, text: str) -> None:
        """See `Session`."""
        self._refuse_if_over()
        if len(text) > LONGEST_LINE or Capability.CHAT not in asking.capabilities(self._permissions):
            raise RequestFailed("the line is too long, or may not be written")
        await self._say("chat", id=message_id, dest="", kind="", value=text, **self._signature())

    async def set_hand(self, raised: bool, at_ms: float) -> None:
        """See `Session`."""
        self._refuse_if_over()
        await self._set_data(roster.hand_data(at_ms if raised else None))

    async def request(self, request: Request) -> None:
        """See `Session`. The server does not confirm: what it refuses it says in the chat."""
        self._refuse_if_over()
        if asking.asks_nothing(request):
            return
        words = asking.words_for(request)
        if words is None or not needed(request) & asking.capabilities(self._permissions):
            raise RequestFailed(f"not here: {type(request).__name__}", Problem(ProblemCode.REQUEST_REFUSED, self._host))
        what, fields = words
        await self._say(what, **fields, **self._signature())

    async def leave(self) -> None:
        """See `Session`."""
        self._over = True
        await self._signal.close()
        await self._outgoing.close()
        await self._incoming.close()
        await self._around.tasks.close()

    def network_changed(self) -> None:
        """See `Session`."""
        self._ways.suspect()

    def path(self) -> dict[str, str]:
        """See `Session`."""
        return self._ways.path()

    def capacity_bps(self) -> int | None:
        """See `Session`."""
        return self._outgoing.capacity_bps()

    # ---- from the media

    def on_publication(self, publication: Publication) -> None:
        """See `Listening`."""
        self._tell(PublicationChanged(publication))

    def on_publication_gone(self, publication_id: str) -> None:
        """See `Listening`."""
        self._tell(PublicationGone(publication_id))

    def on_incoming(self, publication_id: str, stream: InboundStream) -> None:
        """See `Listening`."""
        if not self._over:
            self._listener.on_stream(publication_id, stream)

    def on_incoming_ended(self, publication_id: str) -> None:
        """See `Listening`."""
        if not self._over:
            self._listener.on_stream_ended(publication_id)

    def on_wire_state(self, state: PeerState) -> None:
        """See `Listening` and `Speaking`."""
        self._ways.heard(state)

    def on_refused(self, source: Source) -> None:
        """See `Speaking`."""
        own = self._own.pop(source, None)
        if own is not None:
            self._tell(PublicationGone(own.id), MutedByServer(source))

    def on_not_sent(self) -> None:
        """See `Speaking`: joining anew is the only thing left."""
        self._drop(Problem(ProblemCode.CONNECTION_LOST, self._host), may_retry=True)

    # ---- from the server

    async def _listen(self) -> None:
        while (said := await self._signal.next()) is not None:
            await self._hear(said)
        if self._kicked is not None:
            self._drop(removed(self._kicked, self._host), may_retry=False)
        else:
            self._drop(Problem(ProblemCode.CONNECTION_LOST, self._host), may_retry=True)

    async def _hear(self, said: Said) -> None:  # noqa: C901, PLR0912 - a table of one line each
        if self._over:
            return
        match said.type:
            case "offer" if said.id in self._outgoing:
                await self._incoming.say("abort", id=said.id)
            case "offer":
                await self._incoming.offered(said)
            case "answer":
                await self._outgoing.answered(said.id, said.sdp)
            case "ice":
                await self._take_candidate(said)
            case "close":
                await self._incoming.closed(said.id)
            case "abort":
                await self._outgoing.aborted(said.id)
            case "renegotiate":
                self._around.tasks.start(self._outgoing.renegotiate(said.id), name="renegotiate")
            case "user":
                await self._hear_of_person(said)
            case "chat" | "chathistory":
                self._tell(*self._lines.read(said))
            case "usermessage":
                await self._hear_message(said)
            case "joined":
                self._hear_of_ourselves(said)
            case _:
                _log.debug("galene_says", type=said.type[:40])

    async def _take_candidate(self, said: Said) -> None:
        found = said.candidate
        if found is None:
            return
        where = self._outgoing if said.id in self._outgoing else self._incoming
        await where.candidate(said.id, *found)

    async def _hear_of_person(self, said: Said) -> None:
        """The first so many were there before us."""
        if said.kind == "add":
            self._people_told += 1
        if said.id == self._me.id and said.kind == "delete":
            return
        events = self._roster.read(said, arriving=self._people_told > self._at_first)
        if any(isinstance(event, ParticipantLeft) for event in events):
            await self._incoming.left(said.id)
        self._tell(*events)
        self._incoming.muting_changed(said.id)

    async def _hear_message(self, said: Said) -> None:
        match said.kind:
            case "kicked" if said.privileged:
                self._kicked = said.value
            case "mute" if said.privileged and said.source != self._me.id:
                await self._obey_mute(said.source)
            case "mute":
                _log.warning("mute_not_obeyed", source=said.source[:64])
            case "clearchat" if said.privileged:
                self._tell(*self._lines.cleared(said))
            case _:
                self._tell(*self._lines.read_notice(said))

    async def _obey_mute(self, by: str) -> None:
        """Galene leaves that to us; whoever asks may, says the server."""
        own = self._own.get(Source.MICROPHONE)
        if own is None or own.muted:
            return
        self._tell_own(_muted(own, muted=True))
        self._tell(MutedByServer(Source.MICROPHONE), NoticeReceived(Notice.MUTED_BY_HOST, by))
        await self._tell_muted()

    def _hear_of_ourselves(self, said: Said) -> None:
        if said.kind == "leave":
            self._drop(removed(self._kicked or "", self._host), may_retry=False)
        if said.kind != "change":
            return
        before, self._permissions = self._permissions, said.permissions
        if asking.capabilities(before) != asking.capabilities(self._permissions):
            self._tell(CapabilitiesChanged(asking.capabilities(self._permissions)))
        if asking.sendable(before) != asking.sendable(self._permissions):
            self._tell(SendingAllowed(asking.sendable(self._permissions)))
        self._tell_lock(locked=said.fields.object("status").flag("locked"))

    def _tell_lock(self, *, locked: bool) -> None:
        self._tell(RulesChanged(Rules(locked=locked)))
        if locked is not self._locked:
            self._locked = locked
            self._tell(*self._lines.tell(tr("galene.locked" if locked else "galene.unlocked")))

    # ---- ourselves

    def _signature(self) -> dict[str, str]:
        """Who says it: the server compares."""
        return {"source": self._me.id, "username": self._username}

    async def _set_data(self, data: dict[str, Any]) -> None:
        await self._say("useraction", kind="setdata", dest=self._me.id, value=data, **self._signature())

    async def _tell_muted(self) -> None:
        muted = frozenset(source for source, own in self._own.items() if own.muted)
        await self._set_data(roster.muted_data(muted))

    async def _say(self, what: str, /, **fields: Any) -> None:
        try:
            await self._signal.say(what, **fields)
        except Silent as error:
            raise RequestFailed("signalling is gone") from error

    def _tell_own(self, own: Publication) -> None:
        self._own[own.source] = own
        self._tell(PublicationChanged(own))

    def _tell(self, *events: ServerEvent) -> None:
        for event in events:
            if not self._over:
                self._listener.on_event(event)

    def _drop(self, problem: Problem, *, may_retry: bool) -> None:
        if not self._over:
            self._over = True
            self._listener.on_event(Dropped(problem, may_retry=may_retry))

    def _refuse_if_over(self) -> None:
        if self._over:
            raise SessionClosed("the session is over")


def _muted(own: Publication, *, muted: bool) -> Publication:
    return Publication(own.id, own.participant_id, own.source, muted, own.width_px, own.height_px)
