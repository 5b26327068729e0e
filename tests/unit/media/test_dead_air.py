from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.media.dead_air import TOLD_AFTER_MS, DeadAir
from visio_desktop.media.samples import FRAME, silence

QUIET_ROOM = np.full(FRAME, 2 / 32768, dtype=np.float32)
LAST_BIT = np.full(FRAME, 1 / 32768, dtype=np.float32)


def test_nothing_at_all_for_ten_seconds_is_told_once_and_its_end_too() -> None:
    air = DeadAir()
    told = [air.update(silence(FRAME), now_ms) for now_ms in np.arange(0, 2 * TOLD_AFTER_MS, 20)]
    assert [i for i, each in enumerate(told) if each] == [int(TOLD_AFTER_MS / 20)]
    assert air.update(QUIET_ROOM, 30_000.0) is False
    assert air.update(QUIET_ROOM, 30_020.0) is None


def test_a_last_bit_that_stands_is_nothing_and_a_quiet_room_is_something() -> None:
    air = DeadAir()
    assert [air.update(LAST_BIT, now_ms) for now_ms in (0.0, TOLD_AFTER_MS)] == [None, True]
    air = DeadAir()
    assert [air.update(QUIET_ROOM, now_ms) for now_ms in (0.0, TOLD_AFTER_MS)] == [None, None]


def test_it_is_told_anew_after_a_new_beginning() -> None:
    air = DeadAir()
    air.update(silence(FRAME), 0.0)
    assert air.update(silence(FRAME), TOLD_AFTER_MS)
    air.begin_again()
    assert air.update(silence(FRAME), 20_000.0) is None
    assert air.update(silence(FRAME), 20_000.0 + TOLD_AFTER_MS)


@given(st.lists(st.booleans(), max_size=2_000))
def test_silence_and_sound_are_told_in_turn(heard: list[bool]) -> None:
    air = DeadAir()
    told = [air.update(QUIET_ROOM if sound else silence(FRAME), i * 500.0) for i, sound in enumerate(heard)]
    said = [each for each in told if each is not None]
    assert said == [i % 2 == 0 for i in range(len(said))]
