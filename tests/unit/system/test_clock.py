from __future__ import annotations

import time

from visio_desktop.system.clock import epoch_ms, monotonic_ms


def test_both_clocks_count_milliseconds() -> None:
    assert abs(epoch_ms() - time.time_ns() / 1e6) < 100
    assert abs(monotonic_ms() - time.monotonic() * 1000) < 100


def test_the_monotonic_clock_never_runs_back() -> None:
    readings = [monotonic_ms() for _ in range(100)]
    assert readings == sorted(readings)
