from __future__ import annotations

from collections.abc import Callable

import pytest

from visio_desktop.rtc.uplink import FREE_BPS, LOWEST_BPS, UplinkEstimator

FRAME_MS = 33.0


class Uplink:
    """An encoder that obeys at once, a link with a queue of 300 ms, and a report each second; time is simulated."""

    def __init__(self, random_loss: float = 0.0) -> None:
        self.estimator = UplinkEstimator()
        self.now_ms = 0.0
        self.free_ms = 0.0
        self.rates: list[float] = []
        self.queues_ms: list[float] = []
        self._random_loss = random_loss

    def run(self, seconds: float, capacity_bps: Callable[[float], float], wanted_bps: float = 1.5e6) -> None:
        end_ms, report_ms = self.now_ms + seconds * 1000, self.now_ms + 1000
        sent = lost = 0
        while self.now_ms < end_ms:
            rate = min(wanted_bps, self.estimator.target_bps or wanted_bps)
            size = int(rate * FRAME_MS / 8000)
            self.estimator.sent(size, self.now_ms)
            capacity = capacity_bps(self.now_ms)
            for piece in [1000] * (size // 1000) + [size % 1000]:
                sent += 1
                if self.free_ms - self.now_ms > 300:
                    lost += 1
                else:
                    self.free_ms = max(self.free_ms, self.now_ms) + piece * 8000 / capacity
            self.rates.append(rate)
            self.queues_ms.append(max(0.0, self.free_ms - self.now_ms))
            self.now_ms += FRAME_MS
            if self.now_ms >= report_ms:
                loss = lost / sent + self._random_loss
                self.estimator.reported(loss, 40 + self.queues_ms[-1], self.now_ms)
                sent = lost = 0
                report_ms += 1000


def test_nothing_is_limited_on_a_free_path() -> None:
    link = Uplink()
    link.run(30, lambda _: 20e6)
    assert link.estimator.target_bps is None


def test_a_narrow_path_is_found_and_its_queue_stays_short() -> None:
    link = Uplink()
    link.run(8, lambda _: 500e3)
    link.rates.clear()
    link.queues_ms.clear()
    link.run(40, lambda _: 500e3)
    assert 300e3 < sum(link.rates) / len(link.rates) < 520e3
    assert sorted(link.queues_ms)[len(link.queues_ms) // 2] < 120


def test_a_path_that_widens_is_used_again() -> None:
    link = Uplink()
    link.run(15, lambda _: 500e3)
    link.run(20, lambda _: 20e6)
    assert (link.estimator.target_bps or 0) > 1.4e6


@pytest.mark.parametrize("loss", [0.01, 0.05, 0.09])
def test_random_loss_alone_limits_nothing(loss: float) -> None:
    link = Uplink(random_loss=loss)
    link.run(30, lambda _: 20e6)
    assert link.estimator.target_bps is None


def test_one_slow_round_trip_is_no_queue_but_two_are() -> None:
    estimator = UplinkEstimator()
    for second, rtt_ms in enumerate([40.0, 400.0, 40.0, 400.0], start=1):
        estimator.sent(100_000, second * 1000.0)
        estimator.reported(0.0, rtt_ms, second * 1000.0)
    assert estimator.target_bps is None
    estimator.sent(100_000, 5000.0)
    estimator.reported(0.0, 400.0, 5000.0)
    assert estimator.target_bps == int(200_000 * 8 * 0.8)


def test_heavy_loss_lowers_but_never_stops() -> None:
    link = Uplink(random_loss=0.5)
    link.run(60, lambda _: 20e6)
    assert link.estimator.target_bps == LOWEST_BPS


def test_growth_ends_somewhere() -> None:
    estimator = UplinkEstimator()
    estimator.sent(100_000, 0.0)
    estimator.reported(0.5, None, 900.0)
    for second in range(2, 200):
        estimator.reported(0.0, None, second * 1000.0)
    assert estimator.target_bps == FREE_BPS


def test_reports_in_quick_succession_count_once() -> None:
    estimator = UplinkEstimator()
    estimator.sent(100_000, 500.0)
    for now_ms in range(1000, 1400, 20):
        estimator.reported(0.5, None, float(now_ms))
    assert estimator.target_bps == 360_000
