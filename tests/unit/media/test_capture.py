from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.helpers.pictures import people
from visio_desktop.media.capture import CaptureSize, VideoCapture
from visio_desktop.media.errors import DeviceError, MediaError
from visio_desktop.media.raw import RawFrame
from visio_desktop.media.sources.port import VideoSource
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.system.clock import Clock, monotonic_ms

_TEST = Spec(SpecKind.TEST)
_PICTURE = people(1)[0]


class _Source:
    """Gives a picture for each permit; an error ends it."""

    name = "fake camera"

    def __init__(self) -> None:
        self.permits = threading.Semaphore(1)
        self.closed = threading.Event()
        self.error: MediaError | None = None

    def read(self) -> RawFrame:
        self.permits.acquire()
        if self.error is not None:
            raise self.error
        return _PICTURE

    def close(self) -> None:
        self.closed.set()


def _capture(
    opened: Callable[[], VideoSource], failed: Callable[[Problem], None] = lambda _: None, **more: Any
) -> VideoCapture:
    def source(spec: Spec, size: CaptureSize, clock: Clock) -> VideoSource:
        return opened()

    return VideoCapture(_TEST, CaptureSize(), clock=monotonic_ms, on_failed=failed, source=source, **more)


def test_taps_get_pictures_until_they_are_removed_or_all_stops() -> None:
    source, seen, tapped = _Source(), [], threading.Event()
    capture = _capture(lambda: source)
    assert capture.start() == "fake camera"

    def tap(frame: RawFrame) -> None:
        seen.append(frame)
        tapped.set()

    capture.add_tap(tap)
    source.permits.release()
    assert tapped.wait(5)
    capture.remove_tap(tap)
    capture.stop()
    source.permits.release()
    assert source.closed.wait(5)
    assert len(seen) == 1


def test_the_test_picture_comes_through() -> None:
    capture = VideoCapture(_TEST, CaptureSize(320, 180, 60), clock=monotonic_ms, on_failed=lambda _: None)
    seen, enough = [], threading.Event()

    def tap(frame: RawFrame) -> None:
        seen.append(frame)
        if len(seen) == 3:
            enough.set()

    assert capture.start() == "test"
    capture.add_tap(tap)
    assert enough.wait(5)
    capture.stop()
    assert (seen[0].width_px, seen[0].height_px) == (320, 180)
    assert seen[0].capture_ms < seen[1].capture_ms


def test_what_cannot_be_opened_is_told_by_start() -> None:
    problem = Problem(ProblemCode.CAMERA_BUSY, "cam")

    def busy() -> VideoSource:
        raise DeviceError(problem)

    with pytest.raises(DeviceError) as caught:
        _capture(busy).start()
    assert caught.value.problem is problem


def test_a_device_that_never_opens_blocks_nobody() -> None:
    source, release = _Source(), threading.Event()

    def slow() -> VideoSource:
        release.wait(10)
        return source

    with pytest.raises(DeviceError) as caught:
        _capture(slow, open_timeout_ms=20).start()
    assert caught.value.problem.code is ProblemCode.CAMERA_FAILED
    release.set()
    assert source.closed.wait(5), "opened too late, it must be released at once"


def test_a_device_without_pictures_has_failed() -> None:
    source = _Source()
    source.permits.acquire()
    with pytest.raises(DeviceError) as caught:
        _capture(lambda: source, silence_ms=20).start()
    assert caught.value.problem == Problem(ProblemCode.CAMERA_FAILED, "fake camera")
    source.permits.release()


def test_an_unplugged_device_is_told_once() -> None:
    source, failed, told = _Source(), [], threading.Event()

    def on_failed(problem: Problem) -> None:
        failed.append(problem)
        told.set()

    _capture(lambda: source, on_failed).start()
    source.error = DeviceError(Problem(ProblemCode.CAMERA_FAILED, "gone"))
    source.permits.release()
    assert told.wait(5)
    assert source.closed.wait(5)
    assert failed == [Problem(ProblemCode.CAMERA_FAILED, "gone")]


def test_a_device_that_falls_silent_is_noticed() -> None:
    source, told = _Source(), threading.Event()
    _capture(lambda: source, lambda _: told.set(), silence_ms=500).start()
    assert told.wait(5)
    source.permits.release()


def test_none_is_no_camera() -> None:
    capture = VideoCapture(Spec(SpecKind.NONE), CaptureSize(), clock=monotonic_ms, on_failed=lambda _: None)
    with pytest.raises(DeviceError) as caught:
        capture.start()
    assert caught.value.problem.code is ProblemCode.CAMERA_MISSING


def test_the_big_libraries_are_not_loaded_before_they_are_needed() -> None:
    modules = ("capture", "publisher", "subscription", "pool", "preview", "specs")
    imports = "; ".join(f"import visio_desktop.media.{module}" for module in modules)
    program = f"import sys; {imports}; print(sorted({{'av', 'cv2', 'numpy'}} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60)
    assert loaded.stdout.strip() == "[]"


def test_whoever_stops_a_capture_can_wait_for_its_thread() -> None:
    source = _Source()
    capture = _capture(lambda: source)
    assert capture.join(0)
    capture.start()
    capture.stop()
    assert not capture.join(0.01)
    source.permits.release()
    assert capture.join(5)
    assert source.closed.is_set()


def test_stopping_ends_the_wait_for_a_source_that_does_not_open() -> None:
    may_open = threading.Event()

    def slow() -> VideoSource:
        may_open.wait(5)
        return _Source()

    capture = _capture(slow)
    waiting = threading.Thread(target=capture.start)
    waiting.start()
    capture.stop()
    waiting.join(5)
    assert not waiting.is_alive()
    may_open.set()
    assert capture.join(5)


def test_stopping_ends_the_wait_for_a_first_picture_too() -> None:
    source = _Source()
    source.permits.acquire()
    opened = threading.Event()

    def open_it() -> VideoSource:
        opened.set()
        return source

    capture = _capture(open_it, silence_ms=60_000)
    waiting = threading.Thread(target=capture.start)
    waiting.start()
    assert opened.wait(5)
    capture.stop()
    waiting.join(5)
    assert not waiting.is_alive()
    source.permits.release()
    assert capture.join(5)


def test_the_size_is_that_of_what_came() -> None:
    capture = VideoCapture(Spec(SpecKind.TEST), CaptureSize(640, 360, 30), clock=lambda: 0.0, on_failed=lambda _: None)
    assert capture.size_px == (640, 360)
    capture._deliver(people(1, 320, 240)[0])
    assert capture.size_px == (320, 240)


def _marked(value: int) -> Callable[[RawFrame], RawFrame]:
    def dress(frame: RawFrame) -> RawFrame:
        return replace(frame, capture_ms=value)

    return dress


def test_every_picture_passes_through_what_the_capture_wears() -> None:
    seen: list[float] = []
    capture = VideoCapture(_TEST, CaptureSize(), clock=monotonic_ms, on_failed=lambda _: None, dress=_marked(1))
    capture.add_tap(lambda frame: seen.append(frame.capture_ms))
    capture._deliver(people(1)[0])
    capture.wear(_marked(2), lambda: 5.0)
    capture._deliver(people(1)[0])
    assert capture.dress_ms == 5.0
    capture.wear(lambda _: None)
    assert capture.dress_ms is None
    capture._deliver(people(1)[0])
    assert seen == [1, 2]


def test_a_picture_under_way_is_not_shown_once_something_else_is_worn() -> None:
    begun, go_on, seen = threading.Event(), threading.Event(), []
    capture = VideoCapture(_TEST, CaptureSize(), clock=monotonic_ms, on_failed=lambda _: None)

    def slow(frame: RawFrame) -> RawFrame:
        begun.set()
        assert go_on.wait(20)
        return frame

    capture.wear(slow)
    capture.add_tap(lambda frame: seen.append(frame.capture_ms))
    thread = threading.Thread(target=capture._deliver, args=(people(1)[0],))
    thread.start()
    assert begun.wait(20)
    capture.wear(_marked(2))
    go_on.set()
    thread.join(20)
    assert seen == []
    capture._deliver(people(1)[0])
    assert seen == [2]


def test_pictures_left_out_are_no_silence() -> None:
    source = _Source()
    capture = _capture(lambda: source)
    capture.wear(lambda _: None)
    assert capture.start() == "fake camera"
    capture.stop()
    source.permits.release()
