from __future__ import annotations

import numpy as np

from visio_desktop.media.raw import blank
from visio_desktop.media.sources.drawing import Colour, Ellipse, colour, fill_ellipse, from_bgr


def test_colours_are_bt601() -> None:
    assert colour("#ffffff") == Colour(235, 128, 128)
    assert colour("#000000") == Colour(16, 128, 128)
    red = colour("#ff0000")
    assert abs(red.y - 81) <= 2
    assert red.v > 235


def test_an_ellipse_colours_all_three_planes_and_nothing_else() -> None:
    frame = blank(80, 40)
    for plane in (frame.y, frame.u, frame.v):
        plane[:] = 128
    fill_ellipse(frame, Ellipse((40, 20), (20, 10)), Colour(200, 60, 180))
    assert (frame.y[20, 40], frame.u[10, 20], frame.v[10, 20]) == (200, 60, 180)
    assert (frame.y[2, 2], frame.u[1, 1], frame.v[1, 1]) == (128, 128, 128)
    area = int((frame.y > 164).sum())
    assert abs(area - 628) < 80


def test_a_picture_of_pixels_becomes_planes() -> None:
    frame = from_bgr(np.full((4, 6, 3), 255, np.uint8))
    assert frame.y.tolist() == [[235] * 6] * 4
    assert frame.u.tolist() == [[128] * 3] * 2
