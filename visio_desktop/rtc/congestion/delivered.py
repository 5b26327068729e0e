"""How fast packets arrive at the other side."""

from __future__ import annotations

from collections import deque

_WINDOW_MS = 500.0
_NOW_MS = 160.0
_NOW_PACKETS = 4
_SPAN_MIN_MS = 150.0


class DeliveredRate:
    """The rate over the last half second, on the receiver's clock."""

    def __init__(self) -> None:
        self._arrivals: deque[tuple[float, int]] = deque()
        self._bytes = 0
        self._newest_ms = 0.0
        self._first_ms: float | None = None

    def add(self, arrival_ms: float, size_bytes: int) -> None:
        """A packet arrived."""
        arrivals = self._arrivals
        if self._first_ms is None or arrival_ms - self._newest_ms > _WINDOW_MS:
            self._first_ms = arrival_ms
        self._newest_ms = max(self._newest_ms, arrival_ms)
        arrivals.append((arrival_ms, size_bytes))
        self._bytes += size_bytes
        while arrivals[0][0] <= self._newest_ms - _WINDOW_MS:
            self._bytes -= arrivals.popleft()[1]

    @property
    def bps(self) -> float | None:
        """The rate, None until it can be told."""
        if self._first_ms is None:
            return None
        lasted_ms = self._newest_ms - self._first_ms
        return self._bytes * 8000 / min(lasted_ms, _WINDOW_MS) if lasted_ms >= _SPAN_MIN_MS else None

    @property
    def now_bps(self) -> float | None:
        """The rate over the last sixth of a second: rough, but of use when the way has just narrowed.

        None also while too little came in it: that is a pause, and says nothing of the way.
        """
        since_ms = self._newest_ms - _NOW_MS
        sizes = [size for arrival_ms, size in self._arrivals if arrival_ms > since_ms]
        return None if self.bps is None or len(sizes) < _NOW_PACKETS else sum(sizes) * 8000 / _NOW_MS
