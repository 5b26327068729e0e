"""How much delay a voice needs: from the jitter of its packets. Time is passed in; nothing here knows of sound."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

WINDOW: Final = 500
"""Packets looked back on: 10 s of 20 ms frames."""

MIN_TARGET_MS: Final = 20.0
MAX_TARGET_MS: Final = 400.0
_START_TARGET_MS: Final = 40.0
_QUANTILE: Final = 0.97
_MARGIN_MS: Final = 10.0
_RECOVERY_MS: Final = 35.0
_SETTLE: Final = 25
_EVERY: Final = 10
_LOSS_THAT_COUNTS: Final = 0.01


class DelayTarget:
    """Watches packets arrive and tells how far behind the fastest of them playout should stay."""

    def __init__(self) -> None:
        self._transits = np.zeros(WINDOW)
        self._count = 0
        self._fastest_ms = math.inf
        self._loss = 0.0
        self._newest_sequence: int | None = None
        self.hold_ms = 0.0
        """How much more it is to be than the network asks for: what belongs to the voice comes later."""
        self._aimed_ms = _START_TARGET_MS

    @property
    def target_ms(self) -> float:
        """How far behind the fastest packets playout should stay."""
        return self._aimed_ms + self.hold_ms

    def observe(self, now_ms: float, media_ms: float, sequence: int) -> float:
        """Take note of a packet and return how many milliseconds later it came than the fastest of the window."""
        self._observe_loss(sequence)
        transit_ms = now_ms - media_ms
        slot = self._count % WINDOW
        forgotten_ms = self._transits[slot] if self._count >= WINDOW else math.inf
        self._transits[slot] = transit_ms
        self._count += 1
        if transit_ms < self._fastest_ms:
            self._fastest_ms = transit_ms
        elif forgotten_ms <= self._fastest_ms:
            self._fastest_ms = float(self._transits.min())
        if self._count % _EVERY == 0 and self._count >= _SETTLE:
            self._aim()
        return transit_ms - self._fastest_ms

    def reset(self) -> None:
        """Forget all packets, not the target: the sender's clock jumped."""
        self._count = 0
        self._fastest_ms = math.inf
        self._newest_sequence = None

    def _observe_loss(self, sequence: int) -> None:
        newest = self._newest_sequence
        if newest is None or sequence > newest:
            missing = 0 if newest is None else min(sequence - newest - 1, 10)
            self._loss += 0.01 * (min(missing, 1) - self._loss)
            self._newest_sequence = sequence

    def _aim(self) -> None:
        seen = self._transits[: self._count]
        rank = int(_QUANTILE * (len(seen) - 1))
        late_ms = float(np.partition(seen, rank)[rank]) - self._fastest_ms
        # The next frame carries what the lost one needs to be recovered: wait for it where packets get lost.
        least_ms = _RECOVERY_MS if self._loss > _LOSS_THAT_COUNTS else MIN_TARGET_MS
        self._aimed_ms = min(max(late_ms + _MARGIN_MS, least_ms), MAX_TARGET_MS)
