"""Brings captured sound onto the playout clock: a queue between two clocks, read at a rate that keeps it short.

The reader wants 960 samples each time; the queue makes them of slightly more or fewer of the writer's (at most 0.5 %).
"""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np

from visio_desktop.media.samples import BLOCK, FRAME, Samples, silence

MAX_CORRECTION: Final = 0.005
_SPARE: Final = 360
_START: Final = 1440
_TOO_LONG: Final = 7200
_WINDOW: Final = 50
_STEPS: Final = np.arange(FRAME)


class DriftQueue:
    """One thread writes blocks of any length, one reads frames of 20 ms."""

    def __init__(self) -> None:
        self._inbox: deque[Samples] = deque()
        self._samples = silence(1)
        self._position = 1.0
        self._levels: deque[int] = deque(maxlen=_WINDOW)
        self._started = False
        self.ratio = 1.0
        self.missed = 0
        self.dropped = 0

    def write(self, samples: Samples) -> None:
        """Add captured samples; the caller gives the array away."""
        self._inbox.append(samples)

    @property
    def backlog(self) -> int:
        """Samples captured and not yet read."""
        return max(len(self._samples) - int(self._position), 0) + sum(len(part) for part in tuple(self._inbox))

    def read(self) -> Samples:
        """The next 960 samples on the reader's clock, silence while there are too few."""
        self._collect()
        level = len(self._samples) - int(self._position)
        if not self._started and level < _START:
            return silence(FRAME)
        self._started = True
        if level < FRAME * (1 + MAX_CORRECTION) + 3:
            self.missed += 1
            self._levels.append(level)
            return silence(FRAME)
        self._levels.append(level)
        self._steer(min(self._levels))
        return self._take()

    def _collect(self) -> None:
        parts = [self._samples]
        while self._inbox:
            parts.append(self._inbox.popleft())
        if len(parts) > 1:
            self._samples = np.concatenate(parts)
        surplus = len(self._samples) - _TOO_LONG
        if surplus > 0:
            cut = len(self._samples) - _START
            self._samples = self._samples[cut:]
            self._position = 1.0
            self._levels.clear()
            self.dropped += cut

    def _steer(self, lowest: int) -> None:
        """The lowest level of the last second, bursts taken out, is held at its goal."""
        self.ratio = 1 + MAX_CORRECTION * min(max((lowest - FRAME - _SPARE) / BLOCK, -1.0), 1.0)

    def _take(self) -> Samples:
        """Catmull-Rom interpolation at the positions of the reader's samples."""
        positions = self._position + self.ratio * _STEPS
        whole = positions.astype(np.int64)
        part = (positions - whole).astype(np.float32)
        a, b, c, d = (self._samples[whole + offset] for offset in (-1, 0, 1, 2))
        taken = b + 0.5 * part * (c - a + part * (2 * a - 5 * b + 4 * c - d + part * (3 * (b - c) + d - a)))
        end = self._position + self.ratio * FRAME
        keep = int(end) - 1
        self._samples = self._samples[keep:]
        self._position = end - keep
        return taken.astype(np.float32)


class DriftQueues:
    """One for each channel, fed and read together, so that they stay in step."""

    def __init__(self, channels: int) -> None:
        self._queues = tuple(DriftQueue() for _ in range(channels))

    def write(self, samples: Samples) -> None:
        """Add captured samples, interleaved; the caller gives the array away."""
        for channel, queue in enumerate(self._queues):
            queue.write(samples[channel :: len(self._queues)])

    @property
    def backlog(self) -> int:
        """Samples of a channel captured and not yet read."""
        return self._queues[0].backlog

    def read(self) -> Samples:
        """The next 20 ms, interleaved; silence while there are too few."""
        if len(self._queues) == 1:
            return self._queues[0].read()
        return np.stack([queue.read() for queue in self._queues], axis=1).reshape(-1)
