from __future__ import annotations

from visio_desktop.media.beat import Beat


class _Hands:
    """A clock that moves when somebody waits for it, and what happens meanwhile."""

    def __init__(self) -> None:
        self.now_ms = 1000.0
        self.beat = Beat(lambda: self.now_ms, self._wait)
        self.strike_in_ms: float | None = None
        self.beat.park(parked=False)

    def _wait(self, timeout_s: float | None) -> bool:
        assert timeout_s is not None
        if self.strike_in_ms is not None and self.strike_in_ms <= timeout_s * 1000:
            self.now_ms += self.strike_in_ms
            self.beat.strike()
            return True
        self.now_ms += timeout_s * 1000
        return False


def _started() -> _Hands:
    hands = _Hands()
    hands.beat.wait()
    return hands


def test_without_a_device_the_clock_beats() -> None:
    hands = _started()
    start_ms = hands.now_ms
    assert sum(hands.beat.wait() for _ in range(100)) == 100
    assert abs(hands.now_ms - start_ms - 1000) < 1


def test_lateness_is_made_up_for_but_not_for_ever() -> None:
    hands = _started()
    hands.beat.wait()
    hands.now_ms += 50
    assert hands.beat.wait() == 5
    hands.now_ms += 60_000
    assert hands.beat.wait() <= 50
    assert hands.beat.wait() == 1


def test_a_device_sets_the_pace() -> None:
    hands = _started()
    hands.beat.follow_device(follow=True)
    hands.strike_in_ms = 10.1
    assert [hands.beat.wait() for _ in range(50)] == [1] * 50
    hands.beat.strike()
    hands.beat.strike()
    assert hands.beat.wait() in {2, 3}


def test_a_stalled_device_is_replaced_by_the_clock_until_it_comes_back() -> None:
    hands = _started()
    hands.beat.follow_device(follow=True)
    hands.strike_in_ms = 10.0
    hands.beat.wait()
    hands.strike_in_ms = None
    start_ms = hands.now_ms
    assert sum(hands.beat.wait() for _ in range(40)) >= 40
    assert hands.beat.stalled_since_ms == start_ms
    assert 400 <= hands.now_ms - start_ms <= 520
    hands.strike_in_ms = 5.0
    assert hands.beat.wait() == 1
    assert hands.beat.stalled_since_ms is None


def test_parked_it_waits_for_a_wake_up() -> None:
    waited: list[float | None] = []

    def wait(timeout_s: float | None) -> bool:
        waited.append(timeout_s)
        return True

    beat = Beat(lambda: 0.0, wait)
    assert beat.wait() == 0
    assert waited == [None]
