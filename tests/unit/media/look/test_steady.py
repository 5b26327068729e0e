from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.media.look.segmenter import HEIGHT_PX, WIDTH_PX, Mask
from visio_desktop.media.look.steady import Steady


def everywhere(value: float) -> Mask:
    return np.full((HEIGHT_PX, WIDTH_PX), value, np.float32)


def test_what_is_sure_counts_at_once() -> None:
    steady = Steady()
    assert steady.follow(everywhere(0.0)).max() == 0.0
    assert steady.follow(everywhere(1.0)).min() == 1.0
    assert steady.follow(everywhere(0.0)).max() == 0.0


def test_what_is_doubtful_moves_slowly() -> None:
    steady = Steady()
    steady.follow(everywhere(0.7))
    first = float(steady.follow(everywhere(0.45)).mean())
    second = float(steady.follow(everywhere(0.45)).mean())
    later = [float(steady.follow(everywhere(0.45)).mean()) for _ in range(60)][-1]
    assert first > second > later
    assert later == pytest.approx(float(Steady().follow(everywhere(0.45)).mean()), abs=0.01)


def test_the_edge_is_soft_and_hardly_a_person_is_room() -> None:
    mask = everywhere(0.0)
    mask[:, WIDTH_PX // 2 :] = 1.0
    row = Steady().follow(mask)[HEIGHT_PX // 2]
    assert list(row) == sorted(row)
    assert 1 <= int(((row > 0.02) & (row < 0.98)).sum()) <= 6
    assert Steady().follow(everywhere(0.2)).max() == 0.0


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=20))
def test_a_mask_stays_within_its_bounds(values: list[float]) -> None:
    steady = Steady()
    for value in values:
        mask = steady.follow(everywhere(value))
        assert mask.dtype == np.float32
        assert 0.0 <= mask.min() <= mask.max() <= 1.0
