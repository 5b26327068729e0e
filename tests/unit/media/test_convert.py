from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.pictures import people, pixels_of, psnr_db
from visio_desktop.media.convert import Converter
from visio_desktop.media.opencv import cv2
from visio_desktop.media.raw import RawFrame, blank
from visio_desktop.meeting.frames import PictureTarget


def test_colours_are_bt601_limited_range() -> None:
    frame = blank(4, 4)
    frame.y[:], frame.u[:], frame.v[:] = 81, 90, 240
    picture = Converter().convert(frame, PictureTarget(4, 4))
    blue, green, red = (int(x) for x in pixels_of(picture)[0, 0, :3])
    assert red > 250
    assert max(blue, green) < 5


def test_the_picture_has_the_targets_size_and_tells_the_sources() -> None:
    frame = people(1, 640, 360)[0]
    picture = Converter().convert(frame, PictureTarget(301, 300), capture_ms=5.0)
    assert (picture.width_px, picture.height_px) == (302, 300)
    assert (picture.source_width_px, picture.source_height_px, picture.capture_ms) == (640, 360, 5.0)
    assert len(picture.pixels) == 302 * 300 * 4
    whole = Converter().convert(frame, PictureTarget(301, 300, cover=False))
    assert (whole.width_px, whole.height_px) == (302, 170)


def test_scaling_first_looks_as_scaling_after() -> None:
    frame = people(1, 640, 360)[0]
    ours = pixels_of(Converter().convert(frame, PictureTarget(320, 180)))
    full = cv2.cvtColor(np.asarray(frame.stacked), cv2.COLOR_YUV2BGRA_I420)
    theirs = cv2.resize(full, (320, 180), interpolation=cv2.INTER_AREA)
    assert psnr_db(ours[..., :3], np.asarray(theirs, np.uint8)[..., :3]) > 35


def test_a_picture_is_never_written_to_again() -> None:
    converter, target = Converter(), PictureTarget(160, 90)
    kept = [converter.convert(frame, target) for frame in people(6)]
    copies = [bytes(picture.pixels) for picture in kept]
    for frame in people(12, seed=2):
        converter.convert(frame, target)
    assert [bytes(picture.pixels) for picture in kept] == copies


@pytest.mark.parametrize("cover", [True, False])
@settings(max_examples=40, deadline=None)
@given(
    width=st.integers(1, 99), height=st.integers(1, 99), target=st.tuples(st.integers(-5, 200), st.integers(-5, 200))
)
def test_odd_sizes_and_targets_convert(width: int, height: int, target: tuple[int, int], *, cover: bool) -> None:
    chroma = np.full(((height + 1) // 2, (width + 1) // 2), 128, np.uint8)
    frame = RawFrame(np.full((height, width), 235, np.uint8), chroma, chroma, 0.0)
    picture = Converter().convert(frame, PictureTarget(*target, cover))
    assert np.all(pixels_of(picture)[..., :3] == 255)
