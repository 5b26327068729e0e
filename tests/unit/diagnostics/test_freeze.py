from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.diagnostics.freeze import FreezeMeter


def painted(*times_ms: float) -> FreezeMeter:
    meter = FreezeMeter()
    for time_ms in times_ms:
        meter.painted(time_ms)
    return meter


def test_a_steady_picture_does_not_freeze() -> None:
    meter = painted(*(n * 33.0 for n in range(300)))
    assert (meter.frames_painted, meter.freeze_count, meter.frozen_ms) == (300, 0, 0.0)


@pytest.mark.parametrize(
    ("interval_ms", "gap_ms", "frozen"),
    [
        (33.0, 180.0, False),  # below mean + 150
        (33.0, 190.0, True),
        (100.0, 290.0, False),  # below 3 x mean
        (100.0, 310.0, True),
    ],
)
def test_the_threshold_is_the_larger_of_the_two(interval_ms: float, gap_ms: float, frozen: bool) -> None:
    last_ms = 20 * interval_ms
    meter = painted(*(n * interval_ms for n in range(21)), last_ms + gap_ms)
    assert meter.freeze_count == int(frozen)
    assert meter.frozen_ms == (pytest.approx(gap_ms) if frozen else 0.0)


def test_a_freeze_still_going_on_is_counted_up_to_now() -> None:
    meter = painted(0.0, 33.0, 66.0)
    assert meter.frozen_ms == 0.0
    assert meter.frozen_until_ms(1066.0) == pytest.approx(1000.0)
    assert meter.frozen_until_ms(80.0) == 0.0


def test_a_pause_is_no_freeze() -> None:
    meter = painted(0.0, 33.0, 66.0)
    meter.paused()
    meter.painted(5000.0)
    assert meter.freeze_count == 0
    assert meter.frames_painted == 4


@given(st.lists(st.floats(min_value=0, max_value=1e6), min_size=1))
def test_never_frozen_longer_than_it_lasted(gaps_ms: list[float]) -> None:
    now_ms, meter = 0.0, FreezeMeter()
    for gap_ms in gaps_ms:
        now_ms += gap_ms
        meter.painted(now_ms)
    assert meter.frozen_ms <= now_ms + 1e-3
    assert meter.freeze_count < len(gaps_ms)
