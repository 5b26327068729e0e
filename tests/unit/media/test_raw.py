from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.media.raw import blank, even_up, unstack


@given(st.integers(-3, 4000))
def test_even_sizes(size: int) -> None:
    even = even_up(size)
    assert even % 2 == 0
    assert even >= max(2, size)
    assert even - max(2, size) <= 1


def test_planes_share_the_stacked_memory() -> None:
    frame = unstack(np.zeros((6, 4), np.uint8), 7.0)
    frame.v[:] = 9
    frame.u[:] = 5
    assert frame.stacked is not None
    assert frame.stacked.ravel().tolist() == [0] * 16 + [5] * 4 + [9] * 4
    assert (frame.width_px, frame.height_px, frame.capture_ms) == (4, 4, 7.0)


def test_a_blank_frame_has_even_sides() -> None:
    frame = blank(5, 3)
    assert frame.y.shape == (4, 6)
    assert frame.u.shape == frame.v.shape == (2, 3)
