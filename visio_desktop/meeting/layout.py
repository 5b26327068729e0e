"""Where the tiles go: a grid, or one large tile with the others beside it. Pure geometry in whole pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass

ASPECT = 16 / 9
SMALLEST_TILE_PX = 120
STRIP_TILE_PX = 201
SMALLEST_STRIP_TILE_PX = 104
NARROW_PX = 900


@dataclass(frozen=True, slots=True)
class Box:
    """A tile's place."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The places of one page of tiles; `large` is None in a grid. `pages` is how many pages there are, at least 1."""

    boxes: tuple[Box, ...]
    large: Box | None
    pages: int


def grid(width_px: int, height_px: int, count: int, gap_px: int, page: int = 0) -> Arrangement:
    """`count` equal tiles that fill the area, 24 px (`gap_px`) apart; what does not fit goes to further pages."""
    area = Box(0, 0, max(1, width_px), max(1, height_px))
    per_page = max(1, min(count, _most(area, gap_px)))
    pages = max(1, math.ceil(count / per_page))
    page = min(max(0, page), pages - 1)
    here = max(0, min(per_page, count - page * per_page))
    return Arrangement(_cells(area, here, gap_px), None, pages)


def focus(width_px: int, height_px: int, others: int, gap_px: int, page: int = 0) -> Arrangement:
    """One large tile, the others in a strip: at the left where the area is wide, else along the top."""
    if others == 0:
        return Arrangement((), Box(0, 0, width_px, height_px), 1)
    if width_px >= NARROW_PX:
        strip = min(STRIP_TILE_PX, width_px // 4)
        tile = round(strip / ASPECT)
        fits = max(1, (height_px + gap_px) // (tile + gap_px))
        large = Box(strip + gap_px, 0, max(1, width_px - strip - gap_px), height_px)
        step, down = tile + gap_px, True
    else:
        strip = _strip_tile(width_px, max(48, min(113, height_px // 4)), others, gap_px)
        tile = round(strip / ASPECT)
        fits = max(1, (width_px + gap_px) // (strip + gap_px))
        large = Box(0, tile + gap_px, width_px, max(1, height_px - tile - gap_px))
        step, down = strip + gap_px, False
    pages = max(1, math.ceil(others / fits))
    page = min(max(0, page), pages - 1)
    here = min(fits, others - page * fits)
    boxes = tuple(Box(0, i * step, strip, tile) if down else Box(i * step, 0, strip, tile) for i in range(here))
    return Arrangement(boxes, large, pages)


def _strip_tile(width_px: int, tallest_px: int, others: int, gap_px: int) -> int:
    """A tile's width in the strip along the top: as high as may be, or a little smaller where all fit then."""
    widest = round(tallest_px * ASPECT)
    shared = (width_px + gap_px) // others - gap_px
    return shared if SMALLEST_STRIP_TILE_PX <= shared < widest else widest


def _most(area: Box, gap_px: int) -> int:
    columns = max(1, (area.width + gap_px) // (SMALLEST_TILE_PX + gap_px))
    rows = max(1, (area.height + gap_px) // (round(SMALLEST_TILE_PX / ASPECT) + gap_px))
    return min(columns * rows, 25)


def _cells(area: Box, count: int, gap_px: int) -> tuple[Box, ...]:
    if count == 0:
        return ()
    columns = max(range(1, count + 1), key=lambda c: _shown_px(area, c, math.ceil(count / c), gap_px))
    rows = math.ceil(count / columns)
    width = max(1, (area.width - gap_px * (columns - 1)) // columns)
    height = max(1, (area.height - gap_px * (rows - 1)) // rows)
    return tuple(_cell(i, count, columns, width, height, gap_px, area) for i in range(count))


def _cell(index: int, count: int, columns: int, width: int, height: int, gap_px: int, area: Box) -> Box:
    row, column = divmod(index, columns)
    in_row = min(columns, count - row * columns)
    row_px = in_row * width + (in_row - 1) * gap_px
    left = (area.width - row_px) // 2 if in_row < columns else 0
    return Box(left + column * (width + gap_px), row * (height + gap_px), width, height)


def _shown_px(area: Box, columns: int, rows: int, gap_px: int) -> float:
    """How much of a 16:9 picture shows in a cell: tiles are filled, so that both the cell and its shape count."""
    width = (area.width - gap_px * (columns - 1)) / columns
    height = (area.height - gap_px * (rows - 1)) / rows
    if width < 1 or height < 1:
        return 0.0
    return min(width, height * ASPECT)
