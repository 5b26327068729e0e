from __future__ import annotations

from collections.abc import Callable

import pytest

from visio_desktop.rtc.remb import HIGHEST_BPS, LOWEST_BPS, START_BPS, DownlinkEstimator, RembDue

PACKET_BYTES = 1000
WIRE_BITS = (PACKET_BYTES + 40) * 8


class Bottleneck:
    """A sender that obeys REMB at once, and a link with a queue; time is simulated."""

    def __init__(self, wanted_bps: float) -> None:
        self.estimator = DownlinkEstimator()
        self.now_ms = 0.0
        self.free_ms = 0.0
        self.queue_ms: list[float] = []
        self.dues: list[tuple[float, RembDue]] = []
        self._wanted_bps = wanted_bps

    def run(self, seconds: float, capacity_bps: Callable[[float], float]) -> None:
        end_ms = self.now_ms + seconds * 1000
        while self.now_ms < end_ms:
            self.free_ms = max(self.free_ms, self.now_ms) + WIRE_BITS * 1000 / capacity_bps(self.now_ms)
            self.queue_ms.append(self.free_ms - self.now_ms)
            stamp = int(self.now_ms * (1 << 18) / 1000) & 0xFFFFFF
            due = self.estimator.add(self.free_ms + 20.0, stamp, PACKET_BYTES, 1)
            if due is not None:
                self.dues.append((self.now_ms, due))
            rate = min(self._wanted_bps, self.estimator.bitrate_bps)
            self.now_ms += WIRE_BITS * 1000 / rate


def test_free_path_grows_to_what_is_wanted() -> None:
    link = Bottleneck(3e6)
    link.run(10, lambda _: 50e6)
    assert link.estimator.bitrate_bps > 3e6
    assert max(link.queue_ms) < 5


def test_stays_below_a_narrow_path_without_a_standing_queue() -> None:
    link = Bottleneck(5e6)
    link.run(5, lambda _: 600e3)
    link.queue_ms.clear()
    link.run(30, lambda _: 600e3)
    assert 300e3 < link.estimator.bitrate_bps < 800e3
    link.queue_ms.sort()
    assert link.queue_ms[len(link.queue_ms) // 2] < 120
    assert link.queue_ms[-1] < 400


def test_recovers_within_ten_seconds() -> None:
    link = Bottleneck(3e6)
    link.run(15, lambda _: 600e3)
    link.run(10, lambda _: 20e6)
    assert link.estimator.bitrate_bps > 1.7e6


def test_a_sudden_narrowing_is_noticed_within_a_second() -> None:
    link = Bottleneck(3e6)
    link.run(15, lambda _: 20e6)
    before_ms = link.now_ms
    link.run(2, lambda _: 800e3)
    lowered = [at for at, due in link.dues if at > before_ms and due.bitrate_bps < 1e6]
    assert lowered[0] - before_ms < 1000


def test_reports_are_regular_and_name_living_streams() -> None:
    estimator = DownlinkEstimator()
    dues: list[RembDue] = []
    for number in range(1000):
        now_ms = number * 10.0
        due = estimator.add(now_ms, int(now_ms * 262.144) & 0xFFFFFF, 100, 1 if number < 100 else 2)
        dues += [due] if due else []
    assert 20 <= len(dues) <= 26
    assert dues[0].ssrcs == (1,)
    assert dues[-1].ssrcs == (2,)


def test_drifting_clocks_are_no_queue() -> None:
    estimator = DownlinkEstimator()
    for number in range(6000):
        sent_ms = number * 10.0
        estimator.add(sent_ms * 1.0002 + 20, int(sent_ms * 262.144) & 0xFFFFFF, 100, 1)
    assert estimator.bitrate_bps > START_BPS


@pytest.mark.parametrize("stamps", [[0, 0xFFFFFF, 5, 0x800000], [0] * 50])
def test_hostile_stamps_keep_it_within_bounds(stamps: list[int]) -> None:
    estimator = DownlinkEstimator()
    for number in range(2000):
        estimator.add(number * 10.0, stamps[number % len(stamps)], 100, number)
    assert LOWEST_BPS <= estimator.bitrate_bps <= HIGHEST_BPS
    assert len(estimator._ssrcs) < 600
