"""The beat of all sound: every 10 ms as the output device counts them, or as the clock does where no device plays."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Final

from visio_desktop.media.samples import BLOCK_MS
from visio_desktop.system.clock import Clock

STALL_MS: Final = 100.0
"""A device silent for so long no longer sets the pace until it comes back."""

_MOST: Final = 50
"""Blocks made up for at once: what is not would leave what is heard later than what is played, for ever."""

type Wait = Callable[[float | None], bool]
"""Waits at most so many seconds (None: for ever) for a wake-up and says whether one came."""


class Beat:
    """One thread waits; a device's callback, or nobody, strikes."""

    def __init__(self, clock: Clock, wait: Wait | None = None) -> None:
        self._clock = clock
        self._event = Event()
        self._wait_event: Wait = wait or self._event.wait
        self._struck = 0
        self._counted = 0
        self._follows = False
        self._parked = True
        self._last_ms = 0.0
        self.stalled_since_ms: float | None = None

    def strike(self) -> None:
        """The device has taken a block. Thread-safe; one device at a time."""
        self._struck += 1
        self._event.set()

    def follow_device(self, follow: bool) -> None:
        """Let a device set the pace, or the clock."""
        self._counted = self._struck
        self._follows = follow
        self.stalled_since_ms = None
        self._event.set()

    def park(self, parked: bool) -> None:
        """Stop beating while there is nothing to do."""
        self._parked = parked
        self._event.set()

    def wake(self) -> None:
        """Let `wait` return early."""
        self._event.set()

    def wait(self) -> int:
        """Wait for the next beat and return how many 10 ms blocks are due; 0 after a mere wake-up."""
        if self._parked:
            self._wait_event(None)
            self._event.clear()
            self._last_ms = self._clock()
            return 0
        follows = self._follows and self.stalled_since_ms is None
        limit_ms = STALL_MS if follows else BLOCK_MS
        left_ms = self._last_ms + limit_ms - self._clock()
        if left_ms > 0:
            self._wait_event(left_ms / 1000)
        self._event.clear()
        return self._due(limit_ms)

    def _due(self, limit_ms: float) -> int:
        struck = self._struck - self._counted
        now_ms = self._clock()
        if self._follows and struck > 0:
            self._counted += struck
            self._last_ms, self.stalled_since_ms = now_ms, None
            return min(struck, _MOST)
        if now_ms - self._last_ms < limit_ms:
            return 0
        if self._follows and self.stalled_since_ms is None:
            self.stalled_since_ms = self._last_ms
        due = int((now_ms - self._last_ms) / BLOCK_MS)
        self._last_ms = self._last_ms + due * BLOCK_MS if due <= _MOST else now_ms
        return min(due, _MOST)
