from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.congestion.doubling import Doubling

TICK_MS = 100.0


def after(doubling: Doubling, loss: float, room: float, seconds: float = 10.0) -> int:
    return [doubling.judge(loss, room, TICK_MS) for _ in range(round(seconds * 1000 / TICK_MS))][-1]


def test_a_good_way_gets_each_picture_once() -> None:
    assert after(Doubling(), 0.0, 100.0) == 0
    assert after(Doubling(), 0.03, 100.0) == 0


def test_on_a_lossy_way_with_room_it_goes_twice_and_thrice_where_that_is_not_enough() -> None:
    assert after(Doubling(), 0.05, 3.0) == 1
    assert after(Doubling(), 0.2, 4.0) == 2


def test_without_room_nothing_is_doubled() -> None:
    assert after(Doubling(), 0.1, 2.3) == 0
    assert after(Doubling(), 0.2, 3.0) == 1
    assert after(Doubling(), 0.2, 0.0) == 0


def test_a_moment_of_loss_is_passed_over() -> None:
    assert after(Doubling(), 0.1, 10.0, seconds=0.3) == 0


def test_what_is_doubled_stays_so_until_it_is_clearly_needless_or_does_not_fit() -> None:
    doubling = Doubling()
    after(doubling, 0.06, 10.0)
    assert after(doubling, 0.03, 2.1) == 1
    assert after(doubling, 0.03, 1.9) == 0
    after(doubling, 0.06, 10.0)
    assert after(doubling, 0.01, 10.0) == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 20), st.floats(0, 10_000))))
def test_never_more_than_there_is_room_for(judged: list[tuple[float, float, float]]) -> None:
    doubling = Doubling()
    for loss, room, since_ms in judged:
        times = doubling.judge(loss, room, since_ms)
        assert times == 0 or room >= 1 + times
        assert times <= 2
