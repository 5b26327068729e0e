from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.media.encoders import EncodeSettings
from visio_desktop.media.ladder import Ladder


def test_it_goes_down_and_with_room_up_again() -> None:
    ladder = Ladder(EncodeSettings(1280, 720, 30, 1_500_000))
    rates = (1_500_000, 400_000, 100_000, 130_000, 300_000, 600_000, 800_000)
    heights = [ladder.size_px(rate)[1] for rate in rates]
    assert heights == [720, 360, 180, 180, 360, 360, 720]


def test_a_screen_keeps_its_size() -> None:
    ladder = Ladder(EncodeSettings(1280, 720, 15, 1_500_000, screen=True))
    assert ladder.size_px(20_000) == (1280, 720)


@given(st.integers(16, 4000), st.integers(16, 3000), st.lists(st.integers(0, 5_000_000), max_size=20))
def test_sizes_are_even_and_never_above_the_full_one(width: int, height: int, rates: list[int]) -> None:
    ladder = Ladder(EncodeSettings(width, height, 30, 1_000_000))
    for rate in rates:
        now = ladder.size_px(rate)
        assert all(size % 2 == 0 for size in now)
        assert now[0] <= width + 1
        assert now[1] <= height + 1
        assert min(now[1], height) >= min(height, 119)
