from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import combinations
from random import Random

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


def test_what_is_not_used_is_not_promised() -> None:
    link = Bottleneck(500e3)
    link.run(120, lambda _: 50e6)
    assert 2e6 < link.estimator.bitrate_bps < 3.2e6, (
        "four times what comes, and a little: enough for a probe to succeed"
    )
    link.run(1, lambda _: 300e3)
    assert link.estimator.bitrate_bps < 350e3, "and it falls at once where the way became narrow"


def test_a_quiet_moment_does_not_lower_it() -> None:
    link = Bottleneck(3e6)
    link.run(30, lambda _: 50e6)
    before_bps, link._wanted_bps = link.estimator.bitrate_bps, 50e3
    link.run(30, lambda _: 50e6)
    assert link.estimator.bitrate_bps == before_bps


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


class Trend:
    """What LiveKit makes of our estimates (`trenddetector.go`, `remote_bwe.go` of its 1.13.5)."""

    def __init__(self) -> None:
        self.obeyed: list[tuple[float, int]] = []
        self._samples: list[tuple[int, float]] = []

    def add(self, bitrate_bps: int, usage_bps: float, now_ms: float) -> None:
        samples = self._samples
        if samples and samples[-1][0] == bitrate_bps and now_ms - samples[-1][1] < 500:
            return
        samples.append((bitrate_bps, now_ms))
        del samples[:-12]
        while len(samples) > 1 and samples[0][0] == samples[1][0]:
            del samples[0]
        if len(samples) == 12 and self._tau() < -0.6 and bitrate_bps <= 0.95 * usage_bps:
            self.obeyed.append((now_ms, bitrate_bps))

    def _tau(self) -> float:
        pairs = [(one, other) for (one, _), (other, _) in combinations(self._samples, 2) if one != other]
        return sum(1 if one < other else -1 for one, other in pairs) / max(1, len(pairs))


class Stubborn:
    """A sender of 950 kbit/s that obeys as LiveKit does, on a link whose queue holds 300 ms."""

    def __init__(self, *, loss: float, rtt_ms: float) -> None:
        self.estimator, self.trend = DownlinkEstimator(), Trend()
        self.queue_ms: list[tuple[float, float]] = []
        self.told_bps: list[tuple[float, int]] = []
        self._loss, self._way_ms, self._chance = loss, rtt_ms / 2, Random(1)
        self._arriving: deque[tuple[float, float]] = deque()
        self._now_ms = self._free_ms = 0.0

    def run(self, seconds: float, capacity_bps: float) -> None:
        end_ms = self._now_ms + seconds * 1000
        while self._now_ms < end_ms:
            now_ms, wants_bps = self._now_ms, 950e3
            if self.trend.obeyed:
                wants_bps = min(wants_bps, self.trend.obeyed[-1][1])
            if self._free_ms - now_ms < 300:
                self._free_ms = max(self._free_ms, now_ms) + WIRE_BITS * 1000 / capacity_bps
                if self._chance.random() >= self._loss:
                    self._arriving.append((self._free_ms + self._way_ms, now_ms))
            self.queue_ms.append((now_ms, self._free_ms - now_ms))
            while self._arriving and self._arriving[0][0] <= now_ms:
                self._arrive(*self._arriving.popleft(), wants_bps)
            self._now_ms += WIRE_BITS * 1000 / wants_bps

    def _arrive(self, arrival_ms: float, sent_ms: float, usage_bps: float) -> None:
        stamp = int(sent_ms * (1 << 18) / 1000) & 0xFFFFFF
        due = self.estimator.add(arrival_ms, stamp, PACKET_BYTES, 1)
        if due is not None:
            self.told_bps.append((arrival_ms, due.bitrate_bps))
            if self._chance.random() >= self._loss:
                self.trend.add(due.bitrate_bps, usage_bps, arrival_ms + self._way_ms)


@pytest.mark.parametrize(("capacity_bps", "loss", "rtt_ms"), [(300e3, 0.01, 100), (500e3, 0, 40), (500e3, 0.2, 300)])
def test_a_server_that_obeys_trends_alone_obeys_in_time(capacity_bps: float, loss: float, rtt_ms: float) -> None:
    """It took four seconds, and for ever where reports are lost, while estimates stayed for a while as they were."""
    link = Stubborn(loss=loss, rtt_ms=rtt_ms)
    link.run(8, 20e6)
    assert not link.trend.obeyed
    link.run(8, capacity_bps)
    obeyed_ms, obeyed_bps = link.trend.obeyed[0]
    assert obeyed_ms < 8_000 + (1_200 if loss < 0.1 else 2_000)
    assert 0.6 * (1 - loss) * capacity_bps < obeyed_bps < capacity_bps
    assert max(queue for at, queue in link.queue_ms if at > 11_000) < 100
    assert min(bps for _, bps in link.told_bps) >= 0.45 * (1 - loss) * capacity_bps


def test_while_the_queue_drains_the_estimate_stays() -> None:
    link = Stubborn(loss=0.0, rtt_ms=40)
    link.run(8, 20e6)
    link.run(4, 500e3)
    obeyed_ms, obeyed_bps = link.trend.obeyed[-1]
    later = [bps for at, bps in link.told_bps if obeyed_ms + 150 < at < obeyed_ms + 600]
    assert min(later) > 0.9 * obeyed_bps


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
        estimator.add(sent_ms * 1.0002 + 20, int(sent_ms * 262.144) & 0xFFFFFF, PACKET_BYTES, 1)
    assert estimator.bitrate_bps > START_BPS


@pytest.mark.parametrize("stamps", [[0, 0xFFFFFF, 5, 0x800000], [0] * 50])
def test_hostile_stamps_keep_it_within_bounds(stamps: list[int]) -> None:
    estimator = DownlinkEstimator()
    for number in range(2000):
        estimator.add(number * 10.0, stamps[number % len(stamps)], 100, number)
    assert LOWEST_BPS <= estimator.bitrate_bps <= HIGHEST_BPS
    assert len(estimator._ssrcs) < 600
