"""The schedule of pictures, in simulated time."""

from __future__ import annotations

import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.media.pacing import MAX_DELAY_MS, Pacing, Slot

FRAME_MS = 1000 / 30


def placed(pacing: Pacing, late_ms: list[float], first: int = 0, base_ms: float = 5_000.0) -> list[Slot]:
    """The slots of frames that come so late; like a real stream, none comes before the one before it."""
    slots, now_ms = [], 0.0
    for number, late in enumerate(late_ms, first):
        now_ms = max(now_ms, base_ms + number * FRAME_MS + late)
        slots.append(pacing.place(number * FRAME_MS, now_ms))
    return slots


def latencies_ms(slots: list[Slot], first: int = 0, base_ms: float = 5_000.0) -> list[float]:
    return [slot.at_ms - base_ms - number * FRAME_MS for number, slot in enumerate(slots, first)]


def test_a_steady_path_is_not_delayed() -> None:
    chance = Random(1)
    slots = placed(Pacing(), [chance.uniform(0, 6) for _ in range(600)])
    assert max(latencies_ms(slots)) < 6.1
    assert all(slot.shown for slot in slots)


def test_frames_that_come_late_at_times_make_all_wait_until_they_are_smooth() -> None:
    repairs = [100.0 if number % 12 == 0 else 0.0 for number in range(900)]
    slots = placed(Pacing(), repairs)[300:]
    gaps_ms = [after.at_ms - before.at_ms for before, after in itertools.pairwise(slots)]
    assert max(gaps_ms) < FRAME_MS + 42
    assert max(latencies_ms(slots, 300)) < 101
    assert min(latencies_ms(slots, 300)) > 50
    assert all(slot.shown for slot in slots)


def test_lateness_of_our_own_making_delays_nothing() -> None:
    pacing, now_ms = Pacing(), 0.0
    for number in range(300):
        late_ms = 150.0 if number % 8 == 0 else 0.0
        now_ms = max(now_ms, 5_000.0 + number * FRAME_MS + late_ms)
        pacing.place(number * FRAME_MS, now_ms, is_sure=number % 8 > 4 or number == 1)
    assert pacing.delay_ms == 0


def test_the_delay_goes_with_the_jitter() -> None:
    pacing = Pacing()
    placed(pacing, [100.0 if number % 12 == 0 else 0.0 for number in range(400)])
    assert pacing.delay_ms > 50
    placed(pacing, [0.0] * 400, first=400)
    assert pacing.delay_ms == 0


def test_a_freed_bunch_plays_on_faster_and_is_not_skipped() -> None:
    slots = placed(Pacing(), [0.0] * 150 + [150.0] + [0.0] * 20)
    assert all(slot.shown for slot in slots)
    gaps_ms = [after.at_ms - before.at_ms for before, after in itertools.pairwise(slots)]
    assert min(gaps_ms) == pytest.approx(11.0)
    assert latencies_ms(slots)[-1] == pytest.approx(0.0, abs=1.0)


def test_after_a_long_standstill_only_the_newest_are_shown() -> None:
    slots = placed(Pacing(), [0.0] * 60 + [1_000.0] + [0.0] * 40)
    hidden = [slot for slot in slots if not slot.shown]
    assert 20 < len(hidden) < 28
    assert all(slot.shown for slot in slots[90:])


def test_a_path_that_became_slower_for_good_is_shown_all_the_same() -> None:
    slots = placed(Pacing(), [0.0] * 60 + [700.0] * 200)
    assert sum(slot.shown for slot in slots[60:]) > 25


def test_pictures_wait_for_their_voice_as_far_as_needed() -> None:
    pacing = Pacing()
    pacing.voice_transit_ms = 5_150.0
    assert latencies_ms(placed(pacing, [0.0] * 120))[-1] == pytest.approx(125.0)
    pacing.voice_transit_ms = 5_020.0
    assert latencies_ms(placed(pacing, [0.0] * 120, first=120), 120)[-1] == pytest.approx(0.0)


def test_pictures_are_not_smoothed_to_behind_their_voice() -> None:
    pacing = Pacing()
    pacing.voice_transit_ms = 5_040.0
    placed(pacing, [150.0 if number % 8 == 0 else 0.0 for number in range(300)])
    assert pacing.delay_ms == pytest.approx(60.0)


def test_no_voice_holds_pictures_back_for_ever() -> None:
    pacing = Pacing()
    pacing.voice_transit_ms = 50_000.0
    placed(pacing, [0.0] * 300)
    assert pacing.delay_ms == MAX_DELAY_MS


def test_a_jump_of_the_senders_clock_begins_anew() -> None:
    pacing = Pacing()
    placed(pacing, [0.0] * 30)
    assert pacing.place(90_000.0, 6_050.0) == Slot(6_050.0, shown=True)
    assert pacing.place(90_033.0, 6_083.0) == Slot(6_083.0, shown=True)


@given(st.lists(st.tuples(st.floats(0, 5_000), st.floats(-3_000, 5_000)), max_size=80))
def test_slots_are_in_order_never_past_and_never_far(steps: list[tuple[float, float]]) -> None:
    pacing, now_ms, media_ms, before_ms = Pacing(), 0.0, 0.0, 0.0
    for passed_ms, media_step_ms in steps:
        now_ms += passed_ms
        media_ms += media_step_ms
        slot = pacing.place(media_ms, now_ms)
        assert slot.at_ms >= now_ms
        assert slot.at_ms <= max(now_ms + MAX_DELAY_MS, before_ms + 11.0)
        before_ms = slot.at_ms
