"""Brings captured sound onto the playout clock: a queue between two clocks, read at a rate that holds its length.

The reader wants 960 samples each time; the queue makes them of slightly more or fewer of the writer's. What it could
not give in time and gave silence for is passed over when it comes: it would make all that follows late.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np

from visio_desktop.media.holding import Holding
from visio_desktop.media.interpolating import Interpolator
from visio_desktop.media.samples import FRAME, RATE_HZ, Samples
from visio_desktop.system.clock import Clock

_MARGIN: Final = 8
_SPARE: Final = 360
_START: Final = 1920
_TOO_LONG: Final = 24_000
_LONGEST_WAIT_MS: Final = 40.0
_LONG: Final = 500
_BAD_LUCK: Final = 2
_GIVEN_UP: Final = 25


class DriftQueue:
    """One thread writes interleaved samples of any length, one reads frames of 20 ms, interleaved as well."""

    def __init__(self, clock: Clock, channels: int = 1) -> None:
        self._clock = clock
        self._channels = channels
        self._inbox: deque[tuple[Samples, float]] = deque()
        self._written_ms = 0.0
        self._samples = np.zeros((0, channels), dtype=np.float32)
        self._interpolators = tuple(Interpolator() for _ in range(channels))
        self._holding = Holding()
        self._started = False
        self._owed = 0
        self._since_missed = 0
        self._episodes = 0
        self.missed = 0
        self.dropped = 0

    def write(self, samples: Samples) -> None:
        """Add captured samples; the caller gives the array away."""
        self._inbox.append((samples.reshape(-1, self._channels), self._clock()))

    @property
    def ratio(self) -> float:
        """Samples of the writer's that make one of the reader's."""
        return self._holding.ratio

    @property
    def backlog(self) -> int:
        """Samples of a channel captured and not yet read."""
        return len(self._samples) + sum(len(part) for part, _ in tuple(self._inbox))

    def read(self) -> Samples:
        """The next 960 samples of each channel on the reader's clock, silence while there are too few."""
        self._collect()
        self._started = self._started or len(self._samples) >= _START
        if not self._started:
            return np.zeros(FRAME * self._channels, dtype=np.float32)
        self._since_missed += 1
        if self._since_missed == _LONG:
            self._episodes = 0
        self._pay()
        if len(self._samples) < FRAME + _MARGIN:
            return self._miss()
        if self._owed == 0:
            self._correct(self._holding.update(len(self._samples) + self._due()))
        return self._take()

    def _due(self) -> float:
        """What the device has heard since it last gave something."""
        return min(self._clock() - self._written_ms, _LONGEST_WAIT_MS) * RATE_HZ / 1000

    def _collect(self) -> None:
        parts = [self._samples]
        while self._inbox:
            part, self._written_ms = self._inbox.popleft()
            parts.append(part)
        if len(parts) > 1:
            self._samples = np.concatenate(parts)
        if len(self._samples) > _TOO_LONG:
            self._cut(len(self._samples) - _START)
            self._holding.interrupt()

    def _miss(self) -> Samples:
        """Twice is bad luck: what comes late is passed over then. Again and again, more has to wait."""
        if self._since_missed > 1:
            self._episodes += 1
        if self._since_missed > 1 and self._episodes > _BAD_LUCK and self._holding.is_held:
            self._episodes = 0
            self._holding.allow(FRAME)
        elif self._holding.is_held:
            self._owed += FRAME
        self.missed += 1
        self._since_missed = 0
        self._holding.interrupt()
        return np.zeros(FRAME * self._channels, dtype=np.float32)

    def _pay(self) -> None:
        """What does not come within half a second never will."""
        if self._owed and len(self._samples) >= self._owed + FRAME + _SPARE:
            self._cut(self._owed)
            self._owed = 0
        elif self._since_missed == _GIVEN_UP:
            self._owed = 0

    def _correct(self, surplus: int) -> None:
        if surplus > 0:
            self._cut(min(surplus, len(self._samples) - FRAME - _MARGIN))
        elif surplus < 0:
            gap = np.zeros((-surplus, self._channels), dtype=np.float32)
            self._samples = np.concatenate((gap, self._samples))

    def _cut(self, count: int) -> None:
        self._samples = self._samples[count:]
        self.dropped += count

    def _take(self) -> Samples:
        ratio = self._holding.ratio
        _, used = self._interpolators[0].plan(FRAME, ratio)
        given, self._samples = self._samples[:used], self._samples[used:]
        read = [each.read(given[:, channel], FRAME, ratio) for channel, each in enumerate(self._interpolators)]
        return read[0] if self._channels == 1 else np.stack(read, axis=1).reshape(-1)
