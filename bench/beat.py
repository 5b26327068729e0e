"""A beat at every full second of the epoch, and the ear that hears how late it comes: mouth to ear.

A sample's time is that at which a real microphone would have heard it: a block handed over now ended just now. It is
played when the null speaker takes its block, which it does in real time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
PERIOD_MS = 1_000.0
_LASTS_MS = 60.0
_HZ = 1_000.0
_LOUD = 0.02
_QUIET_MS = 300.0
_WAVERS_BY_HZ = 100.0
_WAVERS_EACH_S = 3


def beat(now_ms: float, samples: int) -> NDArray[np.float32]:
    """The block that ends now, full scale being 1."""
    times_ms = now_ms + (np.arange(samples) - samples) * 1000 / RATE_HZ
    on = times_ms % PERIOD_MS < _LASTS_MS
    return np.where(on, 0.3 * np.sin(2 * np.pi * _HZ * times_ms / 1000), 0.0).astype(np.float32)


def warble(hz: float) -> NDArray[np.float32]:
    """A second, to be looped, of a tone that wavers: to Opus a steady one is background, which DTX does not send."""
    at_s = np.arange(RATE_HZ) / RATE_HZ
    waver = _WAVERS_BY_HZ / _WAVERS_EACH_S * np.sin(2 * np.pi * _WAVERS_EACH_S * at_s)
    return np.sin(2 * np.pi * hz * at_s + waver).astype(np.float32)


class BeatEar:
    """Notes when beats begin, and how long it is silent in between."""

    def __init__(self) -> None:
        self._onsets_ms: list[float] = []
        self._longest_ms = 0.0
        self._silent_since_ms: float | None = None

    def take(self, block: NDArray[np.float32], now_ms: float) -> None:
        """A block that begins to be played now."""
        loud = np.flatnonzero(np.abs(block) > _LOUD)
        if loud.size == 0:
            if self._silent_since_ms is None:
                self._silent_since_ms = now_ms
            self._longest_ms = max(self._longest_ms, now_ms + block.size * 1000 / RATE_HZ - self._silent_since_ms)
            return
        if self._silent_since_ms is not None and now_ms - self._silent_since_ms > _QUIET_MS:
            self._onsets_ms.append(now_ms + float(loud[0]) * 1000 / RATE_HZ)
        self._silent_since_ms = None

    def asked(self) -> tuple[float, list[float]]:
        """The longest silence and the beats' beginnings since last asked."""
        found = self._longest_ms, self._onsets_ms
        self._longest_ms, self._onsets_ms = 0.0, []
        return found


def delays_ms(onsets_ms: list[float]) -> list[float]:
    """How late each was; less than a period."""
    return [onset_ms % PERIOD_MS for onset_ms in onsets_ms]
