"""Pictures before encoding and after decoding: I420, eight bits, BT.601 limited range."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

type Plane = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class RawFrame:
    """One picture: planes of (height, width), (height / 2, width / 2) twice, rounded up; rows may be padded.

    `capture_ms` is monotonic. Planes are never written to once a frame was handed on: many may be looking at it.
    `stacked` is the same memory as one (height * 3 / 2, width) array where the planes lie one after the other.
    `again` says that nothing has changed since the picture before.
    """

    y: Plane
    u: Plane
    v: Plane
    capture_ms: float
    stacked: Plane | None = None
    again: bool = False

    @property
    def width_px(self) -> int:
        """The width of the luma plane."""
        return int(self.y.shape[1])

    @property
    def height_px(self) -> int:
        """The height of the luma plane."""
        return int(self.y.shape[0])


def unstack(stacked: Plane, capture_ms: float) -> RawFrame:
    """The frame whose planes lie in `stacked`, an array of (height * 3 / 2, width) with even height and width."""
    rows, width = stacked.shape
    height = rows * 2 // 3
    chroma = stacked[height:].reshape(2, height // 2, width // 2)
    return RawFrame(stacked[:height], chroma[0], chroma[1], capture_ms, stacked)


def blank(width_px: int, height_px: int, capture_ms: float = 0.0) -> RawFrame:
    """A frame with planes of its own, not initialised; the size is rounded up to even numbers."""
    width, height = even_up(width_px), even_up(height_px)
    return unstack(np.empty((height * 3 // 2, width), np.uint8), capture_ms)


def even_up(size_px: int) -> int:
    """The next even number, at least 2: chroma planes halve both directions."""
    return max(2, size_px + (size_px & 1))
