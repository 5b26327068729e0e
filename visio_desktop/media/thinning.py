"""Which pictures of a capture that is faster than wanted are left out."""

from __future__ import annotations


class Thinning:
    """Lets pictures through at a rate, evenly."""

    def __init__(self, fps: int) -> None:
        self._interval_ms = 1000 / fps
        self._due_ms = float("-inf")

    def is_due(self, capture_ms: float) -> bool:
        """Whether this picture, later than those before, is one to send."""
        if capture_ms < self._due_ms - self._interval_ms / 4:
            return False
        late = capture_ms - self._due_ms > self._interval_ms
        self._due_ms = (capture_ms if late else self._due_ms) + self._interval_ms
        return True
