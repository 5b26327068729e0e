"""When to ask the sender for a key frame (RFC 4585, 6.3.1): at once, then ever less often until one comes."""

from __future__ import annotations

FIRST_WAIT_MS = 250.0
LONGEST_WAIT_MS = 600.0


class KeyFrameRequests:
    """Thins out the questions of one stream."""

    __slots__ = ("_asked_ms", "_wait_ms", "_wanted", "asked")

    def __init__(self) -> None:
        self.asked = 0
        self._wanted = False
        self._asked_ms: float | None = None
        self._wait_ms = FIRST_WAIT_MS

    def want(self) -> None:
        """Ask until a key frame comes."""
        self._wanted = True

    def due(self, now_ms: float, *, needed: bool) -> bool:
        """Whether to ask now; `needed` says that nothing can be shown without a key frame."""
        if not (needed or self._wanted):
            return False
        if self._asked_ms is not None and now_ms - self._asked_ms < self._wait_ms:
            return False
        if self._asked_ms is not None and now_ms - self._asked_ms < 2 * LONGEST_WAIT_MS:
            self._wait_ms = min(2 * self._wait_ms, LONGEST_WAIT_MS)
        self._asked_ms = now_ms
        self.asked += 1
        return True

    def settle(self) -> None:
        """A key frame came, or another stream began: the next question may follow the last one sooner."""
        self._wanted = False
        self._wait_ms = FIRST_WAIT_MS
