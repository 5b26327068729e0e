from __future__ import annotations

import asyncio

from tests.helpers.pictures import FRAME_MS, OutboundWire, later, people
from visio_desktop.media.capture import CaptureSize, VideoCapture
from visio_desktop.media.encoders import EncodeSettings
from visio_desktop.media.publisher import VideoPublisher
from visio_desktop.media.raw import RawFrame
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.rtc.frames import EncodedFrame, Feedback

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
