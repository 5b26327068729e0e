from __future__ import annotations

from pytestqt.qtbot import QtBot

from visio_desktop.ui.timer_watch import INTERVAL_MS, TimerWatch


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.now_ms = 0.0

    def __call__(self) -> float:
        return self.now_ms


def test_the_p99_is_that_of_the_lateness(qtbot: QtBot) -> None:
    clock = Hand()
    watch = TimerWatch(clock=clock)
    assert watch.p99_ms() is None
    watch.start()
    for number in range(100):
        clock.now_ms += INTERVAL_MS + (40 if number >= 98 else 3)
        watch.fired()
    watch.stop()
    assert watch.p99_ms() == 40
    for _ in range(1000):
        clock.now_ms += INTERVAL_MS + 2
        watch.fired()
    watch.stop()
    assert watch.p99_ms() == 3


def test_it_fires_by_itself(qtbot: QtBot) -> None:
    watch = TimerWatch()
    watch.start()
    qtbot.waitUntil(lambda: watch.p99_ms() is not None)
    watch.stop()
