from __future__ import annotations

import pytest

from visio_desktop.rtc.congestion.probe import PACKETS_MIN, Plan, Prober
from visio_desktop.rtc.congestion.send_log import Fate, Sent

WANTED_BPS = 10e6


def planned(
    prober: Prober, now_ms: float, target_bps: float = 500e3, cut_ms: float = -1e9, *, calm: bool = True
) -> Plan:
    plan = prober.plan(target_bps=target_bps, wanted_bps=WANTED_BPS, cut_ms=cut_ms, calm=calm, now_ms=now_ms)
    assert plan is not None
    return plan


def answer(prober: Prober, plan: Plan, now_ms: float, *, capacity_bps: float = 1e12, lost: int = 0) -> float | None:
    """A cluster sent as planned over a way of this capacity."""
    size = plan.size_bytes // PACKETS_MIN
    free_ms = 0.0
    for n in range(PACKETS_MIN + 1):
        sent_ms = n * size * 8000 / plan.bitrate_bps
        free_ms = max(free_ms, sent_ms) + size * 8000 / capacity_bps
        prober.add(Fate(Sent(size, sent_ms, plan.cluster), None if n < lost else free_ms))
    return prober.result(now_ms, uses_little=False)


def test_the_first_probes_follow_at_once() -> None:
    prober = Prober()
    first = planned(prober, 0.0)
    assert first.bitrate_bps == 1.5e6
    assert prober.plan(target_bps=500e3, wanted_bps=WANTED_BPS, cut_ms=-1e9, calm=True, now_ms=50.0) is None
    assert answer(prober, first, 100.0) == pytest.approx(1.5e6)
    assert planned(prober, 100.0, 1.5e6).bitrate_bps == 3e6


def test_a_probe_shows_the_capacity_it_meets() -> None:
    prober = Prober()
    assert answer(prober, planned(prober, 0.0), 100.0, capacity_bps=800e3) == pytest.approx(0.95 * 800e3, rel=0.05)


def test_one_lost_packet_does_not_spoil_it() -> None:
    prober = Prober()
    assert answer(prober, planned(prober, 0.0), 100.0, lost=2) == pytest.approx(1.5e6)


def test_too_much_lost_shows_nothing_and_is_tried_again() -> None:
    prober = Prober()
    assert answer(prober, planned(prober, 0.0), 100.0, lost=6) is None
    assert prober.plan(target_bps=500e3, wanted_bps=WANTED_BPS, cut_ms=-1e9, calm=True, now_ms=600.0) is None
    for now_ms in (1_000.0, 1_300.0):
        prober.plan(target_bps=500e3, wanted_bps=WANTED_BPS, cut_ms=-1e9, calm=True, now_ms=now_ms)
    planned(prober, 2_600.0)


def test_later_a_probe_that_meets_the_limit_does_not_count_and_the_next_waits() -> None:
    prober = Prober()
    answer(prober, planned(prober, 0.0), 100.0, capacity_bps=600e3)
    assert prober.plan(target_bps=500e3, wanted_bps=WANTED_BPS, cut_ms=-1e9, calm=True, now_ms=1_000.0) is None
    second = planned(prober, 5_000.0)
    assert answer(prober, second, 5_100.0, capacity_bps=600e3) is None
    third = planned(prober, 20_000.0)
    size = third.size_bytes // PACKETS_MIN
    for n in range(PACKETS_MIN + 1):
        prober.add(Fate(Sent(size, n * size * 8000 / third.bitrate_bps, third.cluster), n * size * 8000 / 600e3))
    assert prober.result(20_100.0, uses_little=True) == pytest.approx(0.95 * 600e3, rel=0.05)


@pytest.mark.parametrize(
    ("target_bps", "cut_ms", "calm"), [(500e3, 9_000.0, True), (500e3, 0.0, False), (WANTED_BPS, 0.0, True)]
)
def test_no_probe_right_after_a_fall_nor_with_a_queue_nor_for_nothing(
    target_bps: float, cut_ms: float, calm: bool
) -> None:
    prober = Prober()
    assert prober.plan(target_bps=target_bps, wanted_bps=WANTED_BPS, cut_ms=cut_ms, calm=calm, now_ms=10_000.0) is None


def test_no_probe_goes_far_beyond_what_could_be_used() -> None:
    prober = Prober()
    plan = prober.plan(target_bps=900e3, wanted_bps=1e6, cut_ms=-1e9, calm=True, now_ms=0.0)
    assert plan is not None
    assert plan.bitrate_bps == pytest.approx(1.1e6)


def test_other_packets_are_passed_over() -> None:
    prober = Prober()
    prober.add(Fate(Sent(1_000, 0.0, 7), 1.0))
    plan = planned(prober, 0.0)
    for n in range(20):
        prober.add(Fate(Sent(1_000, float(n), plan.cluster + 1), float(n)))
    assert prober.result(50.0, uses_little=True) is None
