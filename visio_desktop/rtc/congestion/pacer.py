"""When packets leave: bursts are spread, nothing is lost, sound never waits."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator

_MOST_PACKETS = 4_096
_PAUSE_MIN_MS = 5.0
_LATE_MS = 20.0  # a timer that rings so late costs nothing


class Pacer[T]:
    """A queue that drains at `rate_bps`, faster where it would else hold something longer than `limit_ms`.

    What is urgent (retransmissions) goes before all else. A frame's packets leave together where the rate allows
    them within `burst_ms`: a timer per packet would cost more than it brings.
    """

    def __init__(self) -> None:
        self.rate_bps = 1_500_000.0
        self.limit_ms = 250.0
        self.burst_ms = 20.0
        self._urgent: deque[tuple[T, int]] = deque()
        self._others: deque[tuple[T, int]] = deque()
        self._queued_bytes = 0
        self._hurry_bps = 0.0
        self._free_ms = -math.inf

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._urgent and not self._others

    @property
    def queue_ms(self) -> float:
        """How long what waits will take."""
        return self._queued_bytes * 8000 / self._rate_bps()

    def spend(self, size_bytes: int, now_ms: float) -> None:
        """Something leaves now, whether it was queued or not."""
        self._free_ms = max(self._free_ms, now_ms - _LATE_MS) + size_bytes * 8000 / self._rate_bps()

    def may_send(self, now_ms: float) -> bool:
        """Whether a packet that comes now may leave at once: nothing waits, and what was not used is forgotten."""
        if not self.is_empty:
            return False
        self._free_ms = max(self._free_ms, now_ms - self.burst_ms)
        return self._free_ms <= now_ms

    def put(self, item: T, size_bytes: int, *, urgent: bool) -> None:
        """Let this wait for its turn."""
        (self._urgent if urgent else self._others).append((item, size_bytes))
        self._queued_bytes += size_bytes
        self._hurry_bps = max(self._hurry_bps, self._queued_bytes * 8000 / self.limit_ms)

    def take(self, now_ms: float) -> Iterator[T]:
        """Those whose turn it is; whoever sends one says so with `spend` before taking the next."""
        while not self.is_empty and (self._free_ms <= now_ms or self._is_full()):
            yield self.next()

    def next(self) -> T:
        """The next one, whether it is its turn or not; something must wait."""
        item, size_bytes = (self._urgent or self._others).popleft()
        self._queued_bytes -= size_bytes
        if self.is_empty:
            self._hurry_bps = 0.0
        return item

    def wait_ms(self, now_ms: float) -> float | None:
        """How long until the next one's turn, None while nothing waits."""
        return None if self.is_empty else max(_PAUSE_MIN_MS, self._free_ms - now_ms)

    def remove(self, unwanted: Callable[[T], bool]) -> None:
        """Forget these."""
        self._urgent = deque([each for each in self._urgent if not unwanted(each[0])])
        self._others = deque([each for each in self._others if not unwanted(each[0])])
        self._queued_bytes = sum([size for queue in (self._urgent, self._others) for _, size in queue])

    def _is_full(self) -> bool:
        return len(self._urgent) + len(self._others) > _MOST_PACKETS

    def _rate_bps(self) -> float:
        return max(self.rate_bps, self._hurry_bps)
