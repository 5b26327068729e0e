"""Makes the picture of a dark room brighter, gently and without flicker."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Final

import numpy as np

from visio_desktop.media.opencv import cv2
from visio_desktop.media.raw import RawFrame

_WANTED: Final = 105.0
_STRONGEST: Final = 0.55
_SLOWNESS: Final = 0.04
_BLACK: Final = 16
_SPAN: Final = 219
_STEPS: Final = 64
_NOTHING: Final = 0.985


class Light:
    """Bends the luma curve so that the middle of the picture comes near a usual brightness; never makes darker."""

    def __init__(self) -> None:
        self._bend = 1.0

    def lift(self, frame: RawFrame) -> RawFrame:
        """The picture with its dark parts lifted; itself where it is bright enough."""
        wanted = _bend_for(float(np.median(cv2.resize(frame.y, (32, 18), interpolation=cv2.INTER_AREA))))
        self._bend += _SLOWNESS * (wanted - self._bend)
        bend = round(self._bend * _STEPS) / _STEPS
        if bend > _NOTHING:
            return frame
        return replace(frame, y=np.asarray(cv2.LUT(frame.y, _curve(bend)), np.uint8), stacked=None)


def _bend_for(middle: float) -> float:
    """The exponent that brings this brightness to the usual one."""
    part = min(max((middle - _BLACK) / _SPAN, 0.02), 0.98)
    return min(1.0, max(_STRONGEST, float(np.log((_WANTED - _BLACK) / _SPAN) / np.log(part))))


@cache
def _curve(bend: float) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    part = np.clip((np.arange(256) - _BLACK) / _SPAN, 0, 1)
    lifted = _BLACK + _SPAN * part**bend
    return np.where(np.arange(256) < _BLACK, np.arange(256), lifted).round().astype(np.uint8)
