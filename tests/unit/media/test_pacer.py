"""Frames held back until their time, on a virtual clock."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

import pytest

from visio_desktop.media.pacer import MOST_WAITING, Pacer
from visio_desktop.rtc.frames import Codec, EncodedFrame

FRAME_MS = 1000 / 30


class _Timer:
    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class _Loop:
    """A clock with timers; `released` are the numbers of the frames let go, with the time and whether to show."""

    def __init__(self) -> None:
        self.now_ms = 10_000.0
        self.released: list[tuple[int, float, bool]] = []
        self.pacer = Pacer(lambda: self.now_ms, self._call_later, self._release)
        self.timers = 0
        self._due: list[tuple[float, int, Callable[[], None], _Timer]] = []

    def _call_later(self, wait_s: float, call: Callable[[], None]) -> _Timer:
        self.timers += 1
        timer = _Timer()
        heapq.heappush(self._due, (self.now_ms + wait_s * 1000, self.timers, call, timer))
        return timer

    def _release(self, frame: EncodedFrame, shown: bool) -> None:
        self.released.append((frame.rtp_time // 3000, self.now_ms, shown))

    def until(self, now_ms: float) -> None:
        while self._due and self._due[0][0] <= now_ms:
            self.now_ms, _, call, timer = heapq.heappop(self._due)
            if not timer.cancelled:
                call()
        self.now_ms = now_ms

    def frame(self, number: int, late_ms: float = 0.0) -> None:
        """A frame comes; its sender's wall clock began at 1,000,000 with number 0 and the path takes 10 ms."""
        self.until(max(self.now_ms, 10_010.0 + number * FRAME_MS + late_ms))
        capture_ms = 1_000_000.0 + number * FRAME_MS
        self.pacer.put(EncodedFrame(Codec.VP8, b"", number * 3000, capture_ms=capture_ms))


@pytest.fixture
def loop() -> _Loop:
    return _Loop()


def test_on_a_steady_path_frames_pass_through_without_a_timer(loop: _Loop) -> None:
    for number in range(60):
        loop.frame(number)
        assert loop.released[-1] == (number, loop.now_ms, True)
    assert loop.timers == 0
    assert loop.pacer.buffer_ms == 0


def test_a_bunch_is_let_go_one_by_one(loop: _Loop) -> None:
    for number in range(30):
        loop.frame(number)
    for number in range(30, 36):
        loop.frame(number, late_ms=120.0 if number == 30 else 0.0)
    loop.until(loop.now_ms + 200)
    times_ms = [at_ms for _, at_ms, _ in loop.released[30:]]
    assert [number for number, _, _ in loop.released] == list(range(36))
    assert all(after - before >= 10 for before, after in itertools.pairwise(times_ms))


def test_pictures_follow_their_voice_by_the_senders_clock(loop: _Loop) -> None:
    for number in range(120):
        loop.pacer.follow(10_150.0 - 1_000_000.0)  # heard 150 ms after it was said, the picture is here after 10
        loop.frame(number)
    loop.until(loop.now_ms + 200)
    number, at_ms, _ = loop.released[-1]
    assert at_ms - (10_000.0 + number * FRAME_MS) == pytest.approx(125.0, abs=2.0)
    assert loop.pacer.buffer_ms == pytest.approx(115.0, abs=5.0)


def test_a_voice_that_has_been_silent_for_long_is_not_waited_for(loop: _Loop) -> None:
    loop.pacer.follow(10_150.0 - 1_000_000.0)
    for number in range(2_000):
        loop.pacer.follow(None)
        loop.frame(number)
    assert loop.released[-1][:2] == (1_999, loop.now_ms)


def test_what_waits_is_bounded(loop: _Loop) -> None:
    for number in range(10):
        loop.frame(number)
    loop.pacer.follow(20_000.0 - 1_000_000.0)
    for number in range(300):
        loop.pacer.put(EncodedFrame(Codec.VP8, b"", 30_000 + number * 900, capture_ms=1_000_333.0))
    assert 300 + 10 - len(loop.released) <= MOST_WAITING


def test_after_stop_nothing_comes(loop: _Loop) -> None:
    loop.pacer.follow(10_300.0 - 1_000_000.0)
    for number in range(60):
        loop.frame(number)
    released = len(loop.released)
    loop.pacer.stop()
    loop.until(loop.now_ms + 1_000)
    assert len(loop.released) == released
