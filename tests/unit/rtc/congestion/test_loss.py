from __future__ import annotations

from collections.abc import Callable
from random import Random

from visio_desktop.rtc.congestion.loss import LossLimit


class Sender:
    """Sends what it may, is told each 100 ms; the loss follows from the rate it sends."""

    def __init__(self, loss: Callable[[float], float], target_bps: float = 1e6) -> None:
        self.limit = LossLimit()
        self.target_bps = target_bps
        self.now_ms = 0.0
        self._loss = loss
        self._random = Random(1)

    def run(self, seconds: float) -> list[float]:
        rates = []
        for _ in range(int(seconds * 10)):
            self.now_ms += 100
            rate_bps = self.limit.apply(self.target_bps)
            count = int(rate_bps / 8 / 1_000 / 10)
            loss = self._loss(rate_bps)
            lost = sum(self._random.random() < loss for _ in range(count))
            delivered_bps = rate_bps * (1 - loss)
            self.limit.add(lost, count - lost, now_ms=self.now_ms, delivered_bps=delivered_bps, rtt_ms=50)
            rates.append(self.limit.apply(self.target_bps))
        return rates


def test_loss_up_to_a_tenth_limits_nothing() -> None:
    for loss in (0.0, 0.02, 0.05, 0.08):
        assert min(Sender(lambda _, loss=loss: loss).run(60)) == 1e6  # type: ignore[misc]


def test_loss_that_stays_whatever_is_sent_is_put_up_with() -> None:
    rates = Sender(lambda _: 0.25).run(60)
    assert sum(rates) / len(rates) > 0.9e6
    assert min(rates) > 0.5e6


def test_a_way_that_drops_all_above_its_rate_limits() -> None:
    sender = Sender(lambda bps: max(0.0, 1 - 400e3 / bps))
    sender.run(3)
    rates = sender.run(30)
    assert 350e3 < sum(rates) / len(rates) < 480e3


def test_the_limit_is_forgotten_when_the_way_widens() -> None:
    capacity_bps = [400e3]
    sender = Sender(lambda bps: max(0.0, 1 - capacity_bps[0] / bps))
    sender.run(10)
    capacity_bps[0] = 1e9
    assert sender.run(12)[-1] == 1e6


def test_what_was_lost_once_does_not_last() -> None:
    limit, now_ms = LossLimit(), 0.0
    seen = []
    for lost in (*[0] * 10, *[20] * 4, *[0] * 10, *[20] * 12):
        now_ms += 100
        limit.add(lost, 50 - lost, now_ms=now_ms, delivered_bps=1e6, rtt_ms=50)
        seen.append((limit.fraction, limit.lasting))
    assert max(fraction for fraction, _ in seen[:24]) > 0.15
    assert all(lasting < fraction / 2 for fraction, lasting in seen[:24] if fraction > 0.15)
    assert limit.lasting > 0.35
    limit.pause(now_ms)
    assert limit.lasting == 0.0, "what is lost now may be a queue's"


def test_nothing_told_nothing_judged() -> None:
    limit = LossLimit()
    for n in range(100):
        limit.add(0, 0, now_ms=100.0 * n, delivered_bps=0.0, rtt_ms=50)
    assert (limit.limit_bps, limit.fraction) == (None, 0.0)


def test_a_probe_that_got_through_frees() -> None:
    sender = Sender(lambda bps: max(0.0, 1 - 400e3 / bps))
    sender.run(10)
    assert sender.limit.limit_bps is not None
    sender.limit.free(100e3)
    assert sender.limit.limit_bps is not None
    sender.limit.free(900e3)
    assert sender.limit.limit_bps is None


def test_while_a_queue_overflows_loss_is_not_judged() -> None:
    limit = LossLimit()
    for n in range(100):
        limit.add(50, 50, now_ms=100.0 * n, delivered_bps=1e6, rtt_ms=50)
        if n % 3 == 0:
            limit.pause(100.0 * n)
    assert limit.limit_bps is None
