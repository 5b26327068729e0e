"""Buttons that change their meaning under the pointer: what was aimed at somebody must not hit somebody else."""

from __future__ import annotations

from typing import Final

from visio_desktop.system.clock import Clock, monotonic_ms

UNSETTLED_MS: Final = 500
"""So long a press may still be meant for what stood there before."""


class Steady:
    """Whether what is shown has stood long enough to be what a press is meant for."""

    def __init__(self, now: Clock = monotonic_ms) -> None:
        self._now = now
        self._moved_at_ms: float | None = None

    def moved(self) -> None:
        """Something else stands there now."""
        self._moved_at_ms = self._now()

    @property
    def settled(self) -> bool:
        """Whether a press counts."""
        return self._moved_at_ms is None or self._now() - self._moved_at_ms >= UNSETTLED_MS
