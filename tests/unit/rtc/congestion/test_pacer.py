from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.congestion.pacer import Pacer


def drained(pacer: Pacer[int], begin_ms: float) -> list[tuple[float, int]]:
    """When each leaves if the timer rings exactly."""
    left, now_ms = [], begin_ms
    while (wait_ms := pacer.wait_ms(now_ms)) is not None:
        now_ms += wait_ms
        for item in pacer.take(now_ms):
            pacer.spend(1_000, now_ms)
            left.append((now_ms, item))
    return left


def test_a_frame_of_normal_size_leaves_at_once() -> None:
    pacer: Pacer[int] = Pacer()
    pacer.rate_bps = 2_500_000
    for _ in range(4):
        assert pacer.may_send(1_000.0)
        pacer.spend(1_000, 1_000.0)


def test_what_was_not_used_is_forgotten_but_for_a_short_burst() -> None:
    pacer: Pacer[int] = Pacer()
    pacer.rate_bps, pacer.burst_ms = 4_000_000.0, 3.0  # 2 ms a packet
    at_once = 0
    while pacer.may_send(1_000.0):
        pacer.spend(1_000, 1_000.0)
        at_once += 1
    assert at_once == 2


def test_a_timer_that_rings_late_costs_no_rate() -> None:
    pacer: Pacer[int] = Pacer()
    pacer.rate_bps, pacer.burst_ms = 4_000_000.0, 3.0
    assert pacer.may_send(1_000.0)
    pacer.spend(2_500, 1_000.0)  # until 1,002
    for n in range(20):
        pacer.put(n, 1_000, urgent=False)
    left = []
    for item in pacer.take(1_015.0):
        pacer.spend(1_000, 1_015.0)
        left.append(item)
    assert len(left) == 7  # all that was due since


def test_a_burst_is_spread_at_the_rate_and_keeps_its_order() -> None:
    pacer: Pacer[int] = Pacer()
    pacer.rate_bps = 2_000_000
    pacer.spend(10_000, 0.0)
    assert not pacer.may_send(0.0)
    for n in range(50):
        pacer.put(n, 1_000, urgent=False)
    left = drained(pacer, 0.0)
    assert [item for _, item in left] == list(range(50))
    assert 200 < left[-1][0] < 260
    assert max(sum(at == each for at, _ in left) for each, _ in left) <= 6
    assert pacer.wait_ms(1_000.0) is None


def test_what_is_urgent_goes_first() -> None:
    pacer: Pacer[int] = Pacer()
    pacer.put(1, 1_000, urgent=False)
    pacer.put(2, 1_000, urgent=True)
    assert [item for _, item in drained(pacer, 0.0)] == [2, 1]


def test_nothing_waits_much_longer_than_the_limit() -> None:
    pacer: Pacer[int] = Pacer()
    pacer.rate_bps, pacer.limit_ms = 100_000.0, 100.0
    pacer.spend(5_000, 0.0)
    for n in range(500):
        pacer.put(n, 1_000, urgent=False)
    assert pacer.queue_ms <= 100
    assert drained(pacer, 0.0)[-1][0] < 600  # the debt of 400 ms from before, then the limit


def test_some_can_be_forgotten() -> None:
    pacer: Pacer[int] = Pacer()
    for n in range(10):
        pacer.put(n, 1_000, urgent=n % 3 == 0)
    pacer.remove(lambda n: n % 2 == 0)
    assert sorted(item for _, item in drained(pacer, 0.0)) == [1, 3, 5, 7, 9]
    pacer.put(1, 1_000, urgent=False)
    pacer.remove(lambda _: True)
    assert pacer.is_empty
    assert pacer.queue_ms == 0.0


@given(st.lists(st.tuples(st.integers(40, 1_500), st.booleans()), max_size=300), st.floats(30e3, 50e6))
def test_everything_leaves_once_and_in_order(sizes: list[tuple[int, bool]], rate_bps: float) -> None:
    pacer: Pacer[int] = Pacer()
    pacer.rate_bps = rate_bps
    for n, (size, urgent) in enumerate(sizes):
        pacer.put(n, size, urgent=urgent)
    left = [item for _, item in drained(pacer, 0.0)]
    assert sorted(left) == list(range(len(sizes)))
    for kind in (True, False):
        of_kind = [n for n in left if sizes[n][1] is kind]
        assert of_kind == sorted(of_kind)
