"""Short clusters of packets at more than the target: the only way to learn that the way carries more than is sent.

First of all, after a fall once the way has calmed down, and ever more rarely while they fail. No probe goes beyond
what the streams could use.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from visio_desktop.rtc.congestion.send_log import Fate

_FIRST_TIMES = (3.0, 2.0)
_TIMES = 2.0
_LASTS_MS = 20.0
PACKETS_MIN = 8
_PACKET_BYTES = 400
_ABOVE_DEMAND = 1.1
_WORTH_IT = 0.95
_CALM_MS = 1_500.0
_EVERY_MS = 2_500.0
_RARELY_MS = 4_500.0
_RARER = 1.6
_REACHED = 0.75
_ARRIVED_MIN = 0.6
_SATURATED = 0.9
_BELOW_SATURATED = 0.95
_PATIENCE_MS = 700.0
_AGAIN_MS = 500.0
_AGAIN_DOUBLED = 4
_COMPRESSED = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Send this much at this rate; every packet that leaves meanwhile belongs to the cluster."""

    cluster: int
    bitrate_bps: float
    size_bytes: int


class _Cluster:
    """What is known of one probe."""

    def __init__(self, plan: Plan, now_ms: float) -> None:
        self.plan = plan
        self.began_ms = now_ms
        self.arrived: list[tuple[float, float, int]] = []

    def bitrate_bps(self) -> float | None:
        """The capacity it shows, None until enough of it has arrived."""
        if len(self.arrived) < PACKETS_MIN / 2 or sum([s for _, _, s in self.arrived]) < (
            _ARRIVED_MIN * self.plan.size_bytes
        ):
            return None
        sent_ms, sent_bps = _rate(sorted((sent, size) for sent, _, size in self.arrived), leave=-1)
        came_ms, came_bps = _rate(sorted((came, size) for _, came, size in self.arrived), leave=0)
        if sent_ms <= 0 or came_ms <= 0 or came_bps > _COMPRESSED * sent_bps:
            return None
        if came_bps < _SATURATED * sent_bps:
            return _BELOW_SATURATED * came_bps
        return min(sent_bps, came_bps, self.plan.bitrate_bps)


def _rate(times: list[tuple[float, int]], leave: int) -> tuple[float, float]:
    lasted_ms = times[-1][0] - times[0][0]
    size_bytes = sum(size for _, size in times) - times[leave][1]
    return lasted_ms, size_bytes * 8000 / lasted_ms if lasted_ms > 0 else 0.0


class Prober:
    """Decides when to probe and what a probe showed; at most one is under way."""

    def __init__(self) -> None:
        self._count = 0
        self._cluster: _Cluster | None = None
        self._first_left = list(_FIRST_TIMES)
        self._due_ms = -math.inf
        self._every_ms = _EVERY_MS
        self._unanswered = 0
        self._climbs = True

    def plan(self, *, target_bps: float, wanted_bps: float, cut_ms: float, calm: bool, now_ms: float) -> Plan | None:
        """A probe to send now. `cut_ms` is when the target last fell, `calm` whether no queue is seen."""
        if self._cluster is not None:
            if now_ms - self._cluster.began_ms < _PATIENCE_MS:
                return None
            self._cluster, self._due_ms = None, now_ms + _AGAIN_MS * (1 << self._unanswered)
            self._unanswered = min(self._unanswered + 1, _AGAIN_DOUBLED)
        if not calm or target_bps >= _WORTH_IT * wanted_bps or now_ms < max(self._due_ms, cut_ms + _CALM_MS):
            return None
        times = self._first_left.pop(0) if self._first_left else _TIMES
        bitrate_bps = min(times * target_bps, _ABOVE_DEMAND * wanted_bps)
        size_bytes = max(int(bitrate_bps * _LASTS_MS / 8000), PACKETS_MIN * _PACKET_BYTES)
        self._count += 1
        plan = Plan(self._count, bitrate_bps, size_bytes)
        self._cluster = _Cluster(plan, now_ms)
        return plan

    def add(self, fate: Fate) -> None:
        """Take what became of a packet of any probe."""
        cluster = self._cluster
        if cluster is not None and fate.sent.cluster == cluster.plan.cluster and fate.arrival_ms is not None:
            cluster.arrived.append((fate.sent.sent_ms, fate.arrival_ms, fate.sent.size_bytes))

    def result(self, now_ms: float, *, uses_little: bool) -> float | None:
        """The capacity that a probe showed, once, when enough of it was told of.

        A probe that met the limit shows our part of it, which grows with the probe: it counts only on the first way up
        and for those who use less than they may, or who has much would take ever more from those who share the way.
        """
        bitrate_bps = None if self._cluster is None else self._cluster.bitrate_bps()
        if self._cluster is None or bitrate_bps is None:
            return None
        self._unanswered = 0
        if bitrate_bps >= _REACHED * self._cluster.plan.bitrate_bps:
            self._cluster, self._due_ms, self._every_ms, self._climbs = None, now_ms, _EVERY_MS, True
            return bitrate_bps
        counts = self._climbs or uses_little
        self._failed(now_ms)
        return bitrate_bps if counts else None

    def _failed(self, now_ms: float) -> None:
        self._cluster, self._climbs = None, False
        self._first_left.clear()
        self._due_ms = now_ms + self._every_ms
        self._every_ms = min(self._every_ms * _RARER, _RARELY_MS)
