"""How much the path to us carries, told to the sender (draft-alvestrand-rmcat-remb): one estimator per transport.

Packets that are late against the fastest of the last ten seconds stand in a queue. A standing queue lowers the
estimate below what arrives; without one it climbs, slowly enough for the queue to show first.

While the queue stands the estimate falls on, ten times a second: LiveKit obeys a trend, not a value. Of the last twelve
different estimates it wants 80 % of the pairs to fall (`trenddetector.go`, `channel_observer.go` of its 1.13.5), which
takes seven in a row that are lower than all before; one that stays as it is it takes for none.

What is not used is not known: the estimate climbs to a few times what arrived lately, no further. A tighter bound would
keep layers down: LiveKit's probes succeed as soon as the estimate is above the rate wanted, up to four times what is
sent before (three layers), and what they take for found is the highest estimate they saw (`remote_bwe.go`).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from visio_desktop.rtc.sequence import Unwrapper

START_BPS = 1_500_000
LOWEST_BPS = 100_000
HIGHEST_BPS = 20_000_000
_HEADER_BYTES = 40
_BASE_WINDOW_MS = 10_000.0
_RATE_WINDOW_MS = 1_000.0
_RECENT_MS = 400.0
_RATE_SPAN_MIN_MS = 200.0
_QUEUE_SMOOTHING = 0.15
_QUEUE_HIGH_MS = 60.0
_QUEUE_LOW_MS = 25.0
_DECREASE = 0.92
_FALLS_ON = 0.98
_FALLS_EVERY_MS = 100.0
_LEAST_OF_RATE = 0.5
_DRAINS = 0.9
_HOLD_MS = 600.0
_REPORT_EVERY_MS = 400.0
_GROWTH_PER_S = 0.12
_GROWTH_BPS_PER_MS = 15.0
_MOST_OF_USED = 4.0
_SPARE_BPS = 1_000_000.0
_USED_KEPT = 0.95
_SSRC_LIVES_MS = 5_000.0
_SEND_TIME_PER_MS = (1 << 18) / 1000


@dataclass(frozen=True, slots=True)
class RembDue:
    """A REMB is to be sent now; `ssrcs` are the streams it speaks of."""

    bitrate_bps: int
    ssrcs: tuple[int, ...]


class DownlinkEstimator:
    """The estimate for everything that comes over one transport."""

    def __init__(self) -> None:
        self._bitrate_bps = float(START_BPS)
        self._ssrcs: dict[int, float] = {}
        self._send_times = Unwrapper(24)
        self._fastest: deque[tuple[float, float]] = deque()
        self._queue_ms = 0.0
        self._sizes: deque[tuple[float, int]] = deque()
        self._bytes = 0
        self._used_bps = 0.0
        self._first_ms: float | None = None
        self._reported_ms = 0.0
        self._hold_until_ms = 0.0
        self._fell_ms = -_FALLS_EVERY_MS
        self._fell_at_queue_ms: float | None = None

    @property
    def bitrate_bps(self) -> int:
        """The estimate."""
        return int(self._bitrate_bps)

    def add(self, arrival_ms: float, abs_send_time: int, size_bytes: int, ssrc: int) -> RembDue | None:
        """Take a packet: `abs_send_time` is the 24-bit header extension, `size_bytes` the payload's size."""
        self._ssrcs[ssrc] = arrival_ms
        self._measure_queue(arrival_ms, abs_send_time)
        self._measure_rate(arrival_ms, size_bytes + _HEADER_BYTES)
        if self._first_ms is None:
            self._first_ms = self._reported_ms = arrival_ms
            return None
        since_ms = arrival_ms - self._reported_ms
        if self._queue_ms <= _QUEUE_HIGH_MS:
            self._fell_at_queue_ms = None
        elif arrival_ms - self._fell_ms >= _FALLS_EVERY_MS and not self._drains():
            self._fall(arrival_ms)
            return self._report(arrival_ms)
        if since_ms < _REPORT_EVERY_MS:
            return None
        self._used_bps = max(self._bytes * 8000 / _RATE_WINDOW_MS, _USED_KEPT * self._used_bps)
        if self._queue_ms < _QUEUE_LOW_MS and arrival_ms > self._hold_until_ms:
            self._grow(min(since_ms, _RATE_WINDOW_MS))
        return self._report(arrival_ms)

    def _report(self, now_ms: float) -> RembDue:
        self._reported_ms = now_ms
        return RembDue(self.bitrate_bps, self._live(now_ms))

    def _drains(self) -> bool:
        """Whether the queue has become shorter since the estimate fell last: the sender has obeyed."""
        return self._fell_at_queue_ms is not None and self._queue_ms < _DRAINS * self._fell_at_queue_ms

    def _fall(self, now_ms: float) -> None:
        rate_bps = self._rate_bps(now_ms)
        lower_bps = max(min(_FALLS_ON * self._bitrate_bps, _DECREASE * rate_bps), _LEAST_OF_RATE * rate_bps)
        self._bitrate_bps = max(LOWEST_BPS, min(lower_bps, self._bitrate_bps))
        self._fell_ms, self._fell_at_queue_ms = now_ms, self._queue_ms
        self._hold_until_ms = now_ms + _HOLD_MS

    def _measure_queue(self, arrival_ms: float, abs_send_time: int) -> None:
        delay_ms = arrival_ms - self._send_times.unwrap(abs_send_time) / _SEND_TIME_PER_MS
        fastest = self._fastest
        while fastest and fastest[-1][1] >= delay_ms:
            fastest.pop()
        fastest.append((arrival_ms, delay_ms))
        while fastest[0][0] < arrival_ms - _BASE_WINDOW_MS:
            fastest.popleft()
        self._queue_ms += _QUEUE_SMOOTHING * (delay_ms - fastest[0][1] - self._queue_ms)

    def _measure_rate(self, arrival_ms: float, size_bytes: int) -> None:
        sizes = self._sizes
        sizes.append((arrival_ms, size_bytes))
        self._bytes += size_bytes
        while sizes[0][0] < arrival_ms - _RATE_WINDOW_MS:
            self._bytes -= sizes.popleft()[1]

    def _rate_bps(self, now_ms: float) -> float:
        """What has arrived lately: a second is too long where the path has just become narrow."""
        lived_ms = now_ms - (self._first_ms or 0.0)
        recent = sum([size for arrival_ms, size in self._sizes if arrival_ms >= now_ms - _RECENT_MS])
        whole_bps = self._bytes * 8000 / max(_RATE_SPAN_MIN_MS, min(_RATE_WINDOW_MS, lived_ms))
        return min(whole_bps, recent * 8000 / max(_RATE_SPAN_MIN_MS, min(_RECENT_MS, lived_ms)))

    def _grow(self, since_ms: float) -> None:
        grown = self._bitrate_bps * (1 + _GROWTH_PER_S * since_ms / 1000) + _GROWTH_BPS_PER_MS * since_ms
        most_bps = min(HIGHEST_BPS, _MOST_OF_USED * self._used_bps + _SPARE_BPS)
        self._bitrate_bps = max(self._bitrate_bps, min(grown, most_bps))

    def _live(self, now_ms: float) -> tuple[int, ...]:
        self._ssrcs = {ssrc: ms for ssrc, ms in self._ssrcs.items() if ms > now_ms - _SSRC_LIVES_MS}
        return tuple(self._ssrcs)
