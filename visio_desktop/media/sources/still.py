"""A picture of one's own in the camera's place: read once, then given again for whoever comes; no camera is opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from visio_desktop.media.errors import EffectError
from visio_desktop.media.look.images import open_image
from visio_desktop.media.opencv import cv2
from visio_desktop.media.raw import Plane, RawFrame
from visio_desktop.media.scale import contain
from visio_desktop.media.sources.drawing import from_bgr
from visio_desktop.media.sources.pace import sleep_ms
from visio_desktop.media.sources.port import CaptureSize
from visio_desktop.media.sources.settling import REPEAT_MS
from visio_desktop.meeting.look import OWN_IMAGE
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.system.clock import Clock

_GROUND_BGR = (0x38, 0x2A, 0x2A)


class StillSource:
    """The picture of `file:PATH`, whole, in the size a camera is asked for. Raises `EffectError` as a background does.

    It is the size of the camera's, so that turning the camera on needs nothing to be agreed on anew.
    """

    def __init__(
        self, still: str, size: CaptureSize, *, clock: Clock, sleep: Callable[[float], None] = sleep_ms
    ) -> None:
        self._clock, self._sleep = clock, sleep
        try:
            pixels = open_image(OWN_IMAGE + still.removeprefix(OWN_IMAGE))
        except EffectError as error:
            raise EffectError(Problem(ProblemCode.STILL_IMAGE, error.problem.subject), str(error)) from error
        self._frame = from_bgr(_framed(pixels, (size.width_px, size.height_px)))
        self._given = False

    @property
    def name(self) -> str:
        """What it is; not the file's name, which is nobody's business."""
        return "still"

    def read(self) -> RawFrame:
        """The picture at once, then again about once a second."""
        if self._given:
            self._sleep(REPEAT_MS)
        frame = replace(self._frame, capture_ms=self._clock(), again=self._given)
        self._given = True
        return frame

    def close(self) -> None:
        """Nothing is held."""


def _framed(pixels: Plane, size_px: tuple[int, int]) -> Plane:
    """The whole picture in the middle of a dark one of this size."""
    fit = contain((pixels.shape[1], pixels.shape[0]), size_px)
    width, height = min(fit.width_px, size_px[0]), min(fit.height_px, size_px[1])
    small = width < pixels.shape[1]
    method = cv2.INTER_AREA if small else cv2.INTER_LINEAR
    framed = np.empty((size_px[1], size_px[0], 3), np.uint8)
    framed[:] = _GROUND_BGR
    left, top = (size_px[0] - width) // 2, (size_px[1] - height) // 2
    framed[top : top + height, left : left + width] = cv2.resize(pixels, (width, height), interpolation=method)
    return framed
