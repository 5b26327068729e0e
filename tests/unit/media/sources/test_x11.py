from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.needs import need_program
from tests.helpers.pictures import FakeClock
from tests.helpers.x11_window import OtherWindow, other_window
from tests.helpers.xvfb import Xvfb
from visio_desktop.media.errors import DeviceError
from visio_desktop.media.raw import Plane, RawFrame
from visio_desktop.media.screens import list_screens
from visio_desktop.media.sources.pace import Pace
from visio_desktop.media.sources.port import CaptureSize
from visio_desktop.media.sources.settling import SOON_TIMES
from visio_desktop.media.sources.x11 import X11Source, open_x11_screen, open_x11_window, shrunk
from visio_desktop.media.x11.display import Changes, Display
from visio_desktop.media.x11.wire import X11Error
from visio_desktop.meeting.areas import Area
from visio_desktop.meeting.values import Problem, ProblemCode

SIZE = CaptureSize(1920, 1080, 10)
LOST = Problem(ProblemCode.SCREEN_FAILED, "screen:1")


class Blind:
    """A display without a mouse."""

    def can(self, extension: str) -> bool:
        return False

    def wait(self, longest_s: float) -> None:
        assert longest_s < 1

    def close(self) -> None:
        pass


@dataclass
class Painting:
    """What is shared, painted by hand; `told` tells of what is painted."""

    pixels: Plane
    tells: bool = True
    told: bool = True
    area: Area | None = None
    gone: bool = False
    grabbed: list[Area] = field(default_factory=list)
    painted: Area | None = None
    there: bool = False
    failing: int = 0

    def __post_init__(self) -> None:
        self.area = Area(0, 0, self.pixels.shape[1], self.pixels.shape[0])

    def paint(self, part: Area, value: int) -> None:
        self.pixels[part.top : part.top + part.height, part.left : part.left + part.width, :3] = value
        if self.told:
            self.painted = part

    def look(self) -> Changes:
        painted, self.painted = self.painted, None
        return Changes(painted, gone=self.gone)

    def is_there(self) -> bool:
        return self.there

    def grab(self, part: Area) -> Plane:
        if self.area is None or self.failing:
            self.failing -= 1
            raise X11Error("not there")
        self.grabbed.append(part)
        return self.pixels[part.top : part.top + part.height, part.left : part.left + part.width]


def of(painting: Painting, clock: FakeClock, size: CaptureSize = SIZE) -> X11Source:
    def display() -> Display:
        return cast("Display", Blind())

    pace = Pace(clock, clock.sleep)
    return X11Source("screen:1", lambda _: painting, LOST, size, clock=clock, pace=pace, open_display=display)


def luma(frame: RawFrame) -> int:
    return int(frame.y[5, 5])


def luma_of(value: int) -> int:
    """The luma of a grey, as limited range has it."""
    return round(16 + value * 219 / 255)


def grey(width: int, height: int) -> Painting:
    return Painting(np.full((height, width, 4), 90, np.uint8))


def settled(source: X11Source) -> RawFrame:
    """The last of the pictures that come soon after a change."""
    return [source.read() for _ in range(SOON_TIMES + 1)][-1]


def same(one: RawFrame, other: RawFrame) -> bool:
    return all(np.array_equal(a, b) for a, b in ((one.y, other.y), (one.u, other.u), (one.v, other.v)))


def test_what_stands_still_is_fetched_once_a_second_and_a_change_at_once_and_alone() -> None:
    painting, clock = grey(64, 48), FakeClock()
    source = of(painting, clock)
    first, second = settled(source), source.read()
    assert second.capture_ms - first.capture_ms == pytest.approx(900)
    assert same(first, second)
    looked = len(painting.grabbed)
    assert painting.grabbed[0] == Area(0, 0, 64, 48)
    assert {(part.width, part.height) for part in painting.grabbed[1:]} == {(64, 6)}, "an eighth at a time"
    assert looked <= 1 + second.capture_ms / 900
    assert second.again
    assert second.stacked is first.stacked
    painting.paint(Area(10, 10, 4, 4), 250)
    third = source.read()
    assert third.capture_ms - second.capture_ms == pytest.approx(100)
    assert not third.again
    assert painting.grabbed[looked:] == [Area(10, 10, 4, 4)]
    assert third.y[11, 11] > second.y[11, 11] + 100
    assert second.y[11, 11] == first.y[11, 11], "what was handed on is never written to"


def test_what_is_painted_untold_is_found_within_a_second_then_at_every_look() -> None:
    painting, clock = grey(32, 32), FakeClock()
    painting.told = False
    source = of(painting, clock)
    source.read()
    for value in (60, 100, 140):
        painting.paint(Area(0, 0, 32, 32), value)
        before_ms = clock()
        while luma(frame := source.read()) != luma_of(value):
            assert clock() - before_ms <= 1_000
        assert frame.capture_ms - before_ms > 500
    before_ms = clock()
    painting.paint(Area(0, 0, 32, 32), 180)
    assert luma(source.read()) == luma_of(180)
    assert clock() - before_ms == pytest.approx(100)


def test_a_small_part_painted_untold_is_found_in_time() -> None:
    painting, clock = grey(64, 48), FakeClock()
    painting.told = False
    source = of(painting, clock)
    source.read()
    for row in (0, 20, 47):
        painting.paint(Area(8, row, 4, 1), 200)
        before_ms = clock()
        while source.read().y[row, 9] < 150:
            assert clock() - before_ms <= 8 * 1_000


def test_a_display_that_tells_nothing_is_compared_at_every_look() -> None:
    painting, clock = grey(32, 32), FakeClock()
    painting.tells = painting.told = False
    source = of(painting, clock)
    before = source.read()
    painting.paint(Area(0, 0, 32, 32), 10)
    assert source.read().capture_ms - before.capture_ms == pytest.approx(100)


parts = st.builds(Area, st.integers(0, 30), st.integers(0, 20), st.integers(1, 15), st.integers(1, 13))


@given(st.integers(33, 45), st.integers(25, 33), st.lists(st.tuples(parts, st.integers(0, 255)), max_size=6))
def test_converted_in_parts_it_is_what_it_is_as_a_whole(
    width: int, height: int, paints: list[tuple[Area, int]]
) -> None:
    clock = FakeClock()
    painting = Painting(np.random.default_rng(1).integers(0, 255, (height, width, 4), np.uint8))
    source = of(painting, clock)
    frame = source.read()
    for part, value in paints:
        painting.paint(part.within(Area(0, 0, width, height)), value)
        frame = source.read()
    whole = of(painting, FakeClock()).read()
    assert same(frame, whole)
    assert (frame.width_px, frame.height_px) == (width + width % 2, height + height % 2)
    even = painting.pixels[: height & ~1, : width & ~1]
    straight = shrunk(np.ascontiguousarray(even), SIZE, 0.0)
    assert np.array_equal(frame.y[: height & ~1, : width & ~1], straight.y), "not scaled by a pixel"


def test_what_is_larger_than_asked_for_is_shrunk_and_less_often_looked_at() -> None:
    clock = FakeClock()
    source = of(grey(800, 400), clock, CaptureSize(400, 400, 10))
    assert (source.read().width_px, source.read().height_px) == (400, 200)
    painting = grey(3840, 2160)
    large = of(painting, FakeClock(), CaptureSize(3840, 2160, 15))
    before = large.read()
    painting.paint(Area(0, 0, 2, 2), 0)
    assert large.read().capture_ms - before.capture_ms == pytest.approx(1000 / 7.5)


def test_another_size_begins_anew() -> None:
    painting, clock = grey(64, 48), FakeClock()
    source = of(painting, clock)
    source.read()
    painting.pixels = np.full((30, 20, 4), 10, np.uint8)
    painting.area = Area(5, 5, 20, 30)
    frame = source.read()
    assert (frame.width_px, frame.height_px) == (20, 30)
    assert source.area == Area(5, 5, 20, 30)


def test_minimised_its_last_picture_stays_and_nothing_is_fetched() -> None:
    painting, clock = grey(64, 48), FakeClock()
    source = of(painting, clock)
    first = source.read()
    painting.area = None
    assert same(source.read(), first)
    assert len(painting.grabbed) == 1
    unseen = grey(64, 48)
    unseen.area = None
    assert np.unique(of(unseen, FakeClock()).read().y).tolist() == [128]


def test_put_away_just_as_it_is_fetched_it_is_not_closed() -> None:
    painting, clock = grey(64, 48), FakeClock()
    source = of(painting, clock)
    before = settled(source)
    painting.there, painting.failing = True, 2
    painting.paint(Area(0, 0, 8, 8), 250)
    after = source.read()
    assert after.capture_ms - before.capture_ms == pytest.approx(300)
    assert after.y[2, 2] > 200
    painting.failing = 100
    painting.paint(Area(0, 0, 8, 8), 90)
    assert end_of(source) == LOST, "not for ever"


def test_forgotten_it_is_fetched_anew_as_a_whole() -> None:
    painting, clock = grey(64, 48), FakeClock()
    source = of(painting, clock)
    before = source.read()
    source.forget()
    assert source.read().capture_ms - before.capture_ms == pytest.approx(100)
    assert painting.grabbed == [Area(0, 0, 64, 48)] * 2


def test_its_end_is_told_as_what_it_is() -> None:
    painting, clock = grey(64, 48), FakeClock()
    source = of(painting, clock)
    source.read()
    painting.gone = True
    with pytest.raises(DeviceError) as caught:
        source.read()
    assert caught.value.problem == LOST


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Xvfb]:
    need_program("Xvfb")
    with Xvfb(640, 400) as display:
        monkeypatch.setenv("DISPLAY", display.name)
        yield display


def opened_window(clock: FakeClock) -> X11Source:
    (window,) = [each for each in list_screens() if each.title]
    return open_x11_window(window.spec.removeprefix("window:"), SIZE, clock, Pace(clock, clock.sleep))


def test_a_window_is_shown_whatever_lies_over_it_until_it_is_closed(screen: Xvfb) -> None:
    clock = FakeClock()
    with other_window(screen) as other:
        source = opened_window(clock)
        red = source.read()
        assert (red.width_px, red.height_px) == (300, 200)
        assert source.area == Area(50, 60, 300, 200)
        with other_window(screen, "#00ff00", (0, 0, 640, 400), "Secret"):
            for _ in range(3):
                covered = source.read()
                assert np.median(covered.y) == np.median(red.y) == pytest.approx(81, abs=1)
                assert (covered.v > 200).mean() > 0.95, "red nearly everywhere: there is the mouse too"
        follow(source, other)
        other.close()
        assert end_of(source) == Problem(ProblemCode.WINDOW_CLOSED)
        source.close()


def end_of(source: X11Source) -> Problem:
    """What is told of its end, which may come after one more picture."""
    while True:
        try:
            source.read()
        except DeviceError as error:
            return error.problem


def follow(source: X11Source, other: OtherWindow) -> None:
    """Painted, moved, made smaller, put away and brought back."""
    other.tell("colour #0000ff")
    assert np.median(source.read().u) > 200
    other.tell("place 10 20 101 81")
    frame = source.read()
    assert (frame.width_px, frame.height_px) == (102, 82)
    assert source.area == Area(10, 20, 101, 81)
    other.tell("hide")
    assert np.median(source.read().u) > 200
    assert source.area is None
    other.tell("show")
    other.tell("colour #ff0000")
    assert np.median(source.read().v) > 200
    assert source.area is not None


def test_a_screen_shows_the_mouse(screen: Xvfb) -> None:
    clock = FakeClock()
    whole = open_x11_screen("screen:1", Area(0, 0, 640, 400), SIZE, clock, Pace(clock, clock.sleep))
    assert len(np.unique(whole.read().y[150:250, 270:370])) > 1, "it stands in the middle"
    whole.close()
    corner = open_x11_screen("screen:1", Area(0, 0, 100, 100), SIZE, clock, Pace(clock, clock.sleep))
    assert np.unique(corner.read().y).tolist() == [16]
    corner.close()


@pytest.mark.parametrize("key", ["0x7fffffff", "none", ""])
def test_a_window_that_is_not_there(screen: Xvfb, key: str) -> None:
    with pytest.raises(DeviceError) as caught:
        open_x11_window(key, SIZE, FakeClock())
    assert caught.value.problem == Problem(ProblemCode.WINDOW_CLOSED)
