"""A clock drawn into a picture: a bar code that any receiver can read, to measure latency, skew and lost frames.

The top 16 rows hold 20 cells across the whole width: 16 bits of milliseconds (modulo 65536), most significant first,
then 4 check bits. A white cell is 1. Reading looks at rows 1 and 2 only, so that the code survives shrinking to a
quarter.
"""

from __future__ import annotations

import numpy as np

from visio_desktop.media.raw import Plane

_BITS, _CHECK_BITS, _ROWS = 16, 4, 16
_CELLS = _BITS + _CHECK_BITS
_BLACK, _WHITE, _THRESHOLD = 16, 235, 126
_SMALLEST_WIDTH_PX = _CELLS * 4
_WEIGHTS = 1 << np.arange(_CELLS - 1, -1, -1)


def _check(value: int) -> int:
    return (value ^ value >> 4 ^ value >> 8 ^ value >> 12 ^ 0xA) & 0xF


def stamp(luma: Plane, time_ms: float) -> None:
    """Draw `time_ms` into the top rows of a luma plane of at least 80 pixels' width."""
    value = int(time_ms) & 0xFFFF
    code = value << _CHECK_BITS | _check(value)
    cells = np.where(code & _WEIGHTS, _WHITE, _BLACK).astype(np.uint8)
    width = luma.shape[1]
    luma[:_ROWS] = cells[np.arange(width) * _CELLS // width]


def read(luma: Plane) -> int | None:
    """The milliseconds (0..65535) in a luma plane, None without a valid code."""
    height, width = luma.shape
    if width < _SMALLEST_WIDTH_PX or height < _ROWS // 2:
        return None
    cell = width / _CELLS
    centres = ((np.arange(_CELLS) + 0.5) * cell).astype(np.intp)
    columns = centres[:, None] + np.arange(-(int(cell) // 8), int(cell) // 8 + 1)
    bright = luma[1:3][:, columns].mean(axis=(0, 2)) > _THRESHOLD
    code = int(_WEIGHTS[bright].sum())
    value = code >> _CHECK_BITS
    return value if _check(value) == code & 0xF else None


def age_ms(value: int, now_ms: float) -> int:
    """How long ago `value` was stamped, for ages below 65 seconds, on the clock it was stamped with."""
    return (int(now_ms) - value) & 0xFFFF
