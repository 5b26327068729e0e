from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.pictures import people, psnr_db
from visio_desktop.media.raw import RawFrame
from visio_desktop.media.scale import contain, cover, crop, scale, within

_side = st.integers(2, 500)
_size = st.tuples(_side, _side)


@given(_size, _size)
def test_covering_fills_the_target_from_inside_the_source(source: tuple[int, int], target: tuple[int, int]) -> None:
    fit = cover(source, target)
    assert (fit.width_px - target[0], fit.height_px - target[1]) <= (1, 1)
    assert fit.left % 2 == fit.top % 2 == 0
    assert fit.left + fit.crop_width <= source[0] + 1
    assert fit.top + fit.crop_height <= source[1] + 1


@given(_size, _size)
def test_containing_keeps_the_whole_picture(source: tuple[int, int], target: tuple[int, int]) -> None:
    fit = contain(source, target)
    assert (fit.crop_width, fit.crop_height) == source
    assert fit.width_px <= target[0] + 2
    assert fit.height_px <= target[1] + 2


def test_a_nearly_fitting_picture_is_cropped_only() -> None:
    fit = crop((640, 360), (620, 349))
    assert fit is not None
    assert (fit.left, fit.top, fit.crop_width, fit.crop_height) == (10, 4, 620, 350)
    assert crop((640, 360), (560, 360)) is None
    assert crop((640, 360), (642, 360)) is None


def test_within_a_limit_nothing_is_enlarged() -> None:
    assert (within((101, 50), (640, 360)).width_px, within((101, 50), (640, 360)).height_px) == (102, 50)
    assert (within((1920, 1200), (1280, 720)).width_px, within((1920, 1200), (1280, 720)).height_px) == (1152, 720)


def test_shrinking_and_enlarging_keep_the_picture() -> None:
    frame = people(1, 640, 360)[0]
    small = scale(frame, contain((640, 360), (320, 180)))
    back = scale(small, contain((320, 180), (640, 360)))
    assert small.y.shape == (180, 320)
    assert psnr_db(back.y, frame.y) > 28
    assert back.capture_ms == frame.capture_ms


def test_a_fitting_picture_is_not_copied() -> None:
    frame = people(1)[0]
    assert scale(frame, cover((320, 180), (320, 180))) is frame


@settings(max_examples=60, deadline=None)
@given(_size, _size, st.sampled_from((cover, contain)))
def test_any_size_becomes_any_other(source: tuple[int, int], target: tuple[int, int], how: object) -> None:
    width, height = source
    chroma = np.full(((height + 1) // 2, (width + 1) // 2), 90, np.uint8)
    frame = RawFrame(np.full((height, width), 200, np.uint8), chroma, chroma, 0.0)
    fit = cover(source, target) if how is cover else contain(source, target)
    result = scale(replace(frame), fit)
    assert np.all(result.y == 200)
    assert np.all(result.u == 90)
