from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.sequence import Unwrapper


@pytest.mark.parametrize("bits", [16, 24, 32])
@given(start=st.integers(0, (1 << 32) - 1), steps=st.lists(st.integers(-20_000, 30_000), max_size=50))
def test_differences_survive_overflow(bits: int, start: int, steps: list[int]) -> None:
    mask = (1 << bits) - 1
    unwrapper = Unwrapper(bits)
    truth = newest = start & mask
    base = unwrapper.unwrap(truth) - truth
    for step in steps:
        truth = newest + step
        assert unwrapper.near(truth & mask) == base + truth
        assert unwrapper.unwrap(truth & mask) == base + truth
        newest = max(newest, truth)


@given(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))
def test_restart_goes_on_above(before: int, after: int) -> None:
    unwrapper = Unwrapper(16)
    old = unwrapper.unwrap(before)
    new = unwrapper.restart(after)
    assert old < new <= old + 0x10000
    assert new & 0xFFFF == after
    assert unwrapper.newest == new


def test_first_restart_is_a_start() -> None:
    assert Unwrapper(16).restart(7) & 0xFFFF == 7
