"""Whether this machine keeps up with pictures, and with how much of the work it may go on if it does not."""

from __future__ import annotations

_FULL = 0.9
_ROOM = 0.5
_NEW_PART = 0.1
_PATIENCE_MS = 8_000.0
_FIRST_WAIT_MS = 20_000.0
_LONGEST_WAIT_MS = 600_000.0


class Overload:
    """Takes a step away where the work takes longer than pictures come for some time; `allowed` of them are left.

    It comes back once there is room for it, the first time after 20 s, after every further try later. `exhausted`: even
    the last step that is left was too much for as long.
    """

    def __init__(self, interval_ms: float, steps: int) -> None:
        self._interval_ms = interval_ms
        self._steps = self.allowed = steps
        self.exhausted = False
        self._load = 0.0
        self._full_since_ms: float | None = None
        self._back_at_ms = 0.0
        self._wait_ms = _FIRST_WAIT_MS

    def took(self, spent_ms: float, now_ms: float) -> None:
        """One picture's work took so long."""
        self._load += _NEW_PART * (spent_ms / self._interval_ms - self._load)
        if self._load < _FULL:
            self._full_since_ms = None
            self._come_back(now_ms)
        elif self._full_since_ms is None:
            self._full_since_ms = now_ms
        elif now_ms - self._full_since_ms >= _PATIENCE_MS:
            self._give_way(now_ms)

    def _give_way(self, now_ms: float) -> None:
        if self.allowed > 1:
            self.allowed -= 1
            self._back_at_ms = now_ms + self._wait_ms
            self._wait_ms = min(2 * self._wait_ms, _LONGEST_WAIT_MS)
            self._load, self._full_since_ms = 0.0, None
        else:
            self.exhausted = True

    def _come_back(self, now_ms: float) -> None:
        if self.allowed < self._steps and now_ms >= self._back_at_ms and self._load < _ROOM:
            self.allowed += 1
            self._back_at_ms = now_ms + self._wait_ms
