"""What loss says of the way: only loss that goes with our own rate limits us.

Radio links lose packets whatever is sent; cutting the rate there helps nobody. So the first cut is a trial: when
loss stays as it was the cut is taken back and this much loss counts as the way's own from then on. Queues that build
up before they overflow are the delay's business (`delay`); what is left here are shallow queues and policers.
"""

from __future__ import annotations

import math

_WINDOW_MS = 400.0
_WINDOW_PACKETS = 50
_LONGEST_WINDOW_MS = 2_000.0
_DEVIATIONS = 1.5
_HIGH = 0.10
_LOW = 0.03
_HIGHS = 2
_HELPED = 0.5
_GROWTH = 1.06
_GROWTH_IN_DOUBT = 1.03
_FREE_OF_TARGET = 2.0
_FORGET = 0.1
_SHARE = 0.95


class LossLimit:
    """`limit_bps` is None where loss limits nothing.

    `fraction` is what was lost of the packets told of last. `lasting` is what was at least lost twice in a row without
    a queue: of what one dropped when the way became narrow, word may come when it has drained.
    """

    def __init__(self) -> None:
        self.limit_bps: float | None = None
        self.fraction = self.lasting = self._before = 0.0
        self._own = 0.0
        self._highs = 0
        self._trial: float | None = None
        self._lost = self._came = 0
        self._began_ms: float | None = None
        self._hold_until_ms = 0.0

    def add(self, lost: int, came: int, *, now_ms: float, delivered_bps: float, rtt_ms: float) -> None:
        """Of the packets told of now so many were lost and came; `delivered_bps` is what arrives over there."""
        if self._began_ms is None or now_ms < self._hold_until_ms:
            self._begin(now_ms)
            return
        self._lost += lost
        self._came += came
        lasted_ms = now_ms - self._began_ms
        told = self._lost + self._came
        if lasted_ms < _WINDOW_MS or (told < _WINDOW_PACKETS and lasted_ms < _LONGEST_WINDOW_MS):
            return
        if told:
            self.fraction = self._lost / told
            self.lasting, self._before = min(self._before, self.fraction), self.fraction
            self._judge(told, now_ms, delivered_bps, rtt_ms)
        self._begin(now_ms)

    def _begin(self, now_ms: float) -> None:
        self._began_ms = now_ms
        self._lost = self._came = 0

    def _judge(self, told: int, now_ms: float, delivered_bps: float, rtt_ms: float) -> None:
        chance = _DEVIATIONS * math.sqrt(self.fraction * (1 - self.fraction) / told)
        trial, self._trial = self._trial, None
        if trial is not None and self.fraction > _HELPED * trial:
            self._own, self.limit_bps = max(self._own, self.fraction), None
        excess = (self.fraction - self._own) / (1 - self._own) if self._own < 1 else 0.0
        self._highs = self._highs + 1 if excess > _HIGH + chance else 0
        if self._highs >= _HIGHS and delivered_bps > 0:
            self._highs = 0
            self.limit_bps = _SHARE * min(delivered_bps, self.limit_bps or delivered_bps)
            self._trial = self.fraction
            self._hold_until_ms = now_ms + rtt_ms
        elif self.limit_bps is not None:
            self.limit_bps *= _GROWTH if excess < _LOW else _GROWTH_IN_DOUBT
        if self.fraction < self._own - chance:
            self._own += _FORGET * (self.fraction - self._own)

    def pause(self, now_ms: float) -> None:
        """A queue overflows: what is lost now is the delay's business."""
        self._begin(now_ms)
        self._highs = 0
        self.lasting = self._before = 0.0

    def free(self, bitrate_bps: float) -> None:
        """So much is known to get through."""
        if self.limit_bps is not None and self.limit_bps < bitrate_bps:
            self.limit_bps, self._trial = None, None

    def apply(self, target_bps: float) -> float:
        """The target within the limit; a limit far above it is forgotten."""
        if self.limit_bps is None:
            return target_bps
        if self.limit_bps > _FREE_OF_TARGET * target_bps:
            self.limit_bps = None
            return target_bps
        return min(target_bps, self.limit_bps)
