from __future__ import annotations

import pytest

from tests.helpers.pictures import FakeClock
from visio_desktop.media.sources.pace import Pace


def test_it_keeps_the_rate_whatever_the_work_costs() -> None:
    clock = FakeClock(100.0)
    pace = Pace(clock, clock.sleep)
    times = []
    for cost_ms in (0, 3, 20, 7, 0):
        clock.now_ms += cost_ms
        times.append(pace.wait(30))
    assert times == pytest.approx([100, 130, 160, 190, 220])


def test_what_was_missed_is_not_run_after() -> None:
    clock = FakeClock()
    pace = Pace(clock, clock.sleep)
    pace.wait(30)
    clock.now_ms = 500.0
    assert pace.wait(30) == 500.0
    assert pace.wait(30) == 530.0
