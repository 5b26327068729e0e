"""The one shape of sound inside this package: mono float samples at 48 kHz, in blocks of 10 ms."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

type Samples = NDArray[np.float32]
"""Mono samples between -1 and 1 at `RATE_HZ`."""

type Pcm = NDArray[np.int16]
"""Mono samples as devices and codecs take them."""

RATE_HZ = 48_000
BLOCK = 480
BLOCK_MS = 10
FRAME = 960
"""Samples of one encoded frame, 20 ms."""

SILENCE_DB = -127.0
_QUIETEST = 10 ** (SILENCE_DB / 10)


def silence(samples: int = BLOCK) -> Samples:
    """Fresh samples of nothing."""
    return np.zeros(samples, dtype=np.float32)


def level_db(samples: Samples) -> float:
    """The power of some samples in dB of full scale, -127 to 0."""
    power = float(np.dot(samples, samples)) / max(len(samples), 1)
    return min(0.0, 10 * math.log10(power)) if power > _QUIETEST else SILENCE_DB


def to_pcm(samples: Samples) -> Pcm:
    """Samples for a device; what is beyond full scale is clipped."""
    return (np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16)


def from_pcm(pcm: Pcm) -> Samples:
    """Samples from a device."""
    return pcm.astype(np.float32) * np.float32(1 / 32768)
