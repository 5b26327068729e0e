from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.engine.fluency import MOST_SKEW_MS, SIZES_PX, Fluency


def look(fluency: Fluency, fps: float, times: int) -> None:
    for _ in range(times):
        fluency.look(fps)


def test_a_slow_picture_is_asked_for_smaller_step_by_step_and_then_told() -> None:
    fluency = Fluency()
    look(fluency, 12.0, 2)
    assert (fluency.size_px, fluency.is_short) == ((0, 0), False)
    look(fluency, 12.0, 1)
    assert (fluency.size_px, fluency.is_short) == ((640, 360), True)
    look(fluency, 12.0, 9)
    assert (fluency.size_px, fluency.is_alone, fluency.poor) == ((320, 180), False, False)
    look(fluency, 12.0, 9)
    assert (fluency.size_px, fluency.is_alone, fluency.poor) == ((320, 180), True, False)
    look(fluency, 12.0, 9)
    assert (fluency.is_alone, fluency.poor) == (True, True)
    look(fluency, 25.0, 5)
    assert not fluency.poor


def test_a_short_spell_and_what_is_not_known_change_nothing() -> None:
    fluency = Fluency()
    for _ in range(20):
        look(fluency, 5.0, 2)
        look(fluency, 30.0, 1)
        fluency.look(None)
    assert not fluency.is_short


def test_a_larger_one_is_tried_again_later_each_time_it_failed() -> None:
    fluency, waits = Fluency(), []
    look(fluency, 10.0, 3)
    for _ in range(3):
        waited = 0
        while fluency.is_short:
            fluency.look(30.0)
            waited += 1
        waits.append(waited)
        look(fluency, 10.0, 9)
    assert waits[0] < waits[1] < waits[2]


@given(st.lists(st.one_of(st.none(), st.floats(0, 60)), max_size=200))
def test_it_is_poor_at_the_smallest_size_only_until_it_grows(rates: list[float | None]) -> None:
    fluency = Fluency()
    for fps in rates:
        before = fluency.poor
        fluency.look(fps)
        assert fluency.size_px in SIZES_PX
        if fluency.poor and not before:
            assert fluency.is_alone


def test_what_comes_behind_its_voice_for_some_seconds_is_told_and_asked_for_smaller() -> None:
    fluency = Fluency()
    for _ in range(4):
        fluency.look(30.0, MOST_SKEW_MS + 1)
    assert (fluency.apart, fluency.is_short) == (False, True)
    fluency.look(30.0, MOST_SKEW_MS + 1)
    assert fluency.apart
    for _ in range(60):
        fluency.look(30.0, MOST_SKEW_MS + 1)
    assert (fluency.is_alone, fluency.poor) == (True, False), "it comes fast enough, only late"
    for _ in range(5):
        fluency.look(30.0, 12.0)
    assert not fluency.apart


def test_what_comes_before_its_voice_is_told_but_no_smaller_picture_would_help() -> None:
    fluency = Fluency()
    for _ in range(30):
        fluency.look(30.0, -MOST_SKEW_MS - 1)
    assert (fluency.apart, fluency.is_short) == (True, False)


@given(st.lists(st.floats(-MOST_SKEW_MS, MOST_SKEW_MS) | st.none(), max_size=60))
def test_within_a_tenth_of_a_second_nothing_is_said(skews_ms: list[float | None]) -> None:
    fluency = Fluency()
    for skew_ms in skews_ms:
        fluency.look(30.0, skew_ms)
    assert not fluency.apart
    assert not fluency.is_short
