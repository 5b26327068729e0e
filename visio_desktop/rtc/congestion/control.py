"""The send side's judgement put together: feedback in; the target, probes and their numbers out."""

from __future__ import annotations

import math

from visio_desktop.rtc.congestion.controller import RateController
from visio_desktop.rtc.congestion.delay import DelayTrend, Usage
from visio_desktop.rtc.congestion.delivered import DeliveredRate
from visio_desktop.rtc.congestion.loss import LossLimit
from visio_desktop.rtc.congestion.probe import Plan, Prober
from visio_desktop.rtc.congestion.send_log import SendLog, Sent
from visio_desktop.rtc.congestion.twcc import TransportFeedback

_RTT_UNKNOWN_MS = 100.0
_CALM_MS = 30.0
_QUEUE_HIGH_MS = 80.0
_QUEUE_FREE_MS = 40.0
_DRAIN_PER_MS = 1 / 400
_DRAIN_LEAST = 0.5
_COLLAPSE_MS = 60.0
_COLLAPSE = 0.6
_STANDS_LEAST_MS = 80.0
_STANDS_MS = 1_500.0
_LITTLE = 0.8
_STANDS_STILL = 0.8
_STALE_MS = 1_500.0


class SendControl:
    """One transport's. `is_fed` says whether the other side gives transport-wide feedback at all."""

    def __init__(self) -> None:
        self.log = SendLog()
        self.is_fed = False
        self.rtt_ms: float | None = None
        self.usage = Usage.NORMAL
        self._trend = DelayTrend()
        self._loss = LossLimit()
        self._delivered = DeliveredRate()
        self._rate = RateController()
        self._prober = Prober()
        self._stood: tuple[float, float] | None = None
        self._way_ms = self._heard_ms = -math.inf

    @property
    def capacity_bps(self) -> float:
        """What the way is thought to carry, with all headers."""
        return self._loss.apply(self._rate.target_bps)

    @property
    def target_bps(self) -> float:
        """How much may be sent, with all headers: less while a queue stands, so that it drains.

        Servers that tell of twenty packets at a time (LiveKit) tell of a narrow way three times a second only: once a
        queue is known to be too much, the newest of what is told counts.
        """
        queue_ms = self._trend.queue_ms
        if self.usage is Usage.OVER:
            queue_ms = max(queue_ms, self._trend.recent_ms)
        drain = max(_DRAIN_LEAST, 1 - max(0.0, queue_ms - _QUEUE_FREE_MS) * _DRAIN_PER_MS)
        return drain * self.capacity_bps

    @property
    def loss_fraction(self) -> float:
        """How much was lost lately."""
        return self._loss.fraction

    @property
    def lasting_loss(self) -> float:
        """How much was lost lately, and no less before."""
        return self._loss.lasting

    @property
    def delivered_bps(self) -> float | None:
        """How much arrives, None while unknown."""
        return self._delivered.bps

    @property
    def queue_ms(self) -> float:
        """How long packets stand in queues on the way."""
        return self._trend.queue_ms

    @property
    def is_calm(self) -> bool:
        """Whether no queue is seen."""
        return self.usage is Usage.NORMAL and self._trend.queue_ms < _CALM_MS

    @property
    def is_full(self) -> bool:
        """Whether a queue stands that is known to be too much."""
        return self.usage is Usage.OVER and self._trend.recent_ms > _QUEUE_HIGH_MS

    def feedback(self, feedback: TransportFeedback, now_ms: float) -> list[Sent]:
        """Take what the other side tells; gives what is lost by its word, and what it will never speak of."""
        untold, lost = self.log.untold(feedback), list[Sent]()
        came = 0
        for fate in self.log.fates(feedback):
            sent = fate.sent
            if fate.arrival_ms is None:
                lost.append(sent)
                continue
            came += 1
            self._delivered.add(fate.arrival_ms, sent.size_bytes)
            if sent.cluster:
                self._prober.add(fate)
            elif sent.sent_ms >= self._way_ms:
                self._trend.add(sent.sent_ms, fate.arrival_ms)
            self.rtt_ms = now_ms - sent.sent_ms
        if came or lost:
            self.is_fed, self._heard_ms = True, now_ms
            self._judge(len(lost), came, now_ms)
        return untold + lost

    def plan_probe(self, wanted_bps: float, now_ms: float) -> Plan | None:
        """A probe that is worth sending now."""
        if not self.is_fed:
            return None
        if now_ms - self._heard_ms > _STALE_MS:
            self._forget_queue()
        return self._prober.plan(
            target_bps=self.target_bps,
            wanted_bps=wanted_bps,
            cut_ms=self._rate.cut_ms,
            calm=self.is_calm,
            now_ms=now_ms,
        )

    def way_changed(self, now_ms: float) -> None:
        """Packets take another way from now on: of delays on the old one nothing counts any more."""
        self._way_ms = now_ms
        self._forget_queue()

    def _forget_queue(self) -> None:
        """Of what packets met on the way nothing is known any more: nothing was told for long."""
        self._trend, self._stood, self.usage = DelayTrend(), None, Usage.NORMAL

    def _judge(self, lost: int, came: int, now_ms: float) -> None:
        rtt_ms = self.rtt_ms or _RTT_UNKNOWN_MS
        delivered_bps = self._delivered.bps
        uses_little = (delivered_bps or 0.0) < _LITTLE * self._rate.target_bps
        proof_bps, self.usage = delivered_bps, self._trend.usage
        if self._stands(now_ms) or self._collapses():
            proof_bps = min(delivered_bps or math.inf, self._delivered.now_bps or math.inf)
            self.usage = Usage.OVER
        elif self.usage is Usage.OVER and uses_little and self._trend.queue_ms < _CALM_MS:
            proof_bps = self._rate.target_bps  # a short queue and little sent: what arrives says nothing of the way
        self._rate.update(self.usage, proof_bps, rtt_ms=rtt_ms, now_ms=now_ms)
        if self.usage is Usage.OVER or self._trend.queue_ms > _QUEUE_FREE_MS:
            self._loss.pause(now_ms)
        else:
            self._loss.add(lost, came, now_ms=now_ms, delivered_bps=delivered_bps or 0.0, rtt_ms=rtt_ms)
        probed_bps = self._prober.result(now_ms, uses_little=uses_little)
        if probed_bps is not None and self.usage is not Usage.OVER and probed_bps > self._rate.target_bps:
            self._rate.probed(probed_bps)
            self._loss.free(probed_bps)

    def _collapses(self) -> bool:
        """Whether the way has just become much narrower: a queue is there, and far less arrives than did before."""
        before_bps, now_bps = self._delivered.bps, self._delivered.now_bps
        less = before_bps is not None and now_bps is not None and now_bps < _COLLAPSE * before_bps
        return less and self._trend.recent_ms > _COLLAPSE_MS

    def _stands(self, now_ms: float) -> bool:
        """Whether a long queue stands: no growth is needed to see that it is too much.

        A queue that does not care what we send is none of ours, or the way has become longer: it is put up with.
        """
        queue_ms = self._trend.queue_ms
        if queue_ms <= _QUEUE_HIGH_MS:
            self._stood = None
            return False
        if self._stood is None:
            self._stood = (now_ms, queue_ms)
        since_ms, before_ms = self._stood
        if now_ms - since_ms < _STANDS_LEAST_MS:
            return False
        if now_ms - since_ms > _STANDS_MS:
            self._stood = None
            if queue_ms > _STANDS_STILL * before_ms:
                self._trend.rebase()
                return False
        return True
