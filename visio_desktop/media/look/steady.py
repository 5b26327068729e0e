"""Keeps the edge between person and room calm from one picture to the next."""

from __future__ import annotations

from typing import Final

import numpy as np

from visio_desktop.media.look.segmenter import Mask
from visio_desktop.media.opencv import cv2

_KEPT: Final = 0.85
_SOFTNESS_PX: Final = 1.0
_ROOM: Final = 0.22
_PERSON: Final = 0.8


class Steady:
    """Where the network is sure its word counts at once; where it doubts, what it said before is kept for longer."""

    def __init__(self) -> None:
        self._before: Mask | None = None

    def follow(self, found: Mask) -> Mask:
        """The mask to use; `found` is not written to."""
        before = self._before
        if before is None:
            self._before = found
        else:
            doubt = 1 - np.square(2 * found - 1)
            self._before = np.asarray(found + (before - found) * (_KEPT * doubt), np.float32)
        return _edged(self._before)


def _edged(mask: Mask) -> Mask:
    """Clear on both sides, soft in between; what is hardly a person is room."""
    soft = cv2.GaussianBlur(mask, (0, 0), _SOFTNESS_PX)
    t = np.clip((soft - _ROOM) / (_PERSON - _ROOM), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)
