from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count
from typing import Any, cast

import pytest

from tests.helpers.clock_media import until
from visio_desktop.rtc import DataChannel, PeerState
from visio_desktop.rtc.frames import InboundStream
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.janus import incoming as module
from visio_desktop.servers.janus.incoming import Incoming
from visio_desktop.servers.janus.roster import DATA, Offered, Stream
from visio_desktop.servers.janus.words import Refusal, Words
from visio_desktop.servers.port import RequestFailed, Wanted
from visio_desktop.system.tasks import Tasks

ADA: Stream = ("1", "1")
ADAS_WORDS: Stream = ("1", DATA)
BOB: Stream = ("2", "1")


class Room:
    """Keeps the m-lines as Janus does: those that are free are used again."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.lines: list[tuple[int, str] | None] = []
        self.gone: set[int] = set()

        self.handles = count(9)
        self.late = 0
        self.unanswered: list[Exception] = []
        self.started = 0
        self.asked_by: list[int] = []

    async def attach(self) -> int:
        return next(self.handles)

    async def room(self, handle: int, body: dict[str, Any], *, answer: str = "", **_: str) -> Words:
        self.asked.append(body)
        self.asked_by.append(handle)
        if self.late:
            self.late -= 1
            raise RequestFailed("no answer")
        match body["request"]:
            case "join":
                return self._changed(body["streams"], [])
            case "update":
                return self._changed(body.get("subscribe", []), body.get("unsubscribe", []))
            case "start":
                assert answer == "answer"
                if self.unanswered:
                    raise self.unanswered.pop()
                self.started += 1
                return Words("event")
            case _:
                return Words("event")

    def _changed(self, add: list[dict[str, Any]], drop: list[dict[str, Any]]) -> Words:
        if any(each["feed"] in self.gone for each in add):
            raise Refusal(428, "No such feed")
        for each in drop:
            self.lines[int(each["sub_mid"])] = None
        for each in add:
            line = (each["feed"], each["mid"])
            if None in self.lines:
                self.lines[self.lines.index(None)] = line
            else:
                self.lines.append(line)
        return Words("event", room=self.told(), offer="offer")

    def told(self) -> Fields:
        return Fields({"streams": [self._told(n, line) for n, line in enumerate(self.lines)]})

    @staticmethod
    def _told(number: int, line: tuple[int, str] | None) -> dict[str, Any]:
        if line is None:
            return {"type": "video", "mid": str(number), "active": False}
        if line[1] == "0":
            return {"type": "data", "mid": str(number), "source_ids": [line[0]]}
        return {"type": "video", "mid": str(number), "active": True, "feed_id": line[0], "feed_mid": line[1]}


class Peer:
    """Answers every offer."""

    def __init__(self) -> None:
        self.channels: list[str] = []

    def open_channel(self, label: str) -> DataChannel:
        self.channels.append(label)
        return cast("DataChannel", None)

    async def accept_offer(self, offer: str) -> str:
        assert offer == "offer"
        return "answer"

    async def close(self) -> None:
        pass


class Heard:
    def __init__(self) -> None:
        self.streams: dict[str, InboundStream] = {}

    def on_incoming_state(self, state: PeerState) -> None:
        pass

    def on_incoming_stream(self, publication_id: str, stream: InboundStream) -> None:
        self.streams[publication_id] = stream

    def on_incoming_ended(self, publication_id: str) -> None:
        del self.streams[publication_id]

    def on_said(self, person: str, data: bytes) -> None:
        pass


class Bench:
    def __init__(self, tasks: Tasks) -> None:
        self.room, self.heard, self.peer = Room(), Heard(), Peer()
        self.incoming = Incoming(cast("Any", self.room), {"room": 7}, lambda: cast("Any", self.peer), self.heard, tasks)

    async def wish(self, *streams: Stream) -> None:
        offered: Offered = {each: (int(each[0]), "0" if each[1] == DATA else each[1]) for each in streams}
        self.incoming.wish(offered)
        await until(lambda: set(self.incoming._lines.told) == set(streams), "what is wished")

    def begins(self, mid: str) -> InboundStream:
        stream = cast("InboundStream", object())
        self.incoming.on_stream(stream, mid=mid, stream_id="janus", track_id="janus")
        return stream


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    tasks = Tasks("test")
    yield Bench(tasks)
    await tasks.close()


async def test_nothing_is_asked_for_before_somebody_sends(bench: Bench) -> None:
    await bench.wish()
    assert bench.room.asked == []
    await bench.wish(ADA, ADAS_WORDS)
    assert bench.room.asked[0] == {
        "request": "join",
        "ptype": "subscriber",
        "room": 7,
        "streams": [{"feed": 1, "mid": "0"}, {"feed": 1, "mid": "1"}],
    }
    await until(lambda: len(bench.room.asked) == 2, "the start")
    assert len(bench.peer.channels) == 1


async def test_a_subscription_whose_answer_never_came_is_begun_anew(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AGAIN_S", 0.001)
    bench.room.late = 1
    await bench.wish(ADA)
    assert [body["request"] for body in bench.room.asked[:2]] == ["join", "join"]
    assert bench.room.asked_by[:2] == [9, 10], "Janus lets nobody join twice by the same handle"


@pytest.mark.parametrize("failure", [RequestFailed("no answer"), Refusal(421, "no")])
async def test_an_offer_stays_owed_until_the_room_has_its_answer(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    """What is subscribed to by then is as wished: nothing else would have it answered, and nothing would ever come."""
    monkeypatch.setattr(module, "_AGAIN_S", 0.001)
    bench.room.unanswered = [failure, failure]
    await bench.wish(ADA)
    await until(lambda: bench.room.started == 1, "the answer is taken")
    assert [body["request"] for body in bench.room.asked] == ["join", "start", "start", "start"]
    bench.room.unanswered = [failure]
    await bench.wish(BOB)
    await until(lambda: bench.room.started == 2, "the next one, too")
    assert bench.begins("0") is bench.heard.streams["2:1"]


async def test_an_m_line_that_changes_its_owner_is_handed_on_as_the_new_one(bench: Bench) -> None:
    await bench.wish(ADA)
    stream = bench.begins("0")
    assert bench.heard.streams == {"1:1": stream}
    await bench.wish(BOB)
    assert bench.room.asked[-1] == {"request": "start"} or bench.room.asked[-1]["request"] == "update"
    await until(lambda: bench.heard.streams == {"2:1": stream}, "the same stream as Bob's")
    bench.incoming.on_stream_ended(stream)
    assert bench.heard.streams == {}


async def test_what_is_gone_is_taken_back_before_the_room_has_answered(bench: Bench) -> None:
    await bench.wish(ADA)
    bench.begins("0")
    bench.incoming.wish({})
    assert bench.heard.streams == {}


async def test_one_who_is_gone_meanwhile_keeps_nobody_from_the_others(bench: Bench) -> None:
    bench.room.gone.add(1)
    bench.incoming.wish({ADA: (1, "1"), BOB: (2, "1")})
    await until(lambda: set(bench.incoming._lines.told) == {BOB}, "Bob")


async def test_how_something_is_looked_at_is_told_and_told_again_when_it_comes(bench: Bench) -> None:
    await bench.incoming.look("1:1", Wanted(enabled=False))
    assert bench.room.asked == []
    await bench.wish(ADA)
    look = {"request": "configure", "streams": [{"mid": "0", "send": False}]}
    await until(lambda: look in bench.room.asked, "not sent")
    await bench.incoming.look("1:1", Wanted(width_px=640, height_px=360))
    assert bench.room.asked[-1]["streams"] == [{"mid": "0", "send": True, "substream": 1}]


async def test_another_layer_is_begun_by_a_key_frame_that_is_asked_for_once_more(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEY_AGAIN_S", 0.0)
    asked: list[str] = []

    class Stream:
        def request_key_frame(self) -> None:
            asked.append("key")

    await bench.wish(ADA)
    stream = cast("InboundStream", Stream())
    bench.incoming.on_stream(stream, mid="0", stream_id="janus", track_id="janus")
    for height_px, keys in ((180, 1), (170, 1), (360, 2), (0, 2)):
        await bench.incoming.look("1:1", Wanted(height_px=height_px))
        await until(lambda keys=keys: len(asked) == keys, "asked for")  # type: ignore[misc]
        await asyncio.sleep(0)
    assert len(asked) == 2


async def test_the_room_may_change_something_of_itself(bench: Bench) -> None:
    await bench.wish(ADA)
    stream = bench.begins("0")
    bench.room.lines = [None]
    bench.incoming.offered(Words("event", room=bench.room.told()))
    bench.incoming.wish({})
    await until(lambda: not bench.incoming._lines.told, "nothing more")
    assert stream not in bench.heard.streams.values()


async def test_of_two_words_the_newest_holds(bench: Bench) -> None:
    older = Words("event", room=Fields({"streams": []}), offer="offer", number=1)
    answer = bench.room._changed

    def late(add: list[dict[str, Any]], drop: list[dict[str, Any]]) -> Words:
        bench.incoming.offered(older)
        return replace(answer(add, drop), number=2)

    bench.room._changed = late  # type: ignore[method-assign]
    await bench.wish(ADA)
    stream = bench.begins("0")
    assert bench.heard.streams == {"1:1": stream}
