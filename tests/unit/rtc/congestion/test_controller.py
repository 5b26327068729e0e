from __future__ import annotations

from visio_desktop.rtc.congestion.controller import HIGHEST_BPS, LOWEST_BPS, START_BPS, RateController
from visio_desktop.rtc.congestion.delay import Usage


def feed(
    rate: RateController, usage: Usage, delivered_bps: float | None, *, seconds: float, begin_ms: float = 0.0
) -> None:
    """Feedback each 100 ms; None: all that may be sent arrives."""
    for n in range(int(seconds * 10)):
        delivered = rate.target_bps if delivered_bps is None else delivered_bps
        rate.update(usage, delivered, rtt_ms=50, now_ms=begin_ms + 100 * n)


def test_it_climbs_some_percent_a_second_while_the_capacity_is_unknown() -> None:
    rate = RateController()
    feed(rate, Usage.NORMAL, None, seconds=10)
    assert 1.9 * START_BPS < rate.target_bps < 2.3 * START_BPS


def test_it_falls_below_what_arrives() -> None:
    rate = RateController()
    rate.update(Usage.OVER, 500_000, rtt_ms=50, now_ms=1_000)
    assert rate.target_bps == 425_000
    assert rate.cut_ms == 1_000


def test_one_overuse_is_answered_once_in_a_round_trip() -> None:
    rate = RateController()
    rate.update(Usage.OVER, 900_000, rtt_ms=50, now_ms=1_000)
    rate.update(Usage.OVER, 800_000, rtt_ms=50, now_ms=1_100)
    assert rate.target_bps == 765_000
    rate.update(Usage.OVER, 200_000, rtt_ms=50, now_ms=1_120)  # far less arrives: no waiting
    assert rate.target_bps == 170_000


def test_near_the_capacity_it_climbs_gently() -> None:
    rate = RateController()
    rate.update(Usage.OVER, 1_000_000, rtt_ms=50, now_ms=0)
    rate.update(Usage.NORMAL, 850_000, rtt_ms=50, now_ms=100)
    before_bps = rate.target_bps
    feed(rate, Usage.NORMAL, 980_000, seconds=2, begin_ms=200)
    assert before_bps < rate.target_bps < 1.25 * before_bps


def test_it_waits_while_a_queue_drains() -> None:
    rate = RateController()
    rate.update(Usage.OVER, 1_000_000, rtt_ms=50, now_ms=0)
    before_bps = rate.target_bps
    feed(rate, Usage.UNDER, 1_000_000, seconds=2, begin_ms=100)
    assert rate.target_bps == before_bps


def test_what_is_not_used_does_not_grow() -> None:
    rate = RateController()
    feed(rate, Usage.NORMAL, 100_000, seconds=60)
    assert rate.target_bps == START_BPS
    feed(rate, Usage.NORMAL, 1_000_000, seconds=60)
    assert rate.target_bps == 1_510_000


def test_a_probe_counts_at_once() -> None:
    rate = RateController()
    rate.update(Usage.OVER, 500_000, rtt_ms=50, now_ms=0)
    rate.probed(2_000_000)
    assert rate.target_bps == 2_000_000


def test_the_target_has_bounds() -> None:
    rate = RateController()
    rate.probed(1e12)
    assert rate.target_bps == HIGHEST_BPS
    rate.update(Usage.OVER, 1, rtt_ms=50, now_ms=0)
    assert rate.target_bps == LOWEST_BPS
