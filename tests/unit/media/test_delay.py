from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.media.delay import MAX_TARGET_MS, MIN_TARGET_MS, DelayTarget


def test_no_jitter_needs_the_least_delay() -> None:
    delay = DelayTarget()
    for i in range(200):
        assert delay.observe(50 + i * 20.0, i * 20.0, i) == 0
    assert delay.target_ms == MIN_TARGET_MS


def test_the_target_covers_nearly_all_packets() -> None:
    chance, delay = random.Random(2), DelayTarget()
    for i in range(500):
        delay.observe(i * 20.0 + chance.uniform(0, 100), i * 20.0, i)
    assert 95 < delay.target_ms < 115


def test_one_late_packet_in_a_hundred_changes_nothing() -> None:
    delay = DelayTarget()
    for i in range(500):
        delay.observe(i * 20.0 + (300 if i % 100 == 50 else 0), i * 20.0, i)
    assert delay.target_ms == MIN_TARGET_MS


def test_loss_waits_for_the_frame_that_recovers() -> None:
    delay = DelayTarget()
    for i in range(500):
        if i % 20:
            delay.observe(i * 20.0, i * 20.0, i)
    assert MIN_TARGET_MS < delay.target_ms < 45


def test_reset_forgets_another_clock() -> None:
    delay = DelayTarget()
    for i in range(100):
        delay.observe(i * 20.0, i * 20.0, i)
    delay.reset()
    assert delay.observe(2000.0, 1e9, 0) == 0


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6), st.integers(-100, 2**32)), max_size=200))
def test_the_target_stays_in_bounds(packets: list[tuple[float, float, int]]) -> None:
    delay = DelayTarget()
    for now_ms, media_ms, sequence in packets:
        assert delay.observe(now_ms, media_ms, sequence) >= 0
        assert MIN_TARGET_MS <= delay.target_ms <= MAX_TARGET_MS
