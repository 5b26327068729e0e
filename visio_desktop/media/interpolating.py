"""Reads sound slightly faster or slower than it was made: sinc interpolation at places that move by whole ticks.

A tick is 1/512 of a sample, and filters exist for each of them, so that no place is rounded. Within a piece in which
the place moves by no more than a quarter of a sample, two filters, that of its beginning and that of its end, are faded
into each other: two convolutions, instead of a filter for each sample.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from visio_desktop.media.samples import Samples, silence

TICKS: Final = 512
"""Ticks of a sample."""

TAPS: Final = 32
_FIRST: Final = 1  # the place may move back by a sample within a read
_MIDDLE: Final = TAPS // 2 - 1
_PAST: Final = TAPS + _FIRST

DELAY: Final = _PAST - _FIRST - _MIDDLE
"""Samples that what is read lies behind what was given."""

_KAISER: Final = 7.0
_MOST_MOVED: Final = TICKS // 4


@cache
def _filters() -> NDArray[np.float32]:
    """For each tick the windowed sinc that gives the sample so far behind the middle, ready to be convolved with."""
    ticks = np.arange(TICKS)[:, np.newaxis] / TICKS
    places = np.arange(TAPS)[np.newaxis, :] - _MIDDLE - ticks
    window = np.i0(_KAISER * np.sqrt(np.maximum(0.0, 1 - (places / (TAPS // 2)) ** 2))) / np.i0(_KAISER)
    filters = np.sinc(places) * window
    return (filters / filters.sum(axis=1, keepdims=True))[:, ::-1].astype(np.float32)


class Interpolator:
    """Keeps the place between two reads, and the samples before it."""

    def __init__(self) -> None:
        self._past = silence(_PAST)
        self._tick = 0
        self._owed = 0.0

    def plan(self, count: int, ratio: float) -> tuple[int, int]:
        """How far the place moves beside `count` samples, in ticks, and how many samples the next read uses up."""
        moved = round(self._owed + count * (ratio - 1) * TICKS)
        return moved, (self._tick + count * TICKS + moved) // TICKS

    def read(self, given: Samples, count: int, ratio: float) -> Samples:
        """`count` samples out of exactly those that `plan` wants for the same `count` and `ratio`."""
        moved, used = self.plan(count, ratio)
        self._owed += count * (ratio - 1) * TICKS - moved
        sound = np.concatenate((self._past, given))
        self._past = sound[used:]
        if moved == self._tick == 0:
            return sound[_FIRST + _MIDDLE : _FIRST + _MIDDLE + count]
        pieces = -(-abs(moved) // _MOST_MOVED) or 1
        bounds = [(count * n // pieces, moved * n // pieces) for n in range(pieces + 1)]
        read = [
            self._piece(sound, begin, end, self._tick + before, self._tick + after)
            for (begin, before), (end, after) in pairwise(bounds)
        ]
        self._tick = (self._tick + moved) % TICKS
        return read[0] if pieces == 1 else np.concatenate(read)

    @staticmethod
    def _piece(sound: Samples, begin: int, end: int, from_tick: int, to_tick: int) -> Samples:
        first = _at(sound, begin, end, from_tick)
        if from_tick == to_tick:
            return first
        return first + (_at(sound, begin, end, to_tick) - first) * _ramp(end - begin)


def _at(sound: Samples, begin: int, end: int, tick: int) -> Samples:
    """The samples of a piece, all of them so many ticks behind their place."""
    whole, part = divmod(tick, TICKS)
    start = begin + whole + _FIRST
    read: Samples = np.convolve(sound[start : start + end - begin + TAPS - 1], _filters()[part], "valid")
    return read


@cache
def _ramp(length: int) -> Samples:
    return np.arange(length, dtype=np.float32) / np.float32(length)
