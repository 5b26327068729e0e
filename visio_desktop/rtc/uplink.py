"""How much the path from us carries, where the other side does not tell: judged by the loss and delay it reports.

In the manner of Google congestion control's loss-based part (draft-ietf-rmcat-gcc, section 6), with the round trip
time as a second witness: a queue shows there before it overflows. Nothing is limited until something was seen.
"""

from __future__ import annotations

from collections import deque

LOWEST_BPS = 100_000
FREE_BPS = 10_000_000
_RATE_WINDOW_MS = 1000.0
_LOSS_HIGH = 0.10
_LOSS_LOW = 0.02
_QUEUE_HIGH_MS = 100.0
_QUEUE_LOW_MS = 50.0
_QUEUED_IN_A_ROW = 2
_QUEUE_DECREASE = 0.8
_LOSS_DECREASE = 0.9
_INCREASE = 1.05
_INCREASE_IN_DOUBT = 1.02
_INCREASE_BPS = 10_000
_HOLD_MS = 1500.0
_EVERY_MS = 500.0
_FASTEST_OF = 60


class UplinkEstimator:
    """The estimate for one transport; times are of one clock, any."""

    def __init__(self) -> None:
        self.target_bps: int | None = None
        self._sent: deque[tuple[float, int]] = deque()
        self._sent_bytes = 0
        self._round_trips: deque[float] = deque(maxlen=_FASTEST_OF)
        self._queued = 0
        self._judged_ms = 0.0
        self._hold_until_ms = 0.0

    def sent(self, size_bytes: int, now_ms: float) -> None:
        """A frame was sent."""
        self._sent.append((now_ms, size_bytes))
        self._sent_bytes += size_bytes
        self._forget(now_ms)

    def reported(self, loss_fraction: float, rtt_ms: float | None, now_ms: float) -> None:
        """A receiver report came."""
        if rtt_ms is not None:
            self._round_trips.append(rtt_ms)
        if now_ms - self._judged_ms < _EVERY_MS:
            return
        self._judged_ms = now_ms
        queue_ms = 0.0 if rtt_ms is None else rtt_ms - min(self._round_trips)
        self._queued = self._queued + 1 if queue_ms > _QUEUE_HIGH_MS else 0
        if loss_fraction > _LOSS_HIGH:
            self._decrease(_LOSS_DECREASE * (1 - loss_fraction), now_ms)
        elif self._queued >= _QUEUED_IN_A_ROW:
            self._decrease(_QUEUE_DECREASE, now_ms)
        elif queue_ms < _QUEUE_LOW_MS:
            self._increase(_INCREASE if loss_fraction < _LOSS_LOW else _INCREASE_IN_DOUBT, now_ms)

    def _decrease(self, factor: float, now_ms: float) -> None:
        self._forget(now_ms)
        if now_ms < self._hold_until_ms or not self._sent_bytes:
            return
        rate_bps = self._sent_bytes * 8000 / _RATE_WINDOW_MS
        if self.target_bps is not None:
            rate_bps = min(rate_bps, self.target_bps)
        self.target_bps = max(LOWEST_BPS, int(rate_bps * factor))
        self._hold_until_ms = now_ms + _HOLD_MS

    def _increase(self, factor: float, now_ms: float) -> None:
        if self.target_bps is None or now_ms < self._hold_until_ms:
            return
        self.target_bps = min(int(self.target_bps * factor) + _INCREASE_BPS, FREE_BPS)

    def _forget(self, now_ms: float) -> None:
        while self._sent and self._sent[0][0] < now_ms - _RATE_WINDOW_MS:
            self._sent_bytes -= self._sent.popleft()[1]
