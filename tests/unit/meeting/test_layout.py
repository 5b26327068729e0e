"""Where tiles go."""

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.layout import Arrangement, Box, focus, grid

WIDTHS = st.integers(300, 3840)
HEIGHTS = st.integers(200, 2160)


def apart(boxes: tuple[Box, ...]) -> bool:
    return all(
        a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
        for i, a in enumerate(boxes)
        for b in boxes[i + 1 :]
    )


def inside(arrangement: Arrangement, width: int, height: int) -> bool:
    boxes = arrangement.boxes if arrangement.large is None else (*arrangement.boxes, arrangement.large)
    return all(b.x >= 0 and b.y >= 0 and b.x + b.width <= width and b.y + b.height <= height for b in boxes)


def test_four_tiles_are_two_by_two_and_one_fills_all() -> None:
    assert grid(1232, 696, 4, 24).boxes == (
        Box(0, 0, 604, 336),
        Box(628, 0, 604, 336),
        Box(0, 360, 604, 336),
        Box(628, 360, 604, 336),
    )
    assert grid(1232, 696, 1, 24).boxes == (Box(0, 0, 1232, 696),)


def test_the_last_row_is_centred() -> None:
    boxes = grid(1232, 696, 3, 24).boxes
    assert boxes[2].x == (1232 - boxes[2].width) // 2


def test_a_share_leaves_the_others_a_column() -> None:
    arrangement = focus(1232, 696, 4, 24)
    assert arrangement.large == Box(225, 0, 1007, 696)
    assert arrangement.boxes[0] == Box(0, 0, 201, 113)
    assert arrangement.boxes[3].x == 0


@given(WIDTHS, HEIGHTS, st.integers(0, 60), st.integers(0, 5))
def test_grid_tiles_never_overlap_or_leave_the_area(width: int, height: int, count: int, page: int) -> None:
    arrangement = grid(width, height, count, 24, page)
    assert apart(arrangement.boxes)
    assert inside(arrangement, width, height)
    assert len(arrangement.boxes) >= min(1, count)


@given(WIDTHS, HEIGHTS, st.integers(0, 60), st.integers(0, 5))
def test_focus_tiles_never_overlap_or_leave_the_area(width: int, height: int, others: int, page: int) -> None:
    arrangement = focus(width, height, others, 24, page)
    assert arrangement.large is not None
    assert apart((*arrangement.boxes, arrangement.large))
    assert inside(arrangement, width, height)


@given(WIDTHS, HEIGHTS, st.integers(1, 60))
def test_everybody_is_on_exactly_one_page(width: int, height: int, count: int) -> None:
    pages = grid(width, height, count, 24).pages
    assert sum(len(grid(width, height, count, 24, page).boxes) for page in range(pages)) == count


def test_a_strip_shrinks_a_little_so_that_everybody_is_on_it() -> None:
    arrangement = focus(848, 696, 5, 24)
    assert arrangement.pages == 1
    assert [box.width for box in arrangement.boxes] == [150] * 5
    assert focus(848, 696, 12, 24).boxes[0].width == 201
