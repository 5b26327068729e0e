from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.media.overload import Overload

INTERVAL_MS = 100 / 3


def run(overload: Overload, spent_ms: float, from_ms: float, for_ms: float) -> float:
    """Pictures that take so long, for so long; when it ended."""
    now_ms = from_ms
    while now_ms < from_ms + for_ms:
        now_ms += INTERVAL_MS
        overload.took(spent_ms, now_ms)
    return now_ms


def test_the_highest_layers_go_one_after_the_other_and_the_lowest_stays() -> None:
    overload = Overload(INTERVAL_MS, 3)
    now_ms = run(overload, 40.0, 0.0, 7_000.0)
    assert overload.allowed == 3
    now_ms = run(overload, 40.0, now_ms, 5_000.0)
    assert overload.allowed == 2
    run(overload, 40.0, now_ms, 60_000.0)
    assert overload.allowed == 1


def test_a_short_spell_takes_nothing_away() -> None:
    overload, now_ms = Overload(INTERVAL_MS, 3), 0.0
    for _ in range(20):
        now_ms = run(overload, 60.0, now_ms, 1_000.0)
        now_ms = run(overload, 5.0, now_ms, 1_000.0)
    assert overload.allowed == 3


def test_with_room_it_comes_back_later_each_time() -> None:
    overload = Overload(INTERVAL_MS, 2)
    waits_ms = []
    now_ms = 0.0
    for _ in range(3):
        while overload.allowed == 2:
            now_ms = run(overload, 60.0, now_ms, 100.0)
        gone_ms = now_ms
        while overload.allowed == 1:
            now_ms = run(overload, 10.0, now_ms, 100.0)
        waits_ms.append(now_ms - gone_ms)
    assert 19_000 <= waits_ms[0] < waits_ms[1] < waits_ms[2]


def test_without_room_it_does_not_come_back() -> None:
    overload = Overload(INTERVAL_MS, 2)
    now_ms = run(overload, 60.0, 0.0, 12_000.0)
    run(overload, 25.0, now_ms, 120_000.0)
    assert overload.allowed == 1


@given(st.lists(st.floats(0, 10_000), max_size=300), st.integers(1, 3))
def test_there_is_always_one_and_never_more_than_there_are(spent: list[float], layers: int) -> None:
    overload = Overload(INTERVAL_MS, layers)
    for number, spent_ms in enumerate(spent):
        overload.took(spent_ms, number * 1_000.0)
        assert 1 <= overload.allowed <= layers


def test_when_even_the_last_step_is_too_much_for_long_it_says_so() -> None:
    overload = Overload(INTERVAL_MS, 2)
    now_ms = run(overload, 60.0, 0.0, 16_000.0)
    assert (overload.allowed, overload.exhausted) == (1, False)
    run(overload, 60.0, now_ms, 5_000.0)
    assert overload.exhausted
