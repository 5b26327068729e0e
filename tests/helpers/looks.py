"""Pictures of somebody in a room, and what tells whether the room can be made out."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from visio_desktop.media.errors import EffectError
from visio_desktop.media.look.segmenter import HEIGHT_PX, WIDTH_PX, Mask
from visio_desktop.media.raw import Plane, RawFrame, blank
from visio_desktop.media.sources.drawing import from_bgr
from visio_desktop.meeting.values import Problem, ProblemCode

PERSON = Path(__file__).resolve().parent.parent / "data" / "person.jpg"
BROKEN = Problem(ProblemCode.BACKGROUND_FAILED)


def person(width_px: int = 1280, height_px: int = 720) -> RawFrame:
    """Somebody in front of a flag and a model, photographed."""
    pixels = cv2.imread(str(PERSON))
    assert pixels is not None
    return from_bgr(np.asarray(cv2.resize(pixels, (width_px, height_px)), np.uint8))


def papers(width_px: int, height_px: int, number: int = 0) -> RawFrame:
    """A room full of small print: every second pixel is black."""
    frame = blank(width_px, height_px, number * 100 / 3)
    frame.y[:] = 30
    frame.y[number % 2 :: 2, ::2] = 220
    frame.u[:], frame.v[:] = 128, 128
    return frame


def shows_papers(frame: RawFrame) -> bool:
    """Whether the print can be read anywhere: neighbours differ much."""
    luma = frame.y.astype(np.int16)
    return bool((np.abs(luma[:, 1:] - luma[:, :-1]) > 90).any())


class NobodyThere:
    """Finds a person of some pixels in the middle, until it is `broken`."""

    def __init__(self) -> None:
        self.broken = False
        self.asked = 0

    def find(self, frame: RawFrame) -> Mask:
        self.asked += 1
        if self.broken:
            raise EffectError(BROKEN, "on purpose")
        return np.zeros((HEIGHT_PX, WIDTH_PX), np.float32)


def checks(width_px: int, height_px: int) -> Plane:
    """A picture as files hold it."""
    pixels = np.zeros((height_px, width_px, 3), np.uint8)
    pixels[: height_px // 2] = (40, 120, 220)
    pixels[height_px // 2 :] = (200, 60, 20)
    return pixels
