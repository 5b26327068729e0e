from __future__ import annotations

import asyncio
from dataclasses import replace

from tests.helpers.pictures import FRAME_MS, OutboundWire, later, people
from visio_desktop.media.capture import CaptureSize, VideoCapture
from visio_desktop.media.encoders import EncodeSettings
from visio_desktop.media.publisher import VideoPublisher
from visio_desktop.media.raw import RawFrame
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.rtc.frames import EncodedFrame, Feedback, SendLayer

_SETTINGS = EncodeSettings(320, 180, 30, 300_000)


class _Capture(VideoCapture):
    """A capture whose pictures the test hands in."""

    def __init__(self) -> None:
        super().__init__(Spec(SpecKind.TEST), CaptureSize(), clock=lambda: 0.0, on_failed=lambda _: None)
        self._number = 0
        self._picture = people(1)[0]

    def give(self, frame: RawFrame | None = None) -> None:
        self._deliver(later(frame or self._picture, self._number * FRAME_MS))
        self._number += 1


class _Stream(OutboundWire):
    """Tells when something was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived: asyncio.Queue[EncodedFrame] = asyncio.Queue()

    def send(self, frame: EncodedFrame) -> None:
        super().send(frame)
        self.arrived.put_nowait(frame)


async def _sent(capture: _Capture, stream: _Stream, count: int = 1) -> list[EncodedFrame]:
    frames = []
    for _ in range(count):
        capture.give()
        frames.append(await asyncio.wait_for(stream.arrived.get(), 10))
    return frames


async def test_each_picture_is_sent_encoded_on_the_loop() -> None:
    capture, stream = _Capture(), _Stream()
    publisher = VideoPublisher(capture, stream, asyncio.get_running_loop(), settings=_SETTINGS)
    publisher.start()
    frames = await _sent(capture, stream, 5)
    publisher.stop()
    assert [frame.key for frame in frames] == [True, False, False, False, False]
    assert [frame.rtp_time for frame in frames] == [0, 3000, 6000, 9000, 12000]
    assert publisher.statistics().width_px == 320


async def test_feedback_reaches_the_encoder() -> None:
    capture, stream = _Capture(), _Stream()
    publisher = VideoPublisher(
        capture, stream, asyncio.get_running_loop(), settings=EncodeSettings(640, 360, 30, 500_000)
    )
    publisher.start()
    await _sent(capture, stream, 12)
    stream.feed_back(Feedback(key_frame_wanted=True))
    assert (await _sent(capture, stream))[0].key
    stream.feed_back(Feedback(target_bps=60_000))
    await _sent(capture, stream)
    assert publisher.statistics().width_px == 320
    publisher.stop()


async def test_what_stands_still_is_sent_until_it_is_sharp_and_then_to_who_asks_for_it() -> None:
    capture, stream = _Capture(), _Stream()
    publisher = VideoPublisher(capture, stream, asyncio.get_running_loop(), settings=_SETTINGS)
    publisher.start()
    await _sent(capture, stream)
    still = replace(people(1)[0], again=True)
    for _ in range(2):
        capture.give(still)
        async with asyncio.timeout(30):
            while publisher._still is None or publisher._patience_s is not None:
                await asyncio.sleep(0.01)
        sharp = len(stream.sent)
        assert sharp > 3
        for _ in range(5):
            capture.give(still)
        stream.feed_back(Feedback(key_frame_wanted=True))
        async with asyncio.timeout(30):
            while len(stream.sent) == sharp:
                await asyncio.sleep(0.01)
        assert stream.sent[sharp].key
        times = [frame.rtp_time for frame in stream.sent]
        assert times == sorted(set(times))
    publisher.stop()


async def test_after_stop_nothing_more_is_sent() -> None:
    capture, stream = _Capture(), _Stream()
    publisher = VideoPublisher(capture, stream, asyncio.get_running_loop(), settings=_SETTINGS)
    publisher.start()
    await _sent(capture, stream, 2)
    capture.give()
    publisher.stop()
    publisher.stop()
    capture.give()
    await asyncio.to_thread(publisher.join, 5)
    await asyncio.sleep(0)
    assert len(stream.sent) == 2


async def test_only_the_latest_picture_waits() -> None:
    capture, stream = _Capture(), _Stream()
    publisher = VideoPublisher(capture, stream, asyncio.get_running_loop(), settings=_SETTINGS)
    publisher.start()
    for _ in range(200):  # far faster than any encoder starts
        capture.give()
    last = 0
    while last != 199 * 3000:
        last = (await asyncio.wait_for(stream.arrived.get(), 10)).rtp_time
    publisher.stop()
    assert len(stream.sent) < 150


async def test_a_publisher_that_never_began_need_not_be_waited_for() -> None:
    publisher = VideoPublisher(_Capture(), _Stream(), asyncio.get_running_loop(), settings=_SETTINGS)
    publisher.stop()
    assert publisher.join(0)


_LAYERS = (SendLayer("q", 2.0, 100_000), SendLayer("h", 1.0, 300_000))


async def _layers(capture: _Capture, stream: _Stream) -> list[tuple[int, bool]]:
    """The layers of the next picture, and which of them are key frames."""
    capture.give()
    await asyncio.wait_for(stream.arrived.get(), 10)
    made = stream.sent[-1].rtp_time
    return [(frame.layer, frame.key) for frame in stream.sent if frame.rtp_time == made]


async def test_layers_follow_what_the_network_says_of_each() -> None:
    capture, stream = _Capture(), _Stream()
    stream.layers = _LAYERS
    publisher = VideoPublisher(capture, stream, asyncio.get_running_loop(), settings=_SETTINGS)
    publisher.start()
    both = await _layers(capture, stream)
    stream.feed_back(Feedback(layer_targets_bps=(100_000, 0)))
    stream.arrived.get_nowait()
    low = await _layers(capture, stream)
    for _ in range(10):
        await _layers(capture, stream)
    stream.feed_back(Feedback(key_frame_wanted=True, layer_targets_bps=(100_000, 0), key_frame_layers=(0,)))
    asked = await _layers(capture, stream)
    stream.feed_back(Feedback(target_bps=1_000_000))
    again = await _layers(capture, stream)
    publisher.stop()
    assert both == [(0, True), (1, True)]
    assert low == [(0, False)]
    assert asked == [(0, True)]
    assert again == [(0, False), (1, True)]


async def test_a_machine_that_does_not_keep_up_sends_fewer_layers() -> None:
    capture, stream, now_ms = _Capture(), _Stream(), 0.0
    stream.layers = _LAYERS

    def slow() -> float:
        nonlocal now_ms
        now_ms += 70.0
        return now_ms

    publisher = VideoPublisher(capture, stream, asyncio.get_running_loop(), settings=_SETTINGS, clock=slow)
    publisher.start()
    made = [await _layers(capture, stream) for _ in range(130)]
    publisher.stop()
    assert len(made[0]) == 2
    assert [layer for layer, _ in made[-1]] == [0]


async def test_what_is_said_of_other_layers_is_passed_over() -> None:
    capture, stream = _Capture(), _Stream()
    publisher = VideoPublisher(capture, stream, asyncio.get_running_loop(), settings=_SETTINGS)
    publisher.start()
    stream.feed_back(Feedback(key_frame_wanted=True, layer_targets_bps=(0, 0, 0), key_frame_layers=(2,)))
    assert await _layers(capture, stream) == [(0, True)]
    publisher.stop()


async def test_the_last_layer_goes_on_at_half_the_rate_and_no_key_frame_is_forgotten() -> None:
    now_ms = 0.0

    def slow() -> float:
        nonlocal now_ms
        now_ms += 70.0
        return now_ms

    stream = OutboundWire()
    publisher = VideoPublisher(_Capture(), stream, asyncio.get_running_loop(), settings=_SETTINGS, clock=slow)
    picture = people(1)[0]

    async def sent_of(numbers: range) -> int:
        before = len(stream.sent)
        for number in numbers:
            publisher._encode(later(picture, number * FRAME_MS), set())
        await asyncio.sleep(0)
        return len(stream.sent) - before

    assert await sent_of(range(50)) == 50
    await sent_of(range(50, 150))
    assert await sent_of(range(150, 170)) == 10
    while not publisher._keys:
        publisher._encode(later(picture, 6_000.0), {0})
    assert publisher._keys == {0}
    publisher._simulcast.close()
