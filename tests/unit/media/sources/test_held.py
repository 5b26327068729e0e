"""A shared screen that is held: what happens meanwhile never leaves, whenever it is held and let go."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.pictures import FakeClock
from visio_desktop.media.raw import RawFrame, blank
from visio_desktop.media.sources.held import HeldSource, Hold
from visio_desktop.media.sources.port import CaptureSize
from visio_desktop.meeting.areas import Area

SIZE = CaptureSize(640, 360, 15)
toggles = st.lists(st.booleans(), max_size=3)


class Screen:
    """Each picture is another moment; `during` holds and lets go before it is captured and before it comes."""

    name = "screen:1"

    def __init__(self, hold: Hold, during: list[tuple[list[bool], list[bool]]]) -> None:
        self._hold = hold
        self._during = during
        self.area: Area | None = Area(1, 2, 3, 4)
        self.moment = 0
        self.secret: set[int] = set()
        self.closed = False
        self.forgotten = 0

    def forget(self) -> None:
        self.forgotten = self.moment

    def read(self) -> RawFrame:
        before, after = self._during.pop(0) if self._during else ([], [])
        for on in before:
            self._hold.hold(on)
        self.moment += 1
        if self._hold.is_held:
            self.secret.add(self.moment)
        frame = blank(2, 2, float(self.moment))
        for plane in (frame.y, frame.u, frame.v):
            plane[:] = self.moment
        for on in after:
            self._hold.hold(on)
        return frame

    def close(self) -> None:
        self.closed = True


def held(screen: Screen, hold: Hold) -> HeldSource:
    return HeldSource(screen, hold, SIZE, clock=FakeClock(), wait=lambda _longest_s: None)


def moment(frame: RawFrame) -> int:
    return int(frame.y[0, 0])


def test_held_the_last_picture_stays_and_is_given_again() -> None:
    hold = Hold()
    screen = Screen(hold, [])
    source = held(screen, hold)
    assert [moment(source.read()) for _ in range(2)] == [1, 2]
    assert hold.area == Area(1, 2, 3, 4)
    hold.hold(on=True)
    assert [moment(source.read()) for _ in range(3)] == [2, 2, 2]
    assert screen.moment == 2, "it is not even looked at"
    hold.hold(on=False)
    assert moment(source.read()) == 3
    source.close()
    assert screen.closed


def test_held_before_there_was_a_picture_it_is_grey() -> None:
    hold = Hold(held=True)
    screen = Screen(hold, [])
    frame = held(screen, hold).read()
    assert np.unique(frame.y).tolist() == np.unique(frame.u).tolist() == [128]
    assert (frame.width_px, frame.height_px) == (320, 180)
    assert screen.moment == 0
    assert hold.area is None


@given(st.lists(st.tuples(toggles, toggles), max_size=10), st.lists(toggles, max_size=12))
def test_nothing_that_happens_while_it_is_held_ever_leaves(
    during: list[tuple[list[bool], list[bool]]], between: list[list[bool]]
) -> None:
    hold = Hold()
    screen = Screen(hold, during)
    source = held(screen, hold)
    for toggled in between:
        for on in toggled:
            hold.hold(on)
        frame = source.read()
        assert moment(frame) == 128 or moment(frame) not in screen.secret
        assert moment(frame) == 128 or not screen.secret or screen.forgotten >= max(screen.secret)


def test_whoever_waits_is_woken_when_it_is_let_go() -> None:
    hold = Hold(held=True)
    hold.wait(0.0)
    hold.hold(on=False)
    hold.wait(1_000.0)
    assert not hold.is_held
