"""Makes speech shorter or longer by one pitch period without changing its pitch (waveform-similarity overlap-add)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from visio_desktop.media.samples import Samples

_COARSE: Final = 6
_MIN_LAG: Final = 120
_MAX_LAG: Final = 720
_ALIKE: Final = 0.85
_QUIET_POWER: Final = 1e-6
_FINE: Final = 5


def shorten(samples: Samples, *, force: bool = False) -> Samples:
    """The same sound without one period of 2.5 to 15 ms; unchanged where that would be heard (unless `force`)."""
    lag = _period(samples, force=force)
    if lag == 0:
        return samples
    blended = _blend(samples[:lag], samples[lag : 2 * lag])
    return np.concatenate((blended, samples[2 * lag :]))


def lengthen(samples: Samples, *, force: bool = False) -> Samples:
    """The same sound with one period of 2.5 to 15 ms played twice; unchanged where that would be heard."""
    lag = _period(samples, force=force)
    if lag == 0:
        return samples
    blended = _blend(samples[lag : 2 * lag], samples[:lag])
    return np.concatenate((samples[:lag], blended, samples[lag:]))


def _blend(first: Samples, second: Samples) -> Samples:
    ramp = np.linspace(0.0, 1.0, len(first), dtype=np.float32)
    return first + (second - first) * ramp


def _period(samples: Samples, *, force: bool) -> int:
    """The lag at which these samples are most like themselves, 0 if they are nowhere alike enough."""
    longest = min(_MAX_LAG, len(samples) // 2)
    if longest < 2 * _MIN_LAG:
        return 0
    if float(np.dot(samples, samples)) < _QUIET_POWER * len(samples):
        return longest
    usable = len(samples) // _COARSE * _COARSE
    coarse = samples[:usable].reshape(-1, _COARSE).mean(axis=1)
    lag, likeness = _best_lag(coarse, _MIN_LAG // _COARSE, longest // _COARSE)
    if likeness < _ALIKE and not force:
        return 0
    around = lag * _COARSE
    fine, _ = _best_lag(samples, max(around - _FINE, _MIN_LAG), min(around + _FINE, longest))
    return fine


def _best_lag(samples: Samples, shortest: int, longest: int) -> tuple[int, float]:
    """The lag of the greatest normalised correlation between the beginning and what follows it."""
    width = len(samples) - longest
    template = samples[:width]
    windows = sliding_window_view(samples, width)[shortest : longest + 1]
    powers = np.einsum("ij,ij->i", windows, windows) * float(np.dot(template, template))
    likeness = (windows @ template) / np.sqrt(powers + 1e-12)
    best = int(np.argmax(likeness))
    return shortest + best, float(likeness[best])
