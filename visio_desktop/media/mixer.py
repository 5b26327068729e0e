"""Adds voices up to one block, with a limiter so that many loud ones never clip."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from visio_desktop.media.samples import BLOCK, Pcm, Samples, silence

CEILING: Final = 0.9
"""The limiter's aim; what a sudden peak still has above is bent, never cut."""

_RECOVER: Final = 0.02
_RAMP: Final = np.linspace(0, 1, 48, dtype=np.float32)


class Mixer:
    """The limiter's state between blocks."""

    def __init__(self) -> None:
        self._gain = 1.0

    def mix(self, voices: Iterable[tuple[Samples, float]]) -> Pcm:
        """One block of all voices, each with its gain; every sample stays below full scale."""
        total = silence()
        for samples, gain in voices:
            total += samples if gain == 1.0 else samples * np.float32(gain)
        return (self._limit(total) * 32767).astype(np.int16)

    def _limit(self, block: Samples) -> Samples:
        peak = float(np.abs(block).max())
        wanted = min(1.0, CEILING / peak) if peak > 0 else 1.0
        before, self._gain = self._gain, min(wanted, self._gain + _RECOVER)
        if before == self._gain == 1.0:
            return block
        gains = np.full(BLOCK, self._gain, dtype=np.float32)
        gains[: len(_RAMP)] = before + (self._gain - before) * _RAMP
        return _bend(block * gains)


def _bend(block: Samples) -> Samples:
    """Soft saturation of what is above the ceiling."""
    size = np.abs(block)
    over = size > CEILING
    if not over.any():
        return block
    room = 1 - CEILING
    above = (size - CEILING) / room
    bent = CEILING + room * above / (1 + above)
    return np.where(over, np.sign(block) * bent, block).astype(np.float32)
