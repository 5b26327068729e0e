"""What a Wayland desktop shows us; its stream is made here."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from visio_desktop.media.errors import DeviceError
from visio_desktop.media.pipewire import pods
from visio_desktop.media.pipewire.stream import PipeWireError
from visio_desktop.media.raw import Plane
from visio_desktop.media.sources.cast import CastSource
from visio_desktop.media.sources.pace import Pace
from visio_desktop.media.sources.port import CaptureSize
from visio_desktop.meeting.values import ProblemCode

SIZE = CaptureSize(1280, 720, 15)


class Desk:
    """A stream, and the time that passes while it is waited for."""

    def __init__(self) -> None:
        self.now_ms = 0.0
        self.pictures: list[tuple[Plane, int]] = []
        self.ended = self.closed = False
        self.source = CastSource(self, SIZE, clock=lambda: self.now_ms, pace=Pace(lambda: self.now_ms, self.sleep))

    def sleep(self, duration_ms: float) -> None:
        self.now_ms += duration_ms

    def wait(self, longest_s: float) -> bool:
        if self.ended:
            raise PipeWireError("gone")
        if not self.pictures:
            self.sleep(1000 * longest_s)
        return bool(self.pictures)

    def look[T](self, use: Callable[[Plane, int], T]) -> T | None:
        return use(*self.pictures.pop(0)) if self.pictures else None

    def close(self) -> None:
        self.closed = True


def painted(width: int, height: int, colour: tuple[int, ...]) -> Plane:
    return np.full((height, width, len(colour)), colour, np.uint8)


@pytest.mark.parametrize(
    ("order", "red"),
    [
        (pods.BGRX, (0, 0, 255, 9)),
        (pods.BGRA, (0, 0, 255, 9)),
        (pods.RGBX, (255, 0, 0, 9)),
        (pods.RGBA, (255, 0, 0, 9)),
        (pods.RGB, (255, 0, 0)),
        (pods.BGR, (0, 0, 255)),
    ],
)
def test_every_order_of_colours_is_converted(order: int, red: tuple[int, ...]) -> None:
    desk = Desk()
    desk.pictures.append((painted(33, 21, red), order))
    frame = desk.source.read()
    assert (frame.width_px, frame.height_px) == (34, 22), "filled up"
    assert {int(frame.y.min()), int(frame.y.max())} == {82}
    assert frame.v.min() > 230
    assert not frame.again


def test_what_is_too_large_is_made_smaller() -> None:
    desk = Desk()
    desk.pictures.append((painted(2560, 1440, (0, 0, 0, 0)), pods.BGRX))
    frame = desk.source.read()
    assert (frame.width_px, frame.height_px) == (1280, 720)


def test_what_stands_still_is_given_again_and_marked_so() -> None:
    desk = Desk()
    white, black = painted(32, 16, (255, 255, 255, 0)), painted(32, 16, (0, 0, 0, 0))
    desk.pictures += [(white, pods.BGRX)] * 3
    assert not desk.source.read().again
    again = desk.source.read()
    assert again.again
    desk.pictures.append((black, pods.BGRX))
    frame = desk.source.read()
    assert not frame.again
    assert frame.capture_ms >= again.capture_ms
    assert frame.y.max() == 16


def test_until_something_comes_it_is_grey() -> None:
    desk = Desk()
    frame = desk.source.read()
    assert frame.y.min() == frame.y.max() == 128
    assert desk.now_ms < 3_000, "later nobody would wait for it"


def test_what_was_forgotten_is_given_as_new() -> None:
    desk = Desk()
    desk.pictures.append((painted(32, 16, (255, 255, 255, 0)), pods.BGRX))
    desk.source.read()
    desk.source.forget()
    frame = desk.source.read()
    assert not frame.again
    assert frame.y.min() == 235, "it is still what is to be seen"
    assert desk.source.read().again


def test_the_end_is_told() -> None:
    desk = Desk()
    desk.ended = True
    with pytest.raises(DeviceError) as caught:
        desk.source.read()
    assert caught.value.problem.code is ProblemCode.SCREEN_STOPPED
    desk.source.close()
    assert desk.closed
