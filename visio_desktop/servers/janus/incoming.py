"""What we receive: one connection for all, in which the room makes the offers and uses m-lines again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from visio_desktop.rtc import DataChannel, PeerConnection, PeerState, RtcError
from visio_desktop.rtc.frames import InboundStream
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.janus import roster
from visio_desktop.servers.janus.convention import CHANNEL
from visio_desktop.servers.janus.roster import DATA, Offered, Stream
from visio_desktop.servers.janus.signal import Signal
from visio_desktop.servers.janus.words import Refusal, Words
from visio_desktop.servers.port import RequestFailed, SessionClosed, Wanted
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

_log = get_logger(__name__)
_MOST_TRIES, _AGAIN_S = 6, 0.3
_LAYER_HEIGHTS_PX = (180, 360)
KEY_AGAIN_S = 0.5


class IncomingListener(Protocol):
    """What comes in."""

    def on_incoming_state(self, state: PeerState) -> None:
        """The connection's state changed."""

    def on_incoming_stream(self, publication_id: str, stream: InboundStream) -> None:
        """Media of a publication begins."""

    def on_incoming_ended(self, publication_id: str) -> None:
        """Media of a publication ended."""

    def on_said(self, person: str, data: bytes) -> None:
        """Somebody sent a message to all."""


@dataclass(slots=True)
class _Lines:
    """What goes over which m-line by the room's words, what flows on each, as whose it was handed on, which layer."""

    told: dict[Stream, str] = field(default_factory=dict)
    flowing: dict[str, InboundStream] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    layers: dict[str, int] = field(default_factory=dict)


class Incoming:
    """Keeps to what is wished: one change after the other. `entry` is what joining asks for beside the streams."""

    def __init__(
        self,
        signal: Signal,
        entry: Mapping[str, Any],
        make_peer: Callable[[], PeerConnection],
        listener: IncomingListener,
        tasks: Tasks,
    ) -> None:
        self._signal = signal
        self._tasks = tasks
        self._entry = entry
        self._make_peer = make_peer
        self._listener = listener
        self._wished: Offered = {}
        self._looked: dict[str, Wanted] = {}
        self._refused: set[Stream] = set()
        self._lines = _Lines()
        self._offers: list[Words] = []
        self._owed = ""
        self._changed = asyncio.Event()
        self.handle = 0
        self.peer: PeerConnection | None = None
        tasks.start(self._work(), name="incoming")

    def wish(self, streams: Offered) -> None:
        """Receive these and no others from now on."""
        if streams != self._wished:
            self._wished = streams
            self._refused &= set(streams)
            self._hand_on()
            self._changed.set()

    def offered(self, words: Words) -> None:
        """The room changes something of itself."""
        self._offers.append(words)
        self._changed.set()

    async def look(self, publication_id: str, wanted: Wanted) -> None:
        """Say how something is looked at. Raises `RequestFailed`."""
        self._looked[publication_id] = wanted
        for stream, mid in list(self._lines.told.items()):
            if roster.publication_id(*stream) == publication_id:
                await self._tell_look(mid, wanted)

    async def close(self) -> None:
        """Release the connection."""
        if self.peer is not None:
            await self.peer.close()

    # ---- PeerListener

    def on_state(self, state: PeerState) -> None:
        """See `PeerListener`."""
        self._listener.on_incoming_state(state)

    def on_stream(self, stream: InboundStream, *, mid: str, stream_id: str, track_id: str) -> None:  # noqa: ARG002
        """See `PeerListener`."""
        self._lines.flowing[mid] = stream
        self._take_back(mid)
        self._hand_on()

    def on_stream_ended(self, stream: InboundStream) -> None:
        """See `PeerListener`."""
        for mid in [mid for mid, flowing in self._lines.flowing.items() if flowing is stream]:
            del self._lines.flowing[mid]
            self._take_back(mid)

    def on_channel(self, channel: DataChannel) -> None:
        """Janus opens one for each of those who send messages, by their names."""
        channel.on_message(partial(self._listener.on_said, channel.label))

    def on_own_candidate(self, candidate: str) -> None:
        """All are in the answer."""

    # ---- one change after the other

    async def _work(self) -> None:
        failed = 0
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._catch_up()
                failed = 0
            except SessionClosed:  # there is nobody left to ask
                return
            except (RequestFailed, RtcError, Refusal) as error:
                failed += 1
                _log.warning("not_received", error=str(error), failed=failed)
                if self.peer is None:
                    self.handle = 0  # it may have joined all the same: what comes late is not for the next one
                if failed < _MOST_TRIES:
                    await asyncio.sleep(_AGAIN_S * failed)
                    self._changed.set()

    async def _catch_up(self) -> None:
        if self._offers or self._owed:
            await self._answer()
        now = set(self._lines.told)
        wished = set(self._wished) - self._refused
        gone, missing = now - wished, wished - now
        if not gone and not missing:
            return
        if missing and not self.handle:
            self.handle = await self._signal.attach()
        try:
            await self._answer(await self._ask(sorted(gone), sorted(missing, key=_data_first)))
        except Refusal as refusal:
            await self._one_by_one(gone, missing, refusal)

    async def _one_by_one(self, gone: set[Stream], missing: set[Stream], refusal: Refusal) -> None:
        """Somebody is gone meanwhile: all others are to be received none the less."""
        _log.info("not_all_received", error=str(refusal), gone=len(gone), missing=len(missing))
        for removed, added in [([each], []) for each in sorted(gone)] + [([], [each]) for each in sorted(missing)]:
            try:
                await self._answer(await self._ask(removed, added))
            except Refusal:
                self._refused.update(added)
                self._lines.told = {each: mid for each, mid in self._lines.told.items() if each not in removed}

    async def _ask(self, gone: list[Stream], missing: list[Stream]) -> Words:
        known = [self._wished[stream] for stream in missing if stream in self._wished]
        add = [{"feed": key, "mid": mid} for key, mid in known]
        if self.peer is None and add:
            body = {"request": "join", "ptype": "subscriber", "streams": add, **self._entry}
            return await self._signal.room(self.handle, body)
        # Messages come over one m-line, whosever they are; of those who are gone it is rid by itself.
        drop = [{"sub_mid": self._lines.told[stream]} for stream in gone if stream[1] != DATA]
        changes = {name: streams for name, streams in (("subscribe", add), ("unsubscribe", drop)) if streams}
        if not changes:
            self._lines.told = {stream: mid for stream, mid in self._lines.told.items() if stream not in gone}
            return Words("nothing")
        words = await self._signal.room(self.handle, {"request": "update", **changes})
        if "streams" not in words.room:  # more messages over the line that carries them already: nothing else changes
            self._lines.told |= {stream: "" for stream in missing if stream[1] == DATA}
        return words

    async def _answer(self, *answers: Words) -> None:
        """Take the newest of what the room said, asked or of itself: each tells all there is now."""
        heard = sorted([*self._offers, *answers], key=lambda words: words.number)
        self._offers.clear()
        for words in heard:
            if "streams" in words.room:
                self._lines.told = dict(_told(words.room.objects("streams")))
        self._owed = next((words.offer for words in reversed(heard) if words.offer), self._owed)
        if self._owed:
            await self._accept(self._owed)
            self._owed = ""
        self._hand_on()
        for stream, mid in list(self._lines.told.items()):
            wanted = self._looked.get(roster.publication_id(*stream))
            if wanted is not None and not wanted.enabled:
                await self._tell_look(mid, wanted)

    async def _accept(self, offer: str) -> None:
        """Take an offer, and tell the room. Raises `RequestFailed` or `RtcError`: then it is still owed an answer."""
        if self.peer is None:
            self.peer = self._make_peer()
            self.peer.open_channel(CHANNEL)  # without one of ours Janus passes no messages on
        answer = await self.peer.accept_offer(offer)
        try:
            await self._signal.room(self.handle, {"request": "start"}, answer=answer)
        except Refusal as error:  # of the answer, not of what was asked for before
            raise RequestFailed(str(error)) from error

    def _hand_on(self) -> None:
        """Give out each stream as what it is now: an m-line may change its owner without another stream beginning."""
        owners = {
            mid: stream for stream, mid in self._lines.told.items() if stream[1] != DATA and stream in self._wished
        }
        for mid, stream in list(self._lines.flowing.items()):
            publication_id = roster.publication_id(*owners[mid]) if mid in owners else ""
            if publication_id != self._lines.given.get(mid, ""):
                self._take_back(mid)
                if publication_id:
                    self._lines.given[mid] = publication_id
                    self._listener.on_incoming_stream(publication_id, stream)

    def _take_back(self, mid: str) -> None:
        self._lines.layers.pop(mid, None)
        before = self._lines.given.pop(mid, None)
        if before is not None:
            self._listener.on_incoming_ended(before)

    async def _tell_look(self, mid: str, wanted: Wanted) -> None:
        stream: dict[str, Any] = {"mid": mid, "send": wanted.enabled}
        if wanted.height_px:
            stream["substream"] = sum(wanted.height_px > height for height in _LAYER_HEIGHTS_PX)
        try:
            await self._signal.room(self.handle, {"request": "configure", "streams": [stream]})
        except Refusal as error:
            raise RequestFailed(str(error)) from error
        layer = stream.get("substream", self._lines.layers.get(mid))
        if layer is not None and self._lines.layers.get(mid) != layer:
            self._lines.layers[mid] = layer
            self._tasks.start(self._ask_again(mid), name="layer")

    async def _ask_again(self, mid: str) -> None:
        """Janus changes layers at a key frame, for which it asks once: whoever has just sent one sends no other."""
        await asyncio.sleep(KEY_AGAIN_S)
        stream = self._lines.flowing.get(mid)
        if stream is not None:
            stream.request_key_frame()


def _data_first(stream: Stream) -> tuple[bool, Stream]:
    return stream[1] != DATA, stream


def _told(streams: list[Fields]) -> list[tuple[Stream, str]]:
    """What goes over each m-line of ours that is in use."""
    found: list[tuple[Stream, str]] = []
    for each in streams:
        feed, theirs, mid = each.key("feed_id"), each.text("feed_mid"), each.text("mid")
        if each.text("type") == DATA:
            found += [((str(source), DATA), mid) for source in each.keys("source_ids")]
        elif feed is not None and theirs and mid and each.flag("active", otherwise=True):
            found.append(((str(feed), theirs), mid))
    return found
