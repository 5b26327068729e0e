"""When to ask the sender for a key frame (RFC 4585, 6.3.1): at once, then seldom until one comes.

LiveKit passes on one request in half a second, of larger layers one in a second, and from any request on, passed on or
not, it repairs nothing until a key frame goes out (`isNACKThrottled` in `downtrack.go` of 1.8.4 and 1.13.5). A request
that meets a key frame already under way is swallowed and costs all repairs until the next one, seconds later. So a
request is repeated only when its answer should be here, and a key frame that came too soon to be the answer to the last
request leaves one owed, for when it will be passed on.
"""

from __future__ import annotations

FIRST_WAIT_MS = 500.0
LONGEST_WAIT_MS = 1_050.0
"""What a request follows the last one by so that LiveKit passes on both."""

_ANSWER_TAKES_MS = 150.0


class KeyFrameRequests:
    """Thins out the questions of one stream; `rtt_ms` is the time from a question to its answer."""

    __slots__ = ("_asked_ms", "_owed", "_unanswered", "_wanted", "asked")

    def __init__(self) -> None:
        self.asked = 0
        self._wanted = self._owed = False
        self._asked_ms: float | None = None
        self._unanswered = 0

    def want(self) -> None:
        """Ask until a key frame comes."""
        self._wanted = True

    def due(self, now_ms: float, *, needed: bool, rtt_ms: float) -> bool:
        """Whether to ask now; `needed` says that nothing can be shown without a key frame."""
        if not (needed or self._wanted or self._owed):
            return False
        if self._asked_ms is not None and now_ms - self._asked_ms < self._wait_ms(rtt_ms):
            return False
        self._asked_ms = now_ms
        self._unanswered += 1
        self.asked += 1
        return True

    def came(self, now_ms: float, *, rtt_ms: float) -> None:
        """A key frame came."""
        self._wanted = False
        self._unanswered = 0
        self._owed = self._asked_ms is not None and now_ms - self._asked_ms < rtt_ms

    def restart(self) -> None:
        """Another stream began."""
        self._wanted = self._owed = False
        self._unanswered = 0

    def _wait_ms(self, rtt_ms: float) -> float:
        """How long after the last request to ask again: the first may have got lost."""
        first_ms = max(FIRST_WAIT_MS, rtt_ms + _ANSWER_TAKES_MS)
        return first_ms if self._unanswered == 1 else max(first_ms, LONGEST_WAIT_MS)
