from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.congestion import twcc
from visio_desktop.rtc.congestion.arrivals import Arrivals


def told(arrivals: Arrivals, now_ms: float) -> dict[int, float | None]:
    """By number what the feedback that is due says."""
    found: dict[int, float | None] = {}
    for data in arrivals.due(1, now_ms):
        rest, (body,) = twcc.split(data)
        assert rest == b""
        feedback = twcc.parse(body)
        for n, ms in enumerate(feedback.arrivals_ms):
            assert found.setdefault(feedback.base + n & 0xFFFF, ms) == ms
    return found


def test_arrivals_are_told_within_a_tenth_of_a_second() -> None:
    arrivals = Arrivals()
    assert not arrivals.is_used(0.0)
    arrivals.add(5, 7, 1_000.0)
    arrivals.add(7, 7, 1_010.0)
    assert arrivals.is_used(1_020.0)
    assert told(arrivals, 1_020.0) == {}
    assert told(arrivals, 1_060.0) == {5: 1_000.0, 6: None, 7: 1_010.0}
    assert told(arrivals, 1_500.0) == {}
    arrivals.add(9, 7, 1_500.0)
    assert told(arrivals, 1_600.0) == {8: None, 9: 1_500.0}
    assert not arrivals.is_used(9_000.0)


def test_a_hundred_packets_are_told_of_at_once() -> None:
    arrivals = Arrivals()
    for number in range(100):
        arrivals.add(number, 7, 1_000.0)
    assert len(told(arrivals, 1_000.0)) == 100


def test_what_comes_late_is_told_and_nothing_told_before_is_denied() -> None:
    arrivals = Arrivals()
    arrivals.add(1, 7, 1_000.0)
    arrivals.add(4, 7, 1_001.0)
    assert told(arrivals, 1_100.0) == {1: 1_000.0, 2: None, 3: None, 4: 1_001.0}
    arrivals.add(2, 7, 1_110.0)
    arrivals.add(6, 7, 1_111.0)
    assert told(arrivals, 1_300.0) == {2: 1_110.0, 5: None, 6: 1_111.0}


def test_a_long_silence_is_split() -> None:
    arrivals = Arrivals()
    arrivals.add(1, 7, 1_000.0)
    arrivals.add(2, 7, 20_000.0)
    assert told(arrivals, 21_000.0) == {1: 1_000.0, 2: 20_000.0}


@given(st.lists(st.tuples(st.integers(0, 0xFFFF), st.integers(0, 10_000)), max_size=120))
def test_hostile_numbers_cost_little(jumps: list[tuple[int, int]]) -> None:
    arrivals, now_ms = Arrivals(), 0.0
    for number, wait_ms in jumps:
        now_ms += wait_ms
        arrivals.add(number, 7, now_ms)
        sent = arrivals.due(1, now_ms)
        assert sum(len(data) for data in sent) < 100_000
        for data in sent:
            _, (body,) = twcc.split(data)
            twcc.parse(body)


@given(st.integers(0, 0xFFFF), st.sets(st.integers(0, 3_000)), st.integers(1, 50))
def test_every_packet_is_told_of_exactly_once(base: int, lost: set[int], every: int) -> None:
    arrivals = Arrivals()
    heard: dict[int, float | None] = {}
    came = [n for n in range(400) if n not in lost]
    for n in came:
        arrivals.add(base + n & 0xFFFF, 7, float(n))
        if n % every == 0:
            heard |= told(arrivals, float(n))
    heard |= told(arrivals, 10_000.0)
    assert {base + n & 0xFFFF: float(n) for n in came} == {n: ms for n, ms in heard.items() if ms is not None}
