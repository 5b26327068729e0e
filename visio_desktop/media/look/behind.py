"""What is seen around the person: the room out of focus, or another picture; and putting the person before it."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from visio_desktop.media.look.segmenter import Mask
from visio_desktop.media.opencv import cv2
from visio_desktop.media.raw import Plane, RawFrame, blank, even_up, unstack
from visio_desktop.media.scale import Fit, cover, scale, scale_into

STRONG: Final = 3.4
SLIGHT: Final = 1.5
_SMALL_HEIGHT_PX: Final = 90
_FAINT: Final = 0.02


class Behind(Protocol):
    """What is put around the person."""

    def behind(self, frame: RawFrame, mask: Mask) -> RawFrame:
        """It in the size of the frame, which has even sides."""


class Blurred:
    """The room itself. `spread` is the blur's standard deviation in ninetieths of the picture's height.

    The person is left out of what is blurred, or there would be a glow of them around their edge.
    """

    def __init__(self, spread: float) -> None:
        self._spread = spread

    def behind(self, frame: RawFrame, mask: Mask) -> RawFrame:
        """The room out of focus; blurred in a small picture, as nothing fine is left of it."""
        width = even_up(round(_SMALL_HEIGHT_PX * frame.width_px / frame.height_px))
        small = blank(width, _SMALL_HEIGHT_PX)
        scale_into(frame, Fit(0, 0, frame.width_px, frame.height_px, width, _SMALL_HEIGHT_PX), small)
        room = 1 + _FAINT - cv2.resize(mask, (width, _SMALL_HEIGHT_PX), interpolation=cv2.INTER_AREA)
        half = cv2.resize(room, (width // 2, _SMALL_HEIGHT_PX // 2), interpolation=cv2.INTER_AREA)
        for plane, share, spread in ((small.y, room, 1.0), (small.u, half, 0.5), (small.v, half, 0.5)):
            plane[:] = _blur(plane, np.asarray(share, np.float32), self._spread * spread)
        large = blank(frame.width_px, frame.height_px, frame.capture_ms)
        scale_into(small, Fit(0, 0, width, _SMALL_HEIGHT_PX, frame.width_px, frame.height_px), large)
        return large


class Still:
    """A picture as (height, width, 3) pixels in the order blue, green, red; cut to fill."""

    def __init__(self, pixels: Plane) -> None:
        height, width = pixels.shape[0] & ~1, pixels.shape[1] & ~1
        stacked = cv2.cvtColor(np.ascontiguousarray(pixels[:height, :width]), cv2.COLOR_BGR2YUV_I420)
        self._whole = unstack(np.asarray(stacked, np.uint8), 0.0)
        self._fitted = self._whole

    def behind(self, frame: RawFrame, mask: Mask) -> RawFrame:  # noqa: ARG002 - as every background is asked
        """The picture."""
        if (self._fitted.width_px, self._fitted.height_px) != (frame.width_px, frame.height_px):
            whole_px = (self._whole.width_px, self._whole.height_px)
            self._fitted = scale(self._whole, cover(whole_px, (frame.width_px, frame.height_px)))
        return self._fitted


def blend(person: RawFrame, behind: RawFrame, mask: Mask) -> RawFrame:
    """The person before what is behind them; both of the same even size."""
    result = blank(person.width_px, person.height_px, person.capture_ms)
    front = cv2.resize(mask, (person.width_px, person.height_px), interpolation=cv2.INTER_LINEAR)
    front_half = cv2.resize(mask, (person.width_px // 2, person.height_px // 2), interpolation=cv2.INTER_LINEAR)
    back, back_half = cv2.subtract(1.0, front), cv2.subtract(1.0, front_half)  # type: ignore[call-overload] # a scalar
    cv2.blendLinear(person.y, behind.y, front, back, dst=result.y)
    cv2.blendLinear(person.u, behind.u, front_half, back_half, dst=result.u)
    cv2.blendLinear(person.v, behind.v, front_half, back_half, dst=result.v)
    return result


def _blur(plane: Plane, share: npt.NDArray[np.float32], spread: float) -> npt.NDArray[np.float32]:
    """Each pixel counted as much as `share` says."""
    weighted = cv2.GaussianBlur(plane * share, (0, 0), spread)
    return np.asarray(weighted / cv2.GaussianBlur(share, (0, 0), spread), np.float32)
