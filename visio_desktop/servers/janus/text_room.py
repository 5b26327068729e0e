"""The text room of the same number beside a VideoRoom, where there is one: chat that other clients know too.

A connection of its own, in which Janus makes the offer (`janus_textroom.c`); all else is said over its data channel.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Any, Final, Protocol

from visio_desktop.rtc import DataChannel, PeerConnection, PeerListener, PeerState, RtcError
from visio_desktop.rtc.frames import InboundStream
from visio_desktop.servers.fields import Fields, parse_json
from visio_desktop.servers.janus.convention import CHANNEL, LONGEST_TEXT
from visio_desktop.servers.janus.place import Place
from visio_desktop.servers.janus.roster import LONGEST_NAME
from visio_desktop.servers.janus.signal import Signal
from visio_desktop.servers.janus.words import Refusal
from visio_desktop.servers.port import RequestFailed

PLUGIN: Final = "janus.plugin.textroom"
_ANSWER_TIMEOUT_S = 10.0
_LONGEST_MESSAGE_BYTES = 65_535
_MOST_PEOPLE = 1_000
_MOST_WRITTEN = 5_000
_MARK = " #"


@dataclass(frozen=True, slots=True)
class Said:
    """A line of the room; `at_ms` is the epoch time by the server's clock, None where it says none.

    `id` is the same whenever the line is told. `person` is whom of the VideoRoom the sender says to be, "" for other
    clients' people; `private`: to us alone; `old`: from before we came; `mine`: written by us, then, under this id.
    """

    id: str
    person: str
    name: str
    text: str
    at_ms: float | None = None
    private: bool = False
    old: bool = False
    mine: bool = False


class TextListener(Protocol):
    """What comes in."""

    def on_text_state(self, state: PeerState) -> None:
        """The connection's state changed."""

    def on_text(self, said: Said) -> None:
        """Somebody wrote, or had written before we came."""


class TextRoom:
    """`enter` it first; our own lines do not come back from it, but to who comes again.

    `written` outlives us: by what the room keeps of our lines, the ids they have in the meeting.
    """

    def __init__(
        self,
        signal: Signal,
        place: Place,
        make_peer: Callable[[PeerListener], PeerConnection],
        listener: TextListener,
        written: dict[str, str],
    ) -> None:
        self._written = written
        self._writing: dict[str, str] = {}
        self._signal = signal
        self._place = place
        self._make_peer = make_peer
        self._listener = listener
        self._numbers = count(1)
        self._asked: dict[str, asyncio.Future[Fields]] = {}
        self._names: dict[str, str] = {}
        self._me = ""
        self._is_in = False
        self._open = asyncio.Event()
        self._channel: DataChannel | None = None
        self.handle = 0
        self.peer: PeerConnection | None = None

    async def enter(self, person: str, name: str) -> bool:
        """Go in as this person of the VideoRoom; False where there is no such room. Raises `RequestFailed`."""
        try:
            if not await self._exists():
                return False
            await self._connect()
        except (Refusal, RtcError) as error:
            raise RequestFailed(f"no text room: {error}") from error
        self._me = f"{name}{_MARK}{person}"
        given = {"pin": self._place.credentials.password, "token": self._place.credentials.token}
        secrets = {what: value for what, value in given.items() if value}
        joined = await self._ask("join", username=self._me, display=name, **secrets)
        for each in joined.objects("participants")[:_MOST_PEOPLE]:
            self._named(each)
        return True

    async def say(self, line_id: str, text: str) -> None:
        """Write to everybody. Raises `RequestFailed`."""
        self._writing[text] = line_id
        try:
            await self._ask("message", text=text)
        finally:
            self._writing.pop(text, None)

    async def close(self) -> None:
        """Release the connection."""
        if self.peer is not None:
            await self.peer.close()

    # ---- PeerListener

    def on_state(self, state: PeerState) -> None:
        """See `PeerListener`."""
        self._listener.on_text_state(state)

    def on_stream(self, stream: InboundStream, *, mid: str, stream_id: str, track_id: str) -> None:
        """Nothing is seen or heard here."""

    def on_stream_ended(self, stream: InboundStream) -> None:
        """Nothing was seen or heard here."""

    def on_channel(self, channel: DataChannel) -> None:
        """Janus says all over ours; were it to open another, that counts too."""
        channel.on_message(self._heard)

    def on_own_candidate(self, candidate: str) -> None:
        """All are in the answer."""

    # ---- the way there

    async def _exists(self) -> bool:
        try:
            self.handle = await self._signal.attach(PLUGIN)
            told = await self._signal.room(self.handle, {"request": "exists", "room": self._place.address.room})
        except Refusal:  # no such plugin, or its rooms are named otherwise
            return False
        return "textroom" in told.room and told.room.flag("exists")

    async def _connect(self) -> None:
        offered = await self._signal.room(self.handle, {"request": "setup"})
        self.peer = self._make_peer(self)
        self._channel = self.peer.open_channel(CHANNEL)
        self._channel.on_message(self._heard)
        self._channel.on_open(self._open.set)
        answer = await self.peer.accept_offer(offered.offer)
        await self._signal.room(self.handle, {"request": "ack"}, answer=answer)

    async def _ask(self, what: str, **fields: Any) -> Fields:
        transaction = str(next(self._numbers))
        answer: asyncio.Future[Fields] = asyncio.get_running_loop().create_future()
        self._asked[transaction] = answer
        told = {"textroom": what, "transaction": transaction, "room": self._place.address.room, **fields}
        try:
            async with asyncio.timeout(_ANSWER_TIMEOUT_S):
                await self._open.wait()
                if self._channel is not None:
                    self._channel.send(json.dumps(told).encode(), as_text=True)  # it drops binary messages
                found = await answer
        except (TimeoutError, RtcError) as error:
            raise RequestFailed(f"no answer to {what} in the text room") from error
        finally:
            self._asked.pop(transaction, None)
        if "error_code" in found:
            raise RequestFailed(f"the text room refused: {found.text('error')}")
        return found

    # ---- what is said

    def _heard(self, data: bytes) -> None:
        try:
            told = Fields(parse_json(data)) if len(data) <= _LONGEST_MESSAGE_BYTES else Fields({})
        except UnicodeDecodeError:
            return
        asked = self._asked.get(told.text("transaction"))
        if asked is not None and not asked.done():
            self._is_in = True  # what was said before comes before the answer to joining
            asked.set_result(told)
            return
        match told.text("textroom"):
            case "join" if len(self._names) < _MOST_PEOPLE:
                self._named(told)
            case "leave" | "kicked":
                self._names.pop(told.text("username"), None)
            case "message":
                self._line(told)
            case _:
                pass

    def _named(self, told: Fields) -> None:
        self._names[told.text("username")] = told.text("display", longest=LONGEST_NAME)

    def _line(self, told: Fields) -> None:
        text, sender, date = told.text("text", longest=LONGEST_TEXT), told.text("from"), told.text("date")
        if not text:
            return
        digest = hashlib.sha256(repr((sender, date, text)).encode()).hexdigest()[:16]
        if sender == self._me:
            if text in self._writing and len(self._written) < _MOST_WRITTEN:
                self._written[digest] = self._writing[text]
            return
        before, _, person = sender.rpartition(_MARK)
        name = told.text("display", longest=LONGEST_NAME) or self._names.get(sender) or before or sender
        line_id, mine = self._written.get(digest, f"text:{digest}"), digest in self._written
        said = Said(line_id, person if before else "", name[:LONGEST_NAME], text, _epoch_ms(date))
        self._listener.on_text(replace(said, private=told.flag("whisper"), old=not self._is_in, mine=mine))


def _epoch_ms(date: str) -> float | None:
    try:
        return datetime.strptime(date, "%Y-%m-%dT%H:%M:%S%z").timestamp() * 1_000
    except (ValueError, OverflowError, OSError):
        return None
