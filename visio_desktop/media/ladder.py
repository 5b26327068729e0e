"""Which picture size a bitrate is worth: half the size, well drawn, is better than the full size in blocks."""

from __future__ import annotations

from math import ceil

from visio_desktop.media.encoders import EncodeSettings

_LEAST_BITS_PER_PIXEL = 0.018
_UP_AGAIN = 1.5
_SMALLEST_HEIGHT_PX = 120


def _even(size_px: float) -> int:
    return max(2, ceil(size_px / 2) * 2)


class Ladder:
    """Chooses among the full size, a half and a quarter of it, with room between going down and up again.

    A shared screen keeps its size, since small text is no text; there pictures are left out instead.
    """

    def __init__(self, settings: EncodeSettings) -> None:
        width, height = settings.width_px, settings.height_px
        small_enough = () if settings.screen else (f for f in (2, 4) if height / f >= _SMALLEST_HEIGHT_PX)
        self._rungs = tuple((_even(width / factor), _even(height / factor)) for factor in (1, *small_enough))
        self._fps = settings.fps
        self._rung = 0

    def size_px(self, target_bps: int) -> tuple[int, int]:
        """The width and height for a bitrate, given the size used so far."""
        while self._rung > 0 and target_bps >= _UP_AGAIN * self._least_bps(self._rung - 1):
            self._rung -= 1
        while self._rung < len(self._rungs) - 1 and target_bps < self._least_bps(self._rung):
            self._rung += 1
        return self._rungs[self._rung]

    def _least_bps(self, rung: int) -> float:
        width, height = self._rungs[rung]
        return _LEAST_BITS_PER_PIXEL * width * height * self._fps
