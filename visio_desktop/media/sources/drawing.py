"""Drawing straight into I420 planes, so that a moving picture costs no colour conversion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from visio_desktop.media.opencv import cv2
from visio_desktop.media.raw import Plane, RawFrame, unstack


class Colour(NamedTuple):
    """A colour as luma and two chroma values."""

    y: int
    u: int
    v: int


@dataclass(frozen=True, slots=True)
class Ellipse:
    """A filled ellipse; sizes and places in pixels, angle in degrees."""

    centre: tuple[float, float]
    half_axes: tuple[float, float]
    angle: float = 0.0


def colour(text: str) -> Colour:
    """The colour of "#rrggbb"."""
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    pixels = np.full((2, 2, 3), (blue, green, red), np.uint8)
    y, u, v = (int(x) for x in cv2.cvtColor(pixels, cv2.COLOR_BGR2YUV_I420).reshape(-1)[[0, 4, 5]])
    return Colour(y, u, v)


def fill_ellipse(frame: RawFrame, ellipse: Ellipse, paint: Colour) -> None:
    """Draw with smooth edges."""
    _one_plane(frame.y, ellipse, paint.y, 1.0)
    _one_plane(frame.u, ellipse, paint.u, 0.5)
    _one_plane(frame.v, ellipse, paint.v, 0.5)


def from_bgr(pixels: Plane) -> RawFrame:
    """The frame of a (height, width, 3) picture with even height and width."""
    return unstack(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2YUV_I420), np.uint8), 0.0)


def _one_plane(plane: Plane, ellipse: Ellipse, value: int, scale: float) -> None:
    fine = 1 << _SHIFT
    centre = tuple(round(x * scale * fine) for x in ellipse.centre)
    axes = tuple(max(fine, round(x * scale * fine)) for x in ellipse.half_axes)
    # Smooth edges on luma only: nobody sees them in chroma, and they cost most of the drawing.
    line = cv2.LINE_AA if scale == 1.0 else cv2.LINE_8
    cv2.ellipse(plane, (centre[0], centre[1]), (axes[0], axes[1]), ellipse.angle, 0, 360, (value,), -1, line, _SHIFT)


_SHIFT = 3
