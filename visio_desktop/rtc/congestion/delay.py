"""Whether a queue grows on the way, told from the delays between groups of packets (draft-ietf-rmcat-gcc-02, 5.3-5.4).

The trend is a line through the accumulated delay of the last groups, as in libwebrtc's trendline filter; the threshold
adapts so that a flow that competes with TCP is not starved.
"""

from __future__ import annotations

from collections import deque
from enum import Enum, auto

_BURST_MS = 5.0
_BURST_LONGEST_MS = 100.0
_WINDOW = 20
_SMOOTHING = 0.9
_TREND_GAIN = 4.0
_MOST_DELTAS = 60
_THRESHOLD_MS = 12.5
_THRESHOLD_LEAST_MS = 6.0
_THRESHOLD_MOST_MS = 600.0
_RISES = 0.0087
_FALLS = 0.039
_SPIKE_MS = 15.0
_ADAPT_MOST_MS = 100.0
_OVERUSE_MS = 10.0
_JUMP_MS = 3_000.0
_BASE_WINDOW_MS = 10_000.0
_QUEUE_LEAST_MS = 8.0
_STANDING_MS = 250.0
_RECENT_MS = 60.0


class Usage(Enum):
    """How the way is used."""

    NORMAL = auto()
    OVER = auto()
    UNDER = auto()


class DelayTrend:
    """Fed with every packet that arrived, in the order they were sent."""

    def __init__(self) -> None:
        self.usage = Usage.NORMAL
        self._group: _Group | None = None
        self._before: _Group | None = None
        self._reset()

    def _reset(self) -> None:
        self._queues: deque[tuple[float, float]] = deque()
        self._points: deque[tuple[float, float]] = deque(maxlen=_WINDOW)
        self._fastest: deque[tuple[float, float]] = deque()
        self._accumulated_ms = self._smoothed_ms = 0.0
        self._first_ms: float | None = None
        self._deltas = 0
        self._trend = 0.0
        self._threshold_ms = _THRESHOLD_MS
        self._adapted_ms: float | None = None
        self._over_ms = 0.0
        self._overs = 0

    def add(self, sent_ms: float, arrival_ms: float) -> None:
        """A packet left and arrived at these times; the two clocks need not agree."""
        group = self._group
        if group is None:
            self._group = _Group(sent_ms, arrival_ms)
        elif sent_ms < group.first_ms:
            return
        elif group.takes(sent_ms, arrival_ms):
            group.add(sent_ms, arrival_ms)
        else:
            before, self._before, self._group = self._before, group, _Group(sent_ms, arrival_ms)
            if before is not None:
                self._compare(before, group)

    def _compare(self, before: _Group, group: _Group) -> None:
        sent_ms = group.last_ms - before.last_ms
        came_ms = group.arrival_ms - before.arrival_ms
        if abs(came_ms - sent_ms) > _JUMP_MS:
            self._reset()
            return
        self._measure_queue(group)
        self._accumulate(came_ms - sent_ms, group.arrival_ms)
        self._detect(sent_ms, group.arrival_ms)

    def _measure_queue(self, group: _Group) -> None:
        delay_ms, fastest = group.arrival_ms - group.last_ms, self._fastest
        while fastest and fastest[-1][1] >= delay_ms:
            fastest.pop()
        fastest.append((group.arrival_ms, delay_ms))
        while fastest[0][0] < group.arrival_ms - _BASE_WINDOW_MS:
            fastest.popleft()
        queues = self._queues
        queues.append((group.arrival_ms, delay_ms - fastest[0][1]))
        while queues[0][0] < group.arrival_ms - _STANDING_MS:
            queues.popleft()

    @property
    def queue_ms(self) -> float:
        """The queue that every packet of the last quarter of a second met."""
        return min([queue_ms for _, queue_ms in self._queues], default=0.0)

    @property
    def recent_ms(self) -> float:
        """The queue that every packet of the last 60 ms met: known sooner, but a radio's pause looks alike."""
        since_ms = self._queues[-1][0] - _RECENT_MS if self._queues else 0.0
        return min([queue_ms for arrival_ms, queue_ms in self._queues if arrival_ms > since_ms], default=0.0)

    def rebase(self) -> None:
        """The way has become longer: what packets meet now is no queue."""
        self._fastest.clear()
        self._queues.clear()

    def _accumulate(self, delta_ms: float, arrival_ms: float) -> None:
        if self._first_ms is None:
            self._first_ms = arrival_ms
        self._deltas = min(self._deltas + 1, _MOST_DELTAS)
        self._accumulated_ms += delta_ms
        self._smoothed_ms = _SMOOTHING * self._smoothed_ms + (1 - _SMOOTHING) * self._accumulated_ms
        self._points.append((arrival_ms - self._first_ms, self._smoothed_ms))

    def _detect(self, sent_ms: float, arrival_ms: float) -> None:
        if len(self._points) < _WINDOW:
            return
        before, self._trend = self._trend, _slope(self._points)
        modified_ms = self._deltas * self._trend * _TREND_GAIN
        if modified_ms > self._threshold_ms:
            self._over_ms += sent_ms if self._overs else sent_ms / 2
            self._overs += 1
            if self._over_ms > _OVERUSE_MS and self._overs > 1 and self._trend >= before:
                self._over_ms, self._overs = 0.0, 0
                self.usage = Usage.OVER if self._queues[-1][1] > _QUEUE_LEAST_MS else Usage.NORMAL
        else:
            self._over_ms, self._overs = 0.0, 0
            self.usage = Usage.UNDER if modified_ms < -self._threshold_ms else Usage.NORMAL
        self._adapt(abs(modified_ms), arrival_ms)

    def _adapt(self, modified_ms: float, arrival_ms: float) -> None:
        since_ms = 0.0 if self._adapted_ms is None else min(arrival_ms - self._adapted_ms, _ADAPT_MOST_MS)
        self._adapted_ms = arrival_ms
        if modified_ms > self._threshold_ms + _SPIKE_MS:
            return
        gain = _FALLS if modified_ms < self._threshold_ms else _RISES
        threshold_ms = self._threshold_ms + gain * (modified_ms - self._threshold_ms) * since_ms
        self._threshold_ms = min(max(threshold_ms, _THRESHOLD_LEAST_MS), _THRESHOLD_MOST_MS)


class _Group:
    """Packets sent in one burst, or that came in one."""

    __slots__ = ("arrival_ms", "began_ms", "first_ms", "last_ms")

    def __init__(self, sent_ms: float, arrival_ms: float) -> None:
        self.first_ms = self.last_ms = sent_ms
        self.began_ms = self.arrival_ms = arrival_ms

    def takes(self, sent_ms: float, arrival_ms: float) -> bool:
        """Whether a packet belongs to this group."""
        if sent_ms - self.first_ms <= _BURST_MS:
            return True
        came_ms = arrival_ms - self.arrival_ms
        quicker = came_ms - (sent_ms - self.last_ms) < 0
        return quicker and came_ms <= _BURST_MS and arrival_ms - self.began_ms < _BURST_LONGEST_MS

    def add(self, sent_ms: float, arrival_ms: float) -> None:
        """Take it in."""
        self.last_ms = max(self.last_ms, sent_ms)
        self.arrival_ms = max(self.arrival_ms, arrival_ms)


def _slope(points: deque[tuple[float, float]]) -> float:
    """The least-squares line's rise, in milliseconds per millisecond."""
    count = len(points)
    mean_x = sum([x for x, _ in points]) / count
    mean_y = sum([y for _, y in points]) / count
    spread = sum([(x - mean_x) ** 2 for x, _ in points])
    return sum([(x - mean_x) * (y - mean_y) for x, y in points]) / spread if spread else 0.0
