"""A call of a Matrix room: the room for who takes part and what is said, LiveKit's sessions for all that flows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from visio_desktop.meeting.events import (
    CapabilitiesChanged,
    ChatReceived,
    Dropped,
    Joined,
    MutedByServer,
    ParticipantChanged,
    ParticipantLeft,
    PublicationChanged,
    PublicationGone,
    QualityChanged,
    Reacted,
    Restored,
    Restoring,
    SendingAllowed,
    ServerEvent,
    SpeakersChanged,
)
from visio_desktop.meeting.requests import EditChat, LowerHand, React, RemovePerson, Rename, Request
from visio_desktop.meeting.values import Capability, ChatMessage, Problem, ProblemCode, Source
from visio_desktop.rtc.frames import InboundStream, OutboundStream
from visio_desktop.servers.livekit.session import LiveKitSession
from visio_desktop.servers.matrix.api import ApiError, Forbidden, LoggedOut
from visio_desktop.servers.matrix.gathering import Gathering, Member
from visio_desktop.servers.matrix.hands import raised_before
from visio_desktop.servers.matrix.keys import ENCRYPTED_EVENT, KeysError
from visio_desktop.servers.matrix.lines import Ear, Enter, Lines
from visio_desktop.servers.matrix.membership import foci
from visio_desktop.servers.matrix.place import Place
from visio_desktop.servers.matrix.sayings import Sayings
from visio_desktop.servers.matrix.sealed import Sealed
from visio_desktop.servers.matrix.timeline import Owner, Timeline
from visio_desktop.servers.matrix.words import RoomEvent, Synced
from visio_desktop.servers.port import (
    JoinError,
    PublishRequest,
    RequestFailed,
    SessionClosed,
    SessionListener,
    Wanted,
)
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

_log = get_logger(__name__)

_MOST_STREAMS = 512
_PASSED_ON = MutedByServer | Restoring | Restored


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a session is handed: epoch time (ms), ids, and how the media servers of others are entered."""

    epoch: Clock
    ids: Callable[[], str]
    enter: Enter


class MatrixSession:
    """See `servers.port.Session`. Listens in on LiveKit's sessions; `begin` opens it."""

    def __init__(self, place: Place, listener: SessionListener, around: Surroundings) -> None:
        self._place = place
        self._listener = listener
        self._around = around
        self._tasks = Tasks("matrix")
        self._me = place.account.device.identity
        self._gathering = Gathering(self._me)
        self._timeline = Timeline(
            place.account.device.user_id, owner=self._owner, speaker=self._speaker, now_ms=around.epoch
        )
        self._sealed = None if place.keys is None else Sealed(place.keys, self._timeline)
        self._sayings = Sayings(place, self._timeline, around.ids)
        self._lines = Lines(around.enter, self, self._tasks)
        self._ear = Ear(place.focus, self)
        self._own: LiveKitSession | None = None
        self._early: list[ServerEvent] = []
        self._capabilities = self._able_before = Capability.NONE
        self._is_open = self._over = self._was_seen = False
        self._streams: dict[str, tuple[str, InboundStream]] = {}
        self._streaming: set[str] = set()
        self._closed: asyncio.Task[None] | None = None

    @property
    def ear(self) -> Ear:
        """Listens to our own media server."""
        return self._ear

    async def begin(self, own: LiveKitSession) -> None:
        """Our media server let us in: say so in the room, then tell of everything. Raises `JoinError`, `ApiError`."""
        self._own = own
        try:
            await self._place.standing.enter()
        except Forbidden as error:
            raise JoinError(Problem(ProblemCode.CALL_NOT_ALLOWED, self._place.title), str(error)) from error
        lost = next((each for each in self._early if isinstance(each, Dropped)), None)
        if lost is not None:
            raise JoinError(lost.problem)
        self._is_open = True
        self._gather()
        able = self._able_before = self._able()
        joined = Joined(self._gathering.tell_me(), self._place.title, able, self._around.epoch())
        said = await self._heard(self._place.said, past=True)
        self._gather()
        self._emit([joined, *(each for each in self._early if isinstance(each, SendingAllowed))])
        self._settle(arrived=False)
        self._emit(said)
        self._see_to_lines()
        self._tasks.start(self._place.standing.keep(), name="standing")
        self._tasks.start(self._hear(), name="sync")
        self._tasks.start(self._share_keys(), name="keys")
        self._tasks.start(self._look_for_hands(), name="hands")

    # ---- servers.port.Session

    async def publish(self, request: PublishRequest) -> OutboundStream:
        """See `Session`."""
        return await self._joined.publish(request)

    async def unpublish(self, source: Source) -> None:
        """See `Session`."""
        await self._joined.unpublish(source)

    async def set_muted(self, source: Source, muted: bool) -> None:
        """See `Session`."""
        await self._joined.set_muted(source, muted)

    async def set_wanted(self, publication_id: str, wanted: Wanted) -> None:
        """See `Session`."""
        own, focus = self._joined, self._gathering.place_of(publication_id)
        session = own if focus in {self._place.focus, None} else self._lines.session(focus)
        if session is not None:
            await session.set_wanted(publication_id, wanted)

    async def send_chat(self, message_id: str, text: str) -> None:
        """See `Session`."""
        await self._doing(self._sayings.line(message_id, text))
        self._tell_own(message_id, text)

    async def set_hand(self, raised: bool, at_ms: float) -> None:
        """See `Session`: the server takes the time."""
        del at_ms
        await self._doing(self._sayings.raise_hand() if raised else self._sayings.lower_hand())

    async def request(self, request: Request) -> None:
        """See `Session`."""
        match request:
            case React(emoji):
                await self._doing(self._sayings.react(emoji))
                self._emit([Reacted(self._me, emoji)])
            case EditChat(message_id, text):
                await self._doing(self._sayings.edit(message_id, text))
                self._tell_own(message_id, text, edited=True)
            case Rename(name):
                await self._doing(self._sayings.rename(name))
            case LowerHand(identity):
                await self._doing(self._sayings.lower_other(identity))
            case RemovePerson(identity):
                await self._doing(self._sayings.put_out(identity))
            case _:
                await self._joined.request(request)

    async def leave(self) -> None:
        """See `Session`."""
        self._over = True
        await asyncio.shield(self._begin_closing())

    def network_changed(self) -> None:
        """See `Session`."""
        for session in (self._joined, *self._lines.sessions):
            session.network_changed()

    def path(self) -> dict[str, str]:
        """See `Session`."""
        return self._joined.path()

    def capacity_bps(self) -> int | None:
        """See `Session`."""
        return self._joined.capacity_bps()

    # ---- lines.LineListener

    def on_line_event(self, focus: str, event: ServerEvent) -> None:
        """See `LineListener`."""
        if focus == self._place.focus and self._is_of_ours(event):
            return
        gathering = self._gathering
        match event:
            case ParticipantChanged(participant):
                gathering.somebody(focus, participant)
            case ParticipantLeft(participant_id):
                gathering.nobody(focus, participant_id)
            case PublicationChanged(publication):
                gathering.published(focus, publication)
            case PublicationGone(publication_id):
                gathering.withdrawn(focus, publication_id)
            case SpeakersChanged(identities):
                gathering.speaking(focus, identities)
            case QualityChanged(participant_id, quality):
                gathering.quality(focus, participant_id, quality)
            case _:
                return
        self._settle()

    def on_line_stream(self, focus: str, publication_id: str, stream: InboundStream) -> None:
        """See `LineListener`."""
        if publication_id in self._streams or len(self._streams) < _MOST_STREAMS:
            self._streams[publication_id] = (focus, stream)
            self._streaming.discard(publication_id)
            self._begin_streams()

    def on_line_stream_ended(self, focus: str, publication_id: str) -> None:
        """See `LineListener`."""
        if self._streams.get(publication_id, ("",))[0] == focus:
            del self._streams[publication_id]
            self._end_stream(publication_id)

    def on_line_lost(self, focus: str) -> None:
        """See `LineListener`."""
        self._streams = {pid: each for pid, each in self._streams.items() if each[0] != focus}
        self._gathering.lost(focus)
        self._settle()

    def on_line_mark(self, focus: str, name: str) -> None:
        """See `LineListener`."""
        if focus == self._place.focus:
            self._listener.on_mark(name)

    # ---- within

    def _is_of_ours(self, event: ServerEvent) -> bool:
        """Whether it is about our own connection alone."""
        match event:
            case Joined(me, capabilities=capabilities):
                self._capabilities = capabilities
                self._gathering.somebody(self._place.focus, me)
            case CapabilitiesChanged(capabilities):
                self._capabilities = capabilities
                self._tell_able()
            case Dropped():
                self._early.append(event)
                self._drop(event)
            case SendingAllowed():
                self._early.append(event)
                self._emit([event])
            case _ if isinstance(event, _PASSED_ON):
                self._emit([event])
            case _:
                return False
        return True

    async def _hear(self) -> None:
        try:
            await self._place.syncing.run(self._take)
        except LoggedOut as error:
            _log.warning("login_over", error=str(error))
            self._drop(Dropped(error.problem, may_retry=False))

    async def _take(self, synced: Synced) -> None:
        if self._place.keys is not None:
            await self._place.keys.take(synced.keys)
        if not synced.is_in:
            self._drop(Dropped(Problem(ProblemCode.REMOVED, self._place.api.host), may_retry=False))
            return
        self._place.room.know(synced)
        said = await self._heard(synced.timeline)
        if self._sealed is not None and synced.keys.to_device:
            said = [*await self._sealed.again(), *said]
        self._tell_able()
        self._gather()
        self._settle()
        self._emit(said)
        self._see_to_lines()
        await self._share_keys()

    async def _heard(self, events: Iterable[RoomEvent], *, past: bool = False) -> list[ServerEvent]:
        """What was said, once it is known who is there."""
        self._place.room.members(self._around.epoch())
        return [news for event in events for news in await self._understood(event, past=past)]

    async def _understood(self, event: RoomEvent, *, past: bool = False) -> list[ServerEvent]:
        if event.type == ENCRYPTED_EVENT:
            return [] if self._sealed is None else await self._sealed.read(event, past=past)
        return self._timeline.read(event, past=past)

    def _gather(self) -> None:
        """Who takes part as the room has it; that we do is known before the room says so."""
        room = self._place.room
        listed = room.members(self._around.epoch())
        places = foci(listed)
        members = {
            each.identity: Member(
                room.name(each.device.user_id),
                places[each.identity],
                self._hand(each.identity),
                room.powers.may_remove(self._place.account.device.user_id, each.device.user_id),
            )
            for each in listed
        }
        mine = next((each for each in listed if each.identity == self._me), None)
        if mine is not None:
            self._place.standing.began(mine.began_ms)
        elif self._was_seen and self._place.standing.is_in and not self._over:
            self._tasks.start(self._stand_again(), name="again")
        self._was_seen = mine is not None
        my_name = room.name(self._place.account.device.user_id)
        self._gathering.gather({**members, self._me: Member(my_name, self._place.focus, self._hand(self._me))})

    def _able(self) -> Capability:
        """What our media server lets us do, and what the room does."""
        me, powers, able = self._place.account.device.user_id, self._place.room.powers, self._capabilities
        able |= Capability.REMOVE if powers.may_remove(me) else Capability.NONE
        return able | (Capability.LOWER_HANDS if powers.may_redact(me) else Capability.NONE)

    def _tell_able(self) -> None:
        able = self._able()
        if able != self._able_before:
            self._able_before = able
            self._emit([CapabilitiesChanged(able)])

    async def _look_for_hands(self) -> None:
        """Of those whose hand went up before the last that the room told us."""
        listed = self._place.room.members(self._around.epoch())
        others = [m.event_id for m in listed if m.identity != self._me and self._hand(m.identity) is None]
        async for event in raised_before(self._place.api, self._place.room.id, others):
            await self._understood(event, past=True)
            self._gather()
            self._settle()

    async def _stand_again(self) -> None:
        try:
            await self._place.standing.again()
        except ApiError as error:
            _log.warning("membership_not_said_again", error=str(error))

    def _hand(self, identity: str) -> float | None:
        hand = self._timeline.hand_of(identity)
        return None if hand is None else hand.at_ms

    def _owner(self, event_id: str) -> Owner | None:
        if event_id and event_id == self._place.standing.event_id:
            return Owner(self._place.account.device.user_id, self._me)
        found = self._place.room.membership(event_id)
        return None if found is None else Owner(found.device.user_id, found.identity)

    def _speaker(self, user_id: str) -> tuple[str, str]:
        mine = user_id == self._place.account.device.user_id
        device = self._place.room.device_of(user_id)
        identity = self._me if mine else user_id if device is None else device.identity
        return identity, self._place.room.name(user_id)

    def _see_to_lines(self) -> None:
        places = foci(self._place.room.members(self._around.epoch()))
        self._lines.want({place for place in places.values() if place} - {self._place.focus})

    async def _share_keys(self) -> None:
        """Whoever is in the call gets the key of our frames."""
        keys = self._place.keys
        if keys is None:
            return
        listed = self._place.room.members(self._around.epoch())
        others = {each.device: int(each.began_ms) for each in listed if each.identity != self._me}
        try:
            await keys.meet(others)
        except (ApiError, KeysError) as error:
            _log.warning("keys_not_shared", error=str(error))

    def _tell_own(self, message_id: str, text: str, *, edited: bool = False) -> None:
        name = self._place.room.name(self._place.account.device.user_id)
        line = ChatMessage(message_id, self._me, name, text, self._around.epoch(), is_mine=True, edited=edited)
        self._emit([ChatReceived(line)])

    async def _doing(self, work: Awaitable[None]) -> None:
        self._refuse_when_over(work)
        try:
            await work
        except (ApiError, KeysError) as error:
            raise RequestFailed(str(error)) from error

    def _refuse_when_over(self, work: Awaitable[None]) -> None:
        if self._over:
            if asyncio.iscoroutine(work):
                work.close()
            raise SessionClosed("the session is over")

    def _settle(self, *, arrived: bool = True) -> None:
        if not self._is_open or self._over:
            return
        events = self._gathering.settle(arrived=arrived)
        for event in events:
            if isinstance(event, PublicationGone):
                self._end_stream(event.publication_id)
        self._emit(events)
        self._begin_streams()

    def _begin_streams(self) -> None:
        for pid, (focus, stream) in self._streams.items():
            if pid not in self._streaming and not self._over and self._gathering.place_of(pid) == focus:
                self._streaming.add(pid)
                self._listener.on_stream(pid, stream)

    def _end_stream(self, publication_id: str) -> None:
        if publication_id in self._streaming:
            self._streaming.discard(publication_id)
            if not self._over:
                self._listener.on_stream_ended(publication_id)

    def _emit(self, events: list[ServerEvent]) -> None:
        if self._is_open and not self._over:
            for event in events:
                self._listener.on_event(event)

    def _drop(self, dropped: Dropped) -> None:
        if not self._over and self._is_open:
            self._over = True
            self._listener.on_event(dropped)
            self._begin_closing()

    def _begin_closing(self) -> asyncio.Task[None]:
        if self._closed is None:
            self._closed = self._tasks.start(self._release(), name="close")
        return self._closed

    async def _release(self) -> None:
        """Out of the room and off its media servers at once, then everything else."""
        self._ear.is_deaf = True
        parts: list[Awaitable[None]] = [self._place.standing.leave(), self._lines.close()]
        if self._own is not None:
            parts.append(self._own.leave())
        if self._place.keys is not None:
            parts.append(self._place.keys.close())
        await asyncio.gather(*parts)
        await self._tasks.close()
        await self._place.api.close()

    @property
    def _joined(self) -> LiveKitSession:
        if self._own is None or self._over:
            raise SessionClosed("the session is over")
        return self._own
