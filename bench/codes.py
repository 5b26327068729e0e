"""The frame clock twice in one picture: across the top, and small in the middle, where a tile that crops leaves it."""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

from visio_desktop.media.frame_clock import read, stamp

WITHOUT = {"BENCH_CODES": "0"}
"""The environment of a client that shall not spend time on reading clocks."""

ARE_READ = os.environ.get("BENCH_CODES") != "0"

type Plane = NDArray[np.uint8]

_TOP_PX, _ROWS, _WIDE_PX = 32, 16, 200
_LEAST_WIDE_PX = 320


def stamp_twice(luma: Plane, time_ms: float) -> None:
    """Draw both into a luma plane."""
    stamp(luma, time_ms)
    middle = luma.shape[1] // 2
    if luma.shape[1] >= _LEAST_WIDE_PX:
        stamp(luma[_TOP_PX : _TOP_PX + _ROWS, middle - _WIDE_PX // 2 : middle + _WIDE_PX // 2], time_ms)


def read_whole(luma: Plane) -> int | None:
    """The clock in the upper rows of a whole picture."""
    return read(luma) if ARE_READ else None


def read_cropped(green: Plane, source_wide_px: int, source_high_px: int) -> int | None:
    """The clock in a picture that was scaled to cover its tile, its middle staying in the middle."""
    if not ARE_READ:
        return None
    high, wide = green.shape
    scale = max(wide / source_wide_px, high / source_high_px)
    top = high / 2 + (_TOP_PX - source_high_px / 2) * scale
    left, right = (wide / 2 + side * _WIDE_PX / 2 * scale for side in (-1, 1))
    row = round(top + _ROWS * scale / 2)
    if row < 2 or left < 0:
        return None
    return read(green[row - 2 : row + 6, round(left) : round(right)])
