from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest

from tests.helpers.headsets import HEADSETS, NUMBERED, PLAIN, AnyHeadset
from visio_desktop.media.headset import listener as module
from visio_desktop.media.headset.listener import HeadsetListener
from visio_desktop.meeting.values import HeadsetButton, HeadsetLights
from visio_desktop.system.clock import monotonic_ms

HEARD = HeadsetLights(in_call=True, muted=False)
MUTED = HeadsetLights(in_call=True, muted=True)
WAIT_S = 60.0


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.02)


@pytest.fixture(params=HEADSETS)
def make(request: pytest.FixtureRequest) -> Iterator[Callable[[bytes], AnyHeadset]]:
    """Makes what stands in for the kernel's headsets, and the kernel's own where it can."""
    with ExitStack() as made:
        yield lambda descriptor: made.enter_context(closing(request.param(descriptor=descriptor)))


class Told:
    """What a listener tells."""

    def __init__(self) -> None:
        self.pressed: queue.Queue[HeadsetButton] = queue.Queue()
        self.seen: queue.Queue[tuple[str, bool]] = queue.Queue()


@contextmanager
def listening(headset: AnyHeadset, lights: HeadsetLights = HEARD) -> Iterator[tuple[HeadsetListener, Told]]:
    told = Told()
    listener = HeadsetListener(
        lights,
        clock=monotonic_ms,
        pressed=told.pressed.put,
        seen=lambda *what: told.seen.put(what),
        find=headset.find,
        open_device=headset.open,
    )
    listener.start()
    try:
        yield listener, told
    finally:
        listener.stop()


def test_buttons_are_heard_and_lights_follow_until_it_is_let_go(make: Callable[[bytes], AnyHeadset]) -> None:
    headset = make(NUMBERED)
    with listening(headset) as (listener, told):
        assert told.seen.get(timeout=WAIT_S) == ("Made headset", False)
        assert headset.lit() == bytes([2, 0b001])
        headset.report(bytes([2, 0b001]))
        headset.report(bytes([2, 0b101]))
        assert told.pressed.get(timeout=WAIT_S) is HeadsetButton.MUTE
        listener.show(MUTED)
        assert headset.lit() == bytes([2, 0b011])
        headset.report(bytes([9, 1, 2, 3]))
        headset.report(bytes([2, 0b000]))
        assert told.pressed.get(timeout=WAIT_S) is HeadsetButton.HANG_UP
    assert [headset.lit(), headset.lit()] == [bytes([2, 0]), b""]
    assert headset.opened == 1


def test_it_may_be_pulled_out_and_come_back(make: Callable[[bytes], AnyHeadset]) -> None:
    headset = make(PLAIN)
    with listening(headset, MUTED) as (_, told):
        assert told.seen.get(timeout=WAIT_S) == ("Made headset", False)
        assert headset.lit() == bytes([0, 1])
        headset.unplug()
        assert told.seen.get(timeout=WAIT_S) == ("", False)
        headset.is_there = True
        assert told.seen.get(timeout=WAIT_S) == ("Made headset", False)
        assert headset.lit() == bytes([0, 1])


def test_one_that_may_not_be_used_is_told_once_and_tried_again(make: Callable[[bytes], AnyHeadset]) -> None:
    headset = make(NUMBERED)
    headset.is_allowed = False
    with listening(headset) as (_, told):
        assert told.seen.get(timeout=WAIT_S) == ("Made headset", True)
        assert headset.opened == 0
        headset.is_allowed = True
        assert told.seen.get(timeout=WAIT_S) == ("Made headset", False)
        assert headset.lit() == bytes([2, 0b001])
