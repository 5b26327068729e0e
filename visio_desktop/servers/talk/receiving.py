"""What we receive: one connection for each stream of each person, in which the server makes the offers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

from visio_desktop.meeting.values import Source
from visio_desktop.rtc import DataChannel, PeerState
from visio_desktop.rtc.frames import InboundStream
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.links.early import Early
from visio_desktop.servers.links.inward import OF_CAMERA, OF_SCREEN, Inward
from visio_desktop.servers.links.ways import Ways
from visio_desktop.servers.links.wire import MakePeer
from visio_desktop.servers.port import RequestFailed, SessionClosed, Wanted
from visio_desktop.servers.talk.sending import CHANNEL, SCREEN, VIDEO
from visio_desktop.servers.talk.words import LONGEST_SDP
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

RETRY_S = 10.0
_MOST_TRIES = 6
_MOST_STREAMS = 256
_SOURCES = {VIDEO: OF_CAMERA, SCREEN: OF_SCREEN}
_ENDED = (PeerState.FAILED, PeerState.CLOSED)
_log = get_logger(__name__)

type Say = Callable[[str, Mapping[str, Any]], Awaitable[str]]
"""Tells the server something of a stream of this person's. Raises `RequestFailed`."""


class ReceivingListener(Protocol):
    """What comes in."""

    def on_media(self, person: str, source: Source, stream: InboundStream) -> None:
        """Media of somebody begins, or begins anew."""

    def on_media_ended(self, person: str, source: Source) -> None:
        """It ended."""

    def on_said(self, person: str, data: bytes) -> None:
        """Somebody sent a message beside their stream."""


class Subscription:
    """One stream of one person. `ask` for it, or take the `offer` that comes."""

    def __init__(
        self,
        person: str,
        sort: str,
        make_peer: MakePeer,
        say: Say,
        ways: Ways,
        tasks: Tasks,
        listener: ReceivingListener,
    ) -> None:
        self._person = person
        self._sort = sort
        self._make_peer = make_peer
        self._say = say
        self._ways = ways
        self._tasks = tasks
        self._listener = listener
        self._inward: Inward | None = None
        self._sid = ""
        self._early = Early()
        self._lock = asyncio.Lock()
        self._is_offered = asyncio.Event()
        self._asking: asyncio.Task[None] | None = None
        self._wanted = Wanted()
        self._over = False

    def ask(self) -> None:
        """Ask the server for an offer until one comes, for a minute at most."""
        self._is_offered.clear()
        if self._asking is None or self._asking.done():
            self._asking = self._tasks.start(self._ask(), name="subscribe")

    async def offer(self, data: Fields) -> None:
        """Take an offer and answer it; another stream id is another connection."""
        sdp, sid = data.object("payload").text("sdp", longest=LONGEST_SDP), data.text("sid")
        self._is_offered.set()
        async with self._lock:
            if self._over or not sdp:
                return
            if self._inward is None or not sid or sid != self._sid:
                await self._end()
                self._inward, self._sid = Inward(self._make_peer, _SOURCES[self._sort], self), sid
                self._ways.add(self._inward.wire)
                # Without one of ours the media server passes no messages on.
                self._inward.wire.peer.open_channel(CHANNEL)
            try:
                await self._answer(self._inward, sdp)
            except (RequestFailed, SessionClosed) as error:
                _log.warning("not_received", sort=self._sort, error=str(error))

    async def candidate(self, candidate: str, mid: str, sid: str) -> None:
        """An address of the server's for a stream of this id."""
        if self._inward is not None and sid in ("", self._sid):
            await self._inward.take_candidate(candidate, mid)
        else:
            self._early.keep(sid, (candidate, mid))

    async def look(self, wanted: Wanted) -> None:
        """Say whether the picture is looked at. Raises `RequestFailed`."""
        if wanted.enabled != self._wanted.enabled:
            self._wanted = wanted
            await self._tell_look()

    async def close(self) -> None:
        """Release the connection."""
        self._over = True
        if self._asking is not None:
            self._asking.cancel()
        async with self._lock:
            await self._end()

    async def _ask(self) -> None:
        for _ in range(_MOST_TRIES):
            with suppress(RequestFailed, SessionClosed):  # signalling is being restored: asked again then
                await self._say(self._person, {"type": "requestoffer", "roomType": self._sort})
            try:
                async with asyncio.timeout(RETRY_S):
                    await self._is_offered.wait()
            except TimeoutError:
                continue
            return

    async def _answer(self, inward: Inward, offer: str) -> None:
        answer = await inward.accept(offer)
        for candidate, mid in self._early.take(self._sid):
            await inward.take_candidate(candidate, mid)
        payload = {"type": "answer", "sdp": answer}
        sid = {"sid": self._sid} if self._sid else {}
        await self._say(self._person, {"type": "answer", "roomType": self._sort, "payload": payload, **sid})
        inward.wire.told()
        if not self._wanted.enabled:
            await self._tell_look()

    async def _tell_look(self) -> None:
        if self._inward is not None:
            chosen = {"type": "selectStream", "roomType": self._sort, "payload": {"video": self._wanted.enabled}}
            await self._say(self._person, chosen)

    async def _end(self) -> None:
        inward, self._inward = self._inward, None
        if inward is not None:
            self._ways.drop(inward.wire)
            await inward.close()

    # ---- Receiving of links.inward

    def on_state(self, state: PeerState) -> None:
        """See `links.inward.Receiving`: somebody may begin to send anew over another connection."""
        self._ways.heard(state)
        if state in _ENDED and not self._over and self._inward is not None:
            self._tasks.start(self._broken(self._inward), name="broken")

    async def _broken(self, inward: Inward) -> None:
        async with self._lock:
            if self._inward is not inward or self._over:
                return
            await self._end()
        if self._sort == VIDEO:
            self.ask()

    def on_media(self, source: Source, stream: InboundStream) -> None:
        """See `links.inward.Receiving`."""
        self._listener.on_media(self._person, source, stream)

    def on_media_ended(self, source: Source) -> None:
        """See `links.inward.Receiving`."""
        self._listener.on_media_ended(self._person, source)

    def on_channel(self, channel: DataChannel) -> None:
        """See `links.inward.Receiving`."""
        channel.on_message(partial(self._listener.on_said, self._person))

    def on_candidate(self, candidate: str) -> None:
        """All are in the answer."""


class Receiving:
    """All subscriptions."""

    def __init__(self, make_peer: MakePeer, say: Say, ways: Ways, tasks: Tasks, listener: ReceivingListener) -> None:
        self._make = partial(Subscription, make_peer=make_peer, say=say, ways=ways, tasks=tasks, listener=listener)
        self._tasks = tasks
        self._found: dict[tuple[str, str], Subscription] = {}
        self._ending: list[Subscription] = []

    def wish(self, people: frozenset[str]) -> None:
        """Receive what these people send of themselves; screens come when they are offered."""
        for person in people:
            if (person, VIDEO) not in self._found:
                found = self._of(person, VIDEO)
                if found is not None:
                    found.ask()

    def forget(self, person: str) -> None:
        """Somebody is gone."""
        for sort in _SOURCES:
            self.end(person, sort)

    def end(self, person: str, sort: str) -> None:
        """A stream is over."""
        found = self._found.pop((person, sort), None)
        if found is not None:
            self._ending.append(found)
            self._tasks.start(self._finish(found), name="unsubscribe")

    async def offer(self, person: str, sort: str, data: Fields) -> None:
        """The server offers a stream."""
        found = self._of(person, sort)
        if found is not None:
            await found.offer(data)

    async def candidate(self, person: str, sort: str, candidate: str, mid: str, sid: str) -> None:
        """An address of the server's."""
        found = self._of(person, sort)
        if found is not None:
            await found.candidate(candidate, mid, sid)

    async def look(self, person: str, source: Source, wanted: Wanted) -> None:
        """Say how something is looked at. Raises `RequestFailed`."""
        sort = VIDEO if source in OF_CAMERA else SCREEN
        found = self._found.get((person, sort))
        if found is not None and source.is_video:
            await found.look(wanted)

    async def close(self) -> None:
        """Release all connections."""
        found, self._found = [*self._found.values(), *self._ending], {}
        await asyncio.gather(*(each.close() for each in found))

    async def _finish(self, found: Subscription) -> None:
        await found.close()
        self._ending.remove(found)

    def _of(self, person: str, sort: str) -> Subscription | None:
        known = self._found.get((person, sort))
        if known is None and sort in _SOURCES and len(self._found) < _MOST_STREAMS:
            known = self._found[person, sort] = self._make(person, sort)
        return known
