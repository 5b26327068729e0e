"""The target: how much a transport may send (draft-ietf-rmcat-gcc-02, 5.5; libwebrtc's rate control).

It climbs while no queue grows, fast while the way's capacity is unknown and gently near it, and falls below what
arrives when one does. What is not used proves nothing: the target stays near what was really sent, and probes
(`probe`) tell of the rest.
"""

from __future__ import annotations

import math

from visio_desktop.rtc.congestion.delay import Usage

START_BPS = 1_000_000
LOWEST_BPS = 30_000
HIGHEST_BPS = 30_000_000
_DECREASE = 0.85
_MUCH_LESS = 0.7
_GROWTH_PER_S = 1.08
_BEYOND_DELIVERED = 1.5
_BEYOND_BPS = 10_000
_PACKET_BITS = 1_200 * 8
_FRAME_MS = 33.0
_RESPONSE_MS = 100.0
_GENTLE_LEAST_BPS_PER_S = 4_000.0
_STEP_MOST_MS = 1_000.0
_CAPACITY_SMOOTHING = 0.05
_DEVIATIONS = 3.0
_SPREAD_LEAST, _SPREAD_MOST = 0.4, 2.5


class _Capacity:
    """What arrived whenever a queue grew: the way's capacity, in kilobits per second for its spread's sake."""

    def __init__(self) -> None:
        self.mean_kbps: float | None = None
        self._spread = _SPREAD_LEAST

    def overused(self, delivered_bps: float) -> None:
        """A queue grew while this arrived."""
        kbps = delivered_bps / 1000
        if self.mean_kbps is None:
            self.mean_kbps = kbps
            return
        error = self.mean_kbps - kbps
        self.mean_kbps -= _CAPACITY_SMOOTHING * error
        wide = error * error / max(self.mean_kbps, 1.0)
        spread = (1 - _CAPACITY_SMOOTHING) * self._spread + _CAPACITY_SMOOTHING * wide
        self._spread = min(max(spread, _SPREAD_LEAST), _SPREAD_MOST)

    def forget(self) -> None:
        """The way has changed."""
        self.mean_kbps = None

    def side(self, delivered_bps: float) -> int:
        """Whether a rate is below (-1), near (0) or above (1) the capacity; 0 while that is unknown."""
        if self.mean_kbps is None:
            return 0
        margin = _DEVIATIONS * math.sqrt(self._spread * self.mean_kbps)
        distance = delivered_bps / 1000 - self.mean_kbps
        return 0 if abs(distance) <= margin else int(math.copysign(1, distance))


class RateController:
    """`target_bps` counts everything on the wire, headers too."""

    def __init__(self) -> None:
        self.target_bps = float(START_BPS)
        self.cut_ms = -math.inf
        self._capacity = _Capacity()
        self._holding = False
        self._updated_ms: float | None = None

    def update(self, usage: Usage, delivered_bps: float | None, *, rtt_ms: float, now_ms: float) -> None:
        """Feedback came."""
        since_ms = 0.0 if self._updated_ms is None else min(now_ms - self._updated_ms, _STEP_MOST_MS)
        self._updated_ms = now_ms
        match usage:
            case Usage.OVER:
                self._decrease(delivered_bps, rtt_ms, now_ms)
            case Usage.UNDER:
                self._holding = True
            case Usage.NORMAL if self._holding:
                self._holding = False
            case Usage.NORMAL:
                self._increase(delivered_bps, rtt_ms, since_ms)

    def probed(self, bitrate_bps: float) -> None:
        """A probe showed that this much gets through."""
        if self._capacity.side(bitrate_bps) > 0:
            self._capacity.forget()
        self._set(bitrate_bps)

    def _decrease(self, delivered_bps: float | None, rtt_ms: float, now_ms: float) -> None:
        self._holding = True
        if delivered_bps is None:
            delivered_bps = self.target_bps * _DECREASE
        answered = now_ms - self.cut_ms < rtt_ms + _RESPONSE_MS
        if answered and _DECREASE * delivered_bps > _MUCH_LESS * self.target_bps:
            return
        if self._capacity.side(delivered_bps) < 0:
            self._capacity.forget()
        self._capacity.overused(delivered_bps)
        self.cut_ms = now_ms
        self._set(min(self.target_bps, _DECREASE * delivered_bps))

    def _increase(self, delivered_bps: float | None, rtt_ms: float, since_ms: float) -> None:
        if delivered_bps is not None and self._capacity.side(delivered_bps) > 0:
            self._capacity.forget()
        if self._capacity.mean_kbps is None:
            grown_bps = self.target_bps * _GROWTH_PER_S ** (since_ms / 1000) + 1
        else:
            grown_bps = self.target_bps + self._gentle_bps_per_s(rtt_ms) * since_ms / 1000
        most_bps = math.inf if delivered_bps is None else _BEYOND_DELIVERED * delivered_bps + _BEYOND_BPS
        self._set(max(self.target_bps, min(grown_bps, most_bps)))

    def _gentle_bps_per_s(self, rtt_ms: float) -> float:
        """About one packet more per response time."""
        frame_bits = self.target_bps * _FRAME_MS / 1000
        packet_bits = frame_bits / math.ceil(frame_bits / _PACKET_BITS)
        return max(_GENTLE_LEAST_BPS_PER_S, packet_bits * 1000 / (rtt_ms + _RESPONSE_MS))

    def _set(self, target_bps: float) -> None:
        self.target_bps = min(max(target_bps, LOWEST_BPS), HIGHEST_BPS)
