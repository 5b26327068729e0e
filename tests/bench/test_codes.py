from __future__ import annotations

import cv2
import numpy as np
import pytest

from bench.codes import read_cropped, stamp_twice
from visio_desktop.media.frame_clock import read

SIZES = [(640, 360), (604, 696), (320, 180), (300, 340), (1200, 560), (1264, 690)]


def picture(time_ms: float) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    luma = np.full((360, 640), 100, np.uint8)
    stamp_twice(luma, time_ms)
    return luma


def test_both_clocks_say_the_same() -> None:
    assert read(picture(12_345)) == 12_345
    assert read_cropped(picture(12_345), 640, 360) == 12_345


@pytest.mark.parametrize(("wide", "high"), SIZES)
@pytest.mark.parametrize("time_ms", [0, 1, 21_845, 43_690, 65_535])
def test_a_tile_that_crops_leaves_one(wide: int, high: int, time_ms: int) -> None:
    scale = max(wide / 640, high / 360)
    scaled = cv2.resize(picture(time_ms), (round(640 * scale), round(360 * scale)))
    top, left = (scaled.shape[0] - high) // 2, (scaled.shape[1] - wide) // 2
    tile = scaled[top : top + high, left : left + wide].astype(np.uint8)
    assert read_cropped(tile, 640, 360) == time_ms


def test_a_tile_too_narrow_for_it_has_none() -> None:
    assert read_cropped(picture(5)[:, 300:340], 640, 360) is None
