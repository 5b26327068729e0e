from __future__ import annotations

from visio_desktop.rtc.granting import Granting


def granted(times_ms: range, *, is_reduced: bool) -> list[int]:
    granting = Granting()
    return [ms for ms in times_ms if granting.asked(float(ms), is_reduced=is_reduced)]


def test_a_request_is_acted_on_unless_the_last_one_was_just_now() -> None:
    assert granted(range(0, 1_000, 100), is_reduced=False) == [0, 300, 600, 900]
    assert granted(range(0, 20_000, 1_000), is_reduced=False) == list(range(0, 20_000, 1_000))


def test_a_server_that_asks_for_ever_while_a_layer_is_paused_gets_them_seldom() -> None:
    assert granted(range(0, 20_000, 1_000), is_reduced=True) == [0, 1_000, 2_000, 3_000, 7_000, 11_000, 15_000, 19_000]


def test_who_asks_now_and_then_always_gets_one() -> None:
    assert granted(range(0, 40_000, 2_000), is_reduced=True) == list(range(0, 40_000, 2_000))


def test_with_all_layers_back_nobody_waits() -> None:
    granting = Granting()
    for second in range(10):
        granting.asked(second * 1_000.0, is_reduced=True)
    assert granting.asked(10_000.0)


def test_a_request_that_comes_too_soon_is_owed_once() -> None:
    granting = Granting()
    assert granting.asked(0.0)
    granting.sent()
    assert not granting.asked(100.0)
    assert [ms for ms in range(110, 1_000, 10) if granting.due(float(ms))] == [250]


def test_nothing_is_owed_once_a_key_frame_went_out() -> None:
    granting = Granting()
    assert granting.asked(0.0)
    assert not granting.asked(100.0)
    granting.sent()
    assert not granting.due(300.0)


def test_who_asks_for_ever_while_a_layer_is_paused_is_owed_nothing() -> None:
    granting = Granting()
    assert granted_of(granting) == 4
    assert not granting.due(10_000.0)


def granted_of(granting: Granting) -> int:
    return sum(granting.asked(second * 1_000.0, is_reduced=True) for second in range(6))
