from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.helpers.pictures import Sink, Wire, encoded, people, pixels_of, psnr_db
from visio_desktop.media.convert import Converter
from visio_desktop.media.pool import DecoderPool, Lane
from visio_desktop.media.subscription import VideoSubscription
from visio_desktop.meeting.frames import PictureTarget
from visio_desktop.rtc.frames import Codec, EncodedFrame

FRAME_MS = 1000 / 30


class _SteppedPool(DecoderPool):
    """A pool without threads: work is done when the test says so."""

    def __init__(self) -> None:
        super().__init__(0)
        self._lanes: list[Lane] = []

    def lane(self) -> Lane:
        return Lane(self._lanes.append)

    def work(self) -> None:
        while self._lanes:
            self._lanes.pop(0).run_one()


class _Scene:
    """A subscription with its wire and sink."""

    def __init__(self) -> None:
        self.pool, self.wire, self.sink = _SteppedPool(), Wire(), Sink()
        self.now_ms = 1000.0
        loop = asyncio.get_running_loop()
        self.subscription = VideoSubscription(self.wire, self.pool, loop, clock=lambda: self.now_ms)
        self.subscription.set_sink(self.sink)

    async def settled(self) -> None:
        """Do all that waits, on the pool and on the loop."""
        self.pool.work()
        await asyncio.sleep(0)

    async def feed(self, *frames: EncodedFrame) -> None:
        for frame in frames:
            self.now_ms += FRAME_MS
            self.wire.send(frame)
            await self.settled()

    def heap(self, *frames: EncodedFrame) -> None:
        """Frames come in time, but the pool does nothing."""
        for frame in frames:
            self.now_ms += FRAME_MS
            self.wire.send(frame)


@pytest.fixture
async def scene() -> AsyncIterator[_Scene]:
    made = _Scene()
    yield made
    if hasattr(made, "subscription"):
        made.subscription.stop()


async def test_pictures_reach_the_sink_as_they_were(scene: _Scene) -> None:
    first: list[bool] = []
    scene.subscription.on_first_frame(lambda: first.append(True))
    frames = people(10)
    await scene.feed(*encoded(frames))
    assert len(scene.sink.pictures) == 10
    assert first == [True]
    wanted = pixels_of(Converter().convert(frames[-1], PictureTarget(320, 180)))
    assert psnr_db(pixels_of(scene.sink.pictures[-1])[..., :3], wanted[..., :3]) > 30
    statistics = scene.subscription.statistics()
    assert (statistics.codec, statistics.width_px, statistics.height_px) == ("vp8", 320, 180)
    assert (statistics.frames_decoded, statistics.frames_put, statistics.key_frames) == (10, 10, 1)
    assert (statistics.shown_capture_ms, statistics.shown_at_ms) == (frames[-1].capture_ms, scene.now_ms)


async def test_without_a_target_it_decodes_but_makes_no_pixels(scene: _Scene) -> None:
    frames = encoded(people(4))
    scene.sink.wanted = None
    await scene.feed(*frames[:3])
    assert (len(scene.sink.pictures), scene.subscription.statistics().frames_decoded) == (0, 3)
    scene.sink.wanted = PictureTarget(160, 90)
    await scene.feed(frames[3])
    assert [p.width_px for p in scene.sink.pictures] == [160]


async def test_a_new_sink_gets_the_last_picture_at_once(scene: _Scene) -> None:
    await scene.feed(*encoded(people(2)))
    other = Sink(PictureTarget(64, 36))
    scene.subscription.set_sink(other)
    await scene.settled()
    assert [p.width_px for p in other.pictures] == [64]


async def test_it_begins_with_a_key_frame_only(scene: _Scene) -> None:
    frames = encoded(people(6), keys=frozenset({4}))
    await scene.feed(*frames[1:4])
    assert scene.sink.pictures == []
    assert scene.wire.key_frames_asked == 3
    again = encoded(people(3))
    await scene.feed(*again)
    assert len(scene.sink.pictures) == 3
    assert scene.subscription.statistics().frames_dropped == 3


async def test_damage_asks_for_a_key_frame_and_goes_on_with_it(scene: _Scene) -> None:
    frames = encoded(people(5))
    await scene.feed(frames[0], replace(frames[1], payload=b"\xff"), *frames[2:5])
    statistics = scene.subscription.statistics()
    assert statistics.decode_errors == 1
    assert len(scene.sink.pictures) == 1
    assert scene.wire.key_frames_asked >= 1
    await scene.feed(*encoded(people(2)))
    assert len(scene.sink.pictures) == 3


async def test_a_codec_change_gets_another_decoder(scene: _Scene) -> None:
    await scene.feed(*encoded(people(3)), *encoded(people(3), Codec.H264))
    assert scene.subscription.statistics().codec == "h264"
    assert len(scene.sink.pictures) == 6


async def test_only_the_newest_of_what_waits_becomes_pixels(scene: _Scene) -> None:
    await scene.settled()
    scene.heap(*encoded(people(10)))
    await scene.settled()
    statistics = scene.subscription.statistics()
    assert (statistics.frames_decoded, statistics.frames_dropped, statistics.frames_put) == (10, 0, 1)


async def test_too_much_waiting_is_given_up_for_a_key_frame(scene: _Scene) -> None:
    await scene.settled()
    scene.heap(*encoded(people(60)))
    assert scene.wire.key_frames_asked == 1
    await scene.settled()
    statistics = scene.subscription.statistics()
    assert (statistics.frames_decoded, statistics.frames_dropped) == (0, 60)
    await scene.feed(*encoded(people(2)))
    assert len(scene.sink.pictures) == 2


async def test_a_waiting_key_frame_is_what_it_goes_on_with(scene: _Scene) -> None:
    scene.heap(*encoded(people(50), keys=frozenset({46})))
    await scene.settled()
    assert scene.subscription.statistics().frames_decoded == 4
    assert len(scene.sink.pictures) == 1


async def test_what_stops_lets_go_of_its_pictures_at_once(scene: _Scene) -> None:
    await scene.feed(*encoded(people(3)))
    decoder, pacer = weakref.ref(scene.subscription._decoder), weakref.ref(scene.subscription._pacer)
    gc.disable()
    try:
        scene.subscription.stop()
        await scene.settled()
        assert scene.subscription.statistics().frames_decoded == 3
        assert decoder() is None
        del scene.subscription
        assert pacer() is None, "nor does anything go round in a circle"
    finally:
        gc.enable()


async def test_after_stop_nothing_is_put(scene: _Scene) -> None:
    frames = encoded(people(3))
    await scene.feed(frames[0])
    scene.wire.send(frames[1])
    scene.subscription.stop()
    scene.wire.send(frames[2])
    await scene.settled()
    assert len(scene.sink.pictures) == 1
    scene.subscription.stop()


async def test_with_real_threads() -> None:
    pool, wire, sink = DecoderPool(2), Wire(), Sink()
    first = asyncio.Event()
    subscription = VideoSubscription(wire, pool, asyncio.get_running_loop(), clock=lambda: 0.0)
    subscription.on_first_frame(first.set)
    subscription.set_sink(sink)
    for frame in encoded(people(5)):
        wire.send(frame)
    await asyncio.wait_for(first.wait(), 10)
    assert sink.pictures
    subscription.stop()
    pool.close()
    assert await asyncio.to_thread(pool.join, 5)
