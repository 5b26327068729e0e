"""A joined call of Nextcloud Talk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from visio_desktop.meeting.events import (
    Dropped,
    HandChanged,
    InvitationChanged,
    Joined,
    ParticipantChanged,
    PublicationChanged,
    PublicationGone,
    RecordingChanged,
    SendingAllowed,
)
from visio_desktop.meeting.requests import React, Rename, Request
from visio_desktop.meeting.rooms import Invitation
from visio_desktop.meeting.values import Participant, Problem, ProblemCode, Publication, Source
from visio_desktop.rtc.frames import EncodedFrame, InboundStream, OutboundStream
from visio_desktop.servers.fields import Fields, parse_json
from visio_desktop.servers.links.ways import Ways
from visio_desktop.servers.links.wire import MakePeer
from visio_desktop.servers.port import PublishRequest, RequestFailed, SessionClosed, SessionListener, Wanted
from visio_desktop.servers.talk.chat import Chat, refusal
from visio_desktop.servers.talk.entrance import LONGEST_NAME, Entrance, Entry
from visio_desktop.servers.talk.hearing import Hearing
from visio_desktop.servers.talk.leading import Leading
from visio_desktop.servers.talk.link import Address
from visio_desktop.servers.talk.ocs import Ocs, OcsError
from visio_desktop.servers.talk.receiving import Receiving
from visio_desktop.servers.talk.recordings import recording
from visio_desktop.servers.talk.returning import come_back
from visio_desktop.servers.talk.rooms import IN_CALL, WITH_AUDIO, WITH_VIDEO, capabilities, role
from visio_desktop.servers.talk.roster import Roster, publication_id
from visio_desktop.servers.talk.sending import SCREEN, Sending
from visio_desktop.servers.talk.showing import Showing
from visio_desktop.servers.talk.signal import Signal
from visio_desktop.servers.talk.signs import sign_of
from visio_desktop.servers.talk.telling import Telling
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

ENTER_TIMEOUT_S = 10.0
_NAMES_AGAIN_S, _MOST_LOOKS = 1.0, 5
_BESIDE = {
    "audioOn": ("unmute", "audio"),
    "audioOff": ("mute", "audio"),
    "videoOn": ("unmute", "video"),
    "videoOff": ("mute", "video"),
}
_MAX_BESIDE_BYTES = 16_384
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a session is handed: clocks, its tasks, and how a connection is made."""

    clock: Clock
    epoch: Clock
    tasks: Tasks
    make_peer: MakePeer


class TalkSession:
    """See `servers.port.Session`. `enter` it first."""

    def __init__(
        self,
        ocs: Ocs,
        entrance: Entrance,
        entry: Entry,
        signal: Signal,
        address: Address,
        listener: SessionListener,
        around: Surroundings,
    ) -> None:
        self._ocs = ocs
        self._entrance = entrance
        self._entry = entry
        self._signal = signal
        self._address = address
        self._listener = listener
        self._around = around
        self._over = self._left = False
        self._me = Participant("", "", is_me=True)
        self._naming: asyncio.Task[None] | None = None
        tasks, make_peer = around.tasks, around.make_peer
        self.roster = Roster()
        self.ways = Ways(listener.on_mark)
        self.showing = Showing(self.roster, listener, tasks)
        self.sending = Sending(
            make_peer, self._say_own, self.ways, self, around.clock, self.start, entry.conversation.sources
        )
        self.receiving = Receiving(make_peer, self._say, self.ways, tasks, self)
        self.telling = Telling(self.to_all, self.sending.video.say, tasks)
        self.leading = Leading(ocs, address.token, self.roster, self.control, listener.on_event)
        self.chat = Chat(
            ocs,
            address.token,
            longest=entry.abilities.longest_chat,
            me=(entry.conversation.actor, lambda: self._me),
            who=self._person,
            tell=listener.on_event,
            tasks=tasks,
        )
        self._hearing = Hearing(self, entry, address.token, is_guest=not ocs.has_account)
        signal.on_words, signal.on_lost = self._hearing.heard, self._lost

    async def enter(self, name: str, *, consent: bool) -> None:
        """Join room and call, and tell who is there. Raises `Refusal`, `RequestFailed` or `JoinError`."""
        conversation = self._entry.conversation
        self.roster.me = self._signal.session_id
        self.telling.name = name[:LONGEST_NAME]
        self._me = Participant(self.roster.me, name[:LONGEST_NAME], is_me=True, role=role(conversation.kind))
        await self._signal.enter(self._address.token, conversation.session)
        self._listener.on_mark("signalling_open")
        flags = IN_CALL
        flags |= WITH_AUDIO if Source.MICROPHONE in conversation.sources else 0
        flags |= WITH_VIDEO if Source.CAMERA in conversation.sources else 0
        await self._entrance.enter_call(flags, consent=consent)
        try:
            async with asyncio.timeout(ENTER_TIMEOUT_S):
                await self._hearing.listed.wait()
        except TimeoutError as error:
            raise RequestFailed("the call does not know of us") from error
        await self._learn_names()
        offered = capabilities(self._entry.abilities, conversation, is_guest=not self._ocs.has_account)
        title = conversation.title or self._address.token
        first = Joined(self._me, title, offered, self._around.epoch())
        self.showing.begin(first, SendingAllowed(conversation.sources), *self._told_first())
        self._hearing.begin()
        self.may_send(self._hearing.sources)
        self.chat.begin()

    def _told_first(self) -> tuple[InvitationChanged | RecordingChanged, ...]:
        invited = InvitationChanged(Invitation(self._address.web if self._address.secure else ""))
        made = recording(self._entry.conversation.recording)
        return (invited,) if made is None else (invited, RecordingChanged(made))

    # ---- Session

    async def publish(self, request: PublishRequest) -> OutboundStream:
        """See `Session`."""
        self._refuse_if_over()
        stream = await self.sending.publish(request)
        self._tell_own(request.source, muted=request.muted)
        await self._tell(self.telling.turn(request.source, on=not request.muted))
        if request.source is Source.SCREEN:
            for person in list(self.roster.people):
                await self._tell(self.offer_screen(person))
        return stream

    async def unpublish(self, source: Source) -> None:
        """See `Session`."""
        self._refuse_if_over()
        if not self.sending.of(source).unpublish(source):
            return
        self._listener.on_event(PublicationGone(publication_id(self._me.id, source)))
        await self._tell(self.telling.turn(source, on=False))
        if source is Source.SCREEN:
            await self._tell(self.to_all({"type": "unshareScreen", "roomType": SCREEN, "payload": {}}))

    async def set_muted(self, source: Source, muted: bool) -> None:
        """See `Session`."""
        self._refuse_if_over()
        if source in self.sending.sent():
            self._tell_own(source, muted=muted)
            await self._tell(self.telling.turn(source, on=not muted))

    async def set_wanted(self, publication_id: str, wanted: Wanted) -> None:
        """See `Session`."""
        self._refuse_if_over()
        person, _, name = publication_id.rpartition(":")
        if name in {source.value for source in Source}:
            await self.receiving.look(person, Source(name), wanted)

    async def send_chat(self, message_id: str, text: str) -> None:
        """See `Session`."""
        self._refuse_if_over()
        await self.chat.send(message_id, text)

    async def set_hand(self, raised: bool, at_ms: float) -> None:
        """See `Session`."""
        self._refuse_if_over()
        await self.telling.raise_hand(at_ms if raised else None)
        self._listener.on_event(HandChanged(self._me.id, at_ms if raised else None))

    async def request(self, request: Request) -> None:
        """See `Session`."""
        self._refuse_if_over()
        match request:
            case React(emoji):
                await self.telling.react(sign_of(emoji))
            case Rename(name) if not self._ocs.has_account:
                await self._rename(name[:LONGEST_NAME])
            case _ if self._hearing.leads and await self.leading.request(request):
                pass
            case _:
                raise RequestFailed(f"not here: {type(request).__name__}")

    async def leave(self) -> None:
        """See `Session`: out of the call, out of the conversation, goodbye."""
        self._over = True
        if self._left:
            return
        self._left = True
        await self._entrance.leave()
        await self._signal.close()
        # Each in peace: a connection that is interrupted while it closes is never closed.
        await self.sending.close()
        await self.receiving.close()
        await self._around.tasks.close()
        await self._ocs.close()

    def network_changed(self) -> None:
        """See `Session`."""
        self.ways.suspect()

    def path(self) -> dict[str, str]:
        """See `Session`."""
        return self.ways.path()

    def capacity_bps(self) -> int | None:
        """See `Session`."""
        return self.sending.capacity_bps()

    # ---- what the parts ask of us

    @property
    def me(self) -> Participant:
        """Ourselves."""
        return self._me

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be told."""
        return self._over

    def drop(self, code: ProblemCode, *, may_retry: bool) -> None:
        """It is over."""
        if not self._over:
            self._over = True
            self._listener.on_event(Dropped(Problem(code, self._address.host), may_retry=may_retry))

    def tell_me(self, me: Participant) -> None:
        """We are somebody else from now on: another name or role."""
        self._me = me
        self._listener.on_event(ParticipantChanged(me))

    def silence(self) -> None:
        """A moderator closed our microphone."""
        self._tell_own(Source.MICROPHONE, muted=True)
        self.start(self.telling.turn(Source.MICROPHONE, on=False), "silence")

    def arrived(self, *, anew: bool = True) -> None:
        """People are there: receive them and learn their names; to those who came `anew` tell of ourselves."""
        self.receiving.wish(frozenset(each.id for each in self.roster.people.values() if each.sends))
        if anew:
            self.telling.anew()
        if self.roster.is_name_missing and (self._naming is None or self._naming.done()):
            self._naming = self._around.tasks.start(self._learn_all_names(), name="names")

    def start(self, work: Awaitable[None], name: str) -> asyncio.Task[None]:
        """Do something beside; what the server or the others refuse is only told of in the log."""
        return self._around.tasks.start(self._tell(work), name=name)

    def may_send(self, sources: frozenset[Source]) -> None:
        """What may be sent is something else now."""
        self.start(self.sending.allow(sources), "allow")

    async def offer_screen(self, person: str) -> None:
        """Have the server offer our screen to somebody. Raises `RequestFailed`."""
        if Source.SCREEN in self.sending.sent():
            await self._say(person, {"type": "sendoffer", "roomType": SCREEN})

    async def to_all(self, data: Mapping[str, Any]) -> None:
        """A message to everybody. Raises `RequestFailed`."""
        await self._signal.tell("message", {"type": "room"}, data)

    async def control(self, data: Mapping[str, Any]) -> None:
        """What the server lets only moderators say, to everybody. Raises `RequestFailed`."""
        await self._signal.tell("control", {"type": "room"}, data)

    # ---- ReceivingListener, SendingListener

    def on_media(self, person: str, source: Source, stream: InboundStream) -> None:
        """See `ReceivingListener`."""
        self.showing.on_media(person, source, stream)

    def on_media_ended(self, person: str, source: Source) -> None:
        """See `ReceivingListener`."""
        self.showing.on_media_ended(person, source)

    def on_said(self, person: str, data: bytes) -> None:
        """See `ReceivingListener`."""
        if len(data) > _MAX_BESIDE_BYTES or self._over:
            return
        try:
            fields = Fields(parse_json(data))
        except UnicodeDecodeError:
            return
        kind, name = _BESIDE.get(fields.text("type"), (fields.text("type"), ""))
        payload = Fields({"name": name}) if name else fields.object("payload")
        if kind == "nickChanged" and fields.text("payload"):
            payload = Fields({"name": fields.text("payload")})
        self.showing.tell(self.roster.said(person, kind, payload))

    def on_voice_frame(self, frame: EncodedFrame) -> None:
        """See `SendingListener`."""
        self.telling.heard(frame)

    def on_sending_over(self) -> None:
        """See `SendingListener`."""
        self.drop(ProblemCode.CONNECTION_LOST, may_retry=True)

    # ---- within

    async def _rename(self, name: str) -> None:
        try:
            await self._entrance.rename(name)
        except OcsError as error:
            raise refusal(error, error.problem) from error
        self.tell_me(replace(self._me, name=name))
        await self.telling.rename(name)

    async def _learn_names(self) -> None:
        try:
            found = await self._entrance.names()
        except OcsError as error:
            _log.info("names_not_known", error=str(error))
        else:
            entries = [Fields(each) for each in found]
            self.showing.tell(self.roster.named(entries))
            self._call_me(entries)

    def _call_me(self, entries: list[Fields]) -> None:
        """Who has an account goes by its name."""
        mine = self._entry.conversation.session
        name = next((each.text("displayName") for each in entries if each.text("sessionId") == mine), "")
        if name and self._ocs.has_account and name != self._me.name:
            self._me = replace(self._me, name=name[:LONGEST_NAME])
            self.telling.name = self._me.name

    async def _learn_all_names(self) -> None:
        for _ in range(_MOST_LOOKS):
            await self._learn_names()
            if not self.roster.is_name_missing:
                return
            await asyncio.sleep(_NAMES_AGAIN_S)

    async def _say(self, person: str, data: Mapping[str, Any]) -> str:
        return await self._signal.tell("message", {"type": "session", "sessionid": person}, {"to": person, **data})

    async def _say_own(self, data: Mapping[str, Any]) -> str:
        payload = {**data.get("payload", {}), "nick": self._me.name}
        return await self._say(self.roster.me, {**data, "payload": payload})

    async def _tell(self, telling: Awaitable[object]) -> None:
        """What cannot be told now is told once signalling is restored."""
        try:
            await telling
        except (RequestFailed, SessionClosed) as error:
            _log.info("not_told", error=str(error))

    def _tell_own(self, source: Source, *, muted: bool) -> None:
        request = self.sending.sent().get(source)
        if request is not None:
            size = (request.width_px, request.height_px)
            own = Publication(publication_id(self._me.id, source), self._me.id, source, muted, *size)
            self._listener.on_event(PublicationChanged(own))

    def _person(self, actor: tuple[str, str]) -> Participant | None:
        found = self.roster.by_actor(actor)
        return None if found is None else found.participant

    def _lost(self) -> None:
        if not self._over:
            self.start(self._come_back(), "come back")

    async def _come_back(self) -> None:
        if not await come_back(self._signal, self._around.clock, self._listener.on_event):
            self.drop(ProblemCode.CONNECTION_LOST, may_retry=True)
            return
        self.arrived()
        self.chat.refresh()

    def _refuse_if_over(self) -> None:
        if self._over:
            raise SessionClosed("the session is over")
