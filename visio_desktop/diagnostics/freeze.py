"""How long a painted picture stood still, as WebRTC statistics define it.

A gap between two painted frames is a freeze when it is longer than max(3 x mean, mean + 150 ms), the mean being that of
the frame intervals before it (webrtc-stats, `freezeCount` and `totalFreezesDuration`).
"""

from __future__ import annotations

from collections import deque

_KEPT_INTERVALS = 30
_MARGIN_MS = 150.0
_FACTOR = 3.0


class FreezeMeter:
    """Counts freezes of one tile. Times are monotonic milliseconds."""

    def __init__(self) -> None:
        self.frames_painted = 0
        self.freeze_count = 0
        self._frozen_ms = 0.0
        self._last_ms: float | None = None
        self._intervals_ms: deque[float] = deque(maxlen=_KEPT_INTERVALS)

    @property
    def frozen_ms(self) -> float:
        """The sum of all freezes that have ended."""
        return self._frozen_ms

    def painted(self, now_ms: float) -> None:
        """A new frame was painted."""
        self.frames_painted += 1
        if self._last_ms is not None:
            gap_ms = now_ms - self._last_ms
            if self._is_freeze(gap_ms):
                self.freeze_count += 1
                self._frozen_ms += gap_ms
            self._intervals_ms.append(gap_ms)
        self._last_ms = now_ms

    def paused(self) -> None:
        """Nothing is meant to be shown now (muted, hidden): the gap to the next frame is no freeze."""
        self._last_ms = None

    def frozen_until_ms(self, now_ms: float) -> float:
        """The sum of all freezes, the one still going on included."""
        gap_ms = 0.0 if self._last_ms is None else now_ms - self._last_ms
        return self._frozen_ms + (gap_ms if self._is_freeze(gap_ms) else 0.0)

    def _is_freeze(self, gap_ms: float) -> bool:
        if not self._intervals_ms:
            return False
        mean_ms = sum(self._intervals_ms) / len(self._intervals_ms)
        return gap_ms > max(_FACTOR * mean_ms, mean_ms + _MARGIN_MS)
