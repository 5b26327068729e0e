from __future__ import annotations

from visio_desktop.rtc.congestion.patience import Patience

ON, OFF = (1, 1), (1, 0)


def test_a_paused_layer_stays_so_for_a_moment() -> None:
    patience = Patience()
    patience.note((), ON, 0.0)
    assert patience.held(1.0) == frozenset()
    patience.note(ON, OFF, 100.0)
    assert patience.held(1_000.0) == {1}
    assert patience.held(2_000.0) == frozenset()


def test_one_that_comes_and_goes_waits_ever_longer_but_not_for_ever() -> None:
    patience, now_ms = Patience(), 0.0
    waits_ms = []
    for _ in range(8):
        patience.note(ON, OFF, now_ms)
        began_ms = now_ms
        while patience.held(now_ms):
            now_ms += 100
        waits_ms.append(now_ms - began_ms)
        patience.note(OFF, ON, now_ms)
        now_ms += 5_000
    assert waits_ms == [1_500, 3_000, 6_000, 12_000, 24_000, 24_000, 24_000, 24_000]


def test_one_that_stayed_for_long_is_forgiven() -> None:
    patience = Patience()
    for now_ms in (0.0, 5_000.0):
        patience.note(ON, OFF, now_ms)
        patience.note(OFF, ON, now_ms + 3_000)
    patience.note(ON, OFF, 60_000.0)
    assert patience.held(61_600.0) == frozenset()
