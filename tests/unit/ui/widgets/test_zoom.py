from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.ui.widgets.zoom import LARGEST, Zoom, actual_size

AREA, PICTURE = (800.0, 600.0), (1600.0, 900.0)
SIDES = st.floats(1, 5_000)
SIZES = st.tuples(SIDES, SIDES)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("zoom"), st.floats(0.1, 10), st.floats(0, 1), st.floats(0, 1)),
        st.tuples(st.just("move"), st.just(0.0), st.floats(-3_000, 3_000), st.floats(-3_000, 3_000)),
    ),
    max_size=8,
)


def test_the_whole_picture_is_fitted_and_in_the_middle() -> None:
    box = Zoom().box(AREA, PICTURE)
    assert (box.x, box.y, box.width, box.height) == pytest.approx((0, 75, 800, 450))


def test_the_point_under_the_mouse_stays_there() -> None:
    at = (200.0, 300.0)
    before = Zoom().box(AREA, PICTURE)
    after = Zoom().to(4, AREA, PICTURE, at).box(AREA, PICTURE)
    for box in (before, after):
        assert (at[0] - box.x) / box.width == pytest.approx(0.25)
        assert (at[1] - box.y) / box.height == pytest.approx(0.5)


def test_actual_size_is_one_pixel_for_each() -> None:
    factor = actual_size(AREA, PICTURE)
    assert Zoom().to(factor, AREA, PICTURE, (400, 300)).box(AREA, PICTURE).width == pytest.approx(1600)
    assert actual_size(AREA, (400.0, 300.0)) == 1


def test_smaller_than_the_whole_is_the_whole() -> None:
    assert Zoom(2, 0.3, 0.3).to(0.4, AREA, PICTURE, (1, 1)) == Zoom()


@given(SIZES, SIZES, STEPS)
def test_whatever_one_does_the_tile_is_filled_as_far_as_the_picture_goes(
    area: tuple[float, float], picture: tuple[float, float], steps: list[tuple[str, float, float, float]]
) -> None:
    zoom = Zoom()
    for what, factor, one, other in steps:
        if what == "zoom":
            zoom = zoom.to(zoom.factor * factor, area, picture, (one * area[0], other * area[1]))
        else:
            zoom = zoom.moved((one, other), area, picture)
        assert 1 <= zoom.factor <= LARGEST
        box = zoom.box(area, picture)
        for start, length, side in ((box.x, box.width, area[0]), (box.y, box.height, area[1])):
            slack = max(1e-6, 1e-6 * length)
            if length > side:
                assert start <= slack
                assert start + length >= side - slack
            else:
                assert start == pytest.approx((side - length) / 2, abs=slack + 1e-3)
