"""For how long no media came in: what an interruption of the network cost those who listen."""

from __future__ import annotations

from visio_desktop.system.clock import Clock

_FLOWING_MS = 4_000.0


class MediaGap:
    """Hears of each RTP packet; the longest silence is kept from `begin` on, the one under way then included."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last_ms: float | None = None
        self._longest_ms = 0.0
        self._flowed = False

    def heard(self) -> None:
        """A packet came in."""
        now_ms = self._clock()
        if self._last_ms is not None and now_ms - self._last_ms > self._longest_ms:
            self._longest_ms = now_ms - self._last_ms
        self._last_ms = now_ms

    def begin(self) -> None:
        """Measure from here on."""
        self._longest_ms = 0.0
        self._flowed = self._last_ms is not None and self._clock() - self._last_ms < _FLOWING_MS

    def quiet_ms(self) -> float:
        """How long it has been silent now; 0 where nothing can be missed."""
        return self._clock() - self._last_ms if self._flowed and self._last_ms is not None else 0.0

    def longest_ms(self) -> float:
        """The longest silence since `begin`; 0 where nothing came in before it, as nothing could be missed."""
        return max(self._longest_ms, self.quiet_ms()) if self._flowed else 0.0
