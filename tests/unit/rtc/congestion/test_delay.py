from __future__ import annotations

from collections.abc import Callable
from random import Random

from visio_desktop.rtc.congestion.delay import DelayTrend, Usage


def run(
    trend: DelayTrend, delay_ms: Callable[[float], float], *, begin_ms: float = 0.0, lasts_ms: float = 2_000.0
) -> list[Usage]:
    """A group of two packets each 20 ms; what was found after each."""
    found = []
    for n in range(int(lasts_ms / 20)):
        sent_ms = begin_ms + 20.0 * n
        for later_ms in (0.0, 1.0):
            trend.add(sent_ms + later_ms, 5e6 + sent_ms + later_ms + delay_ms(sent_ms - begin_ms))
        found.append(trend.usage)
    return found


def test_a_steady_way_is_used_normally() -> None:
    trend = DelayTrend()
    assert set(run(trend, lambda _: 40.0)) == {Usage.NORMAL}
    assert trend.queue_ms == 0.0


def test_a_growing_queue_is_overuse_within_half_a_second() -> None:
    trend = DelayTrend()
    run(trend, lambda _: 40.0)
    found = run(trend, lambda ms: 40.0 + ms / 10, begin_ms=2_000.0)
    assert Usage.OVER in found[:25]
    assert trend.queue_ms > 100


def test_a_queue_that_drains_is_underuse() -> None:
    trend = DelayTrend()
    run(trend, lambda _: 40.0)
    run(trend, lambda ms: 40.0 + ms / 10, begin_ms=2_000.0)
    assert Usage.UNDER in run(trend, lambda ms: max(40.0, 240.0 - ms / 4), begin_ms=4_000.0)
    assert trend.queue_ms == 0.0


def test_jitter_is_no_overuse() -> None:
    trend, random = DelayTrend(), Random(1)
    found = run(trend, lambda _: 40.0 + random.uniform(0, 20), lasts_ms=20_000)
    assert found.count(Usage.OVER) < len(found) / 50
    assert trend.queue_ms < 20


def test_packets_that_come_in_one_burst_are_no_overuse() -> None:
    """A radio that holds packets back for 30 ms and then lets them go together."""
    trend = DelayTrend()
    found = run(trend, lambda ms: 40.0 + 30.0 - ms % 30.0, lasts_ms=10_000)
    assert Usage.OVER not in found


def test_a_clock_that_jumps_is_put_up_with() -> None:
    trend = DelayTrend()
    run(trend, lambda _: 40.0)
    found = run(trend, lambda _: 100_000.0, begin_ms=2_000.0)
    assert set(found) == {Usage.NORMAL}
    assert trend.queue_ms == 0.0


def test_a_longer_way_can_be_taken_for_the_new_measure() -> None:
    trend = DelayTrend()
    run(trend, lambda _: 40.0)
    run(trend, lambda _: 140.0, begin_ms=2_000.0)
    assert trend.queue_ms == 100.0
    trend.rebase()
    run(trend, lambda _: 140.0, begin_ms=4_000.0)
    assert trend.queue_ms == 0.0
