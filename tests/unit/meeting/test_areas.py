from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.areas import Area

numbers = st.integers(-50, 50)
areas = st.builds(Area, numbers, numbers, st.integers(-5, 40), st.integers(-5, 40))


def pixels(area: Area) -> set[tuple[int, int]]:
    rows, columns = range(area.top, area.top + area.height), range(area.left, area.left + area.width)
    return {(x, y) for x in columns for y in rows}


@given(areas, areas)
def test_what_lies_within_both_is_what_they_share(one: Area, other: Area) -> None:
    shared = one.within(other)
    assert pixels(shared) == pixels(one) & pixels(other)
    assert shared.is_empty == (not pixels(shared))


@given(areas, numbers, numbers)
def test_moved_it_is_the_same_elsewhere(area: Area, left: int, top: int) -> None:
    assert pixels(area.moved(left, top)) == {(x + left, y + top) for x, y in pixels(area)}
