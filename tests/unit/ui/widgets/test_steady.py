from __future__ import annotations

from visio_desktop.ui.widgets.steady import UNSETTLED_MS, Steady


def test_what_has_just_moved_is_not_what_a_press_is_meant_for() -> None:
    now = [1_000.0]
    steady = Steady(lambda: now[0])
    assert steady.settled
    steady.moved()
    assert not steady.settled
    now[0] += UNSETTLED_MS
    assert steady.settled
