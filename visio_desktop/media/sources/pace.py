"""Keeps a source at its rate by the clock, without running after what was missed."""

from __future__ import annotations

import time
from collections.abc import Callable

from visio_desktop.system.clock import Clock


def sleep_ms(duration_ms: float) -> None:
    """Wait on the calling thread."""
    time.sleep(duration_ms / 1000)


class Pace:
    """Waits until the next picture is due."""

    def __init__(self, clock: Clock, sleep: Callable[[float], None] = sleep_ms) -> None:
        self._clock = clock
        self._sleep = sleep
        self._due_ms: float | None = None

    def wait(self, interval_ms: float) -> float:
        """Wait until `interval_ms` after the time before, and say the time. More than an interval late starts anew."""
        now_ms = self._clock()
        if self._due_ms is None or now_ms - self._due_ms > 2 * interval_ms:
            self._due_ms = now_ms
            return now_ms
        self._due_ms += interval_ms
        while now_ms < self._due_ms:
            self._sleep(self._due_ms - now_ms)
            now_ms = self._clock()
        return now_ms
