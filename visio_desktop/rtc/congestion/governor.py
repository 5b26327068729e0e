"""Congestion control of one transport in operation: its writer, its probes, and each stream's part of its rate."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from aiortc.rtp import HeaderExtensionsMap, RtpPacket

from visio_desktop.rtc.congestion.control import SendControl
from visio_desktop.rtc.congestion.delay import Usage
from visio_desktop.rtc.congestion.doubling import Doubling
from visio_desktop.rtc.congestion.fallback import Fallback
from visio_desktop.rtc.congestion.probe import PACKETS_MIN
from visio_desktop.rtc.congestion.probing import Probing
from visio_desktop.rtc.congestion.send_log import Sent
from visio_desktop.rtc.congestion.sharing import Sharing, Stream
from visio_desktop.rtc.congestion.statistics import TransportStatistics
from visio_desktop.rtc.congestion.twcc import TransportFeedback
from visio_desktop.rtc.congestion.writer import PacketWriter, Timer
from visio_desktop.system.clock import Clock

_ALLOT_EVERY_MS = 100.0
_PACE = 2.5
_PACE_DELIVERED = 2.0
_PACE_DRAINING = 1.2
_DRAINING_MS = 1_000.0
_PACE_UNKNOWN_BPS = 10_000_000.0
_SMOOTH = 1.3
_SMOOTH_LEAST_BPS = 3_000_000.0
_BURST_MS = 20.0
_BURST_SMOOTH_MS = 3.0
_HOLD_FREE_MS = 66.0
_HOLD_NARROW_MS = 400.0
_NARROW = 0.95
_TRUST_MS = 1_500.0
_REPAIR_SMOOTHING = 0.1
_TOLD_PACKETS = 26  # LiveKit tells of 21 at once or more, and some may be lost
_PADDING_HEADERS_BYTES = 70


class Governor:
    """`writer` is the way out for every packet. Streams are given rates once the other side gives feedback.

    Where it gives none of each packet, its reports and estimates limit them all together, as soon as there is a reason.
    """

    def __init__(
        self,
        extensions: HeaderExtensionsMap,
        send_rtp: Callable[[bytes], None],
        *,
        send_sound: Callable[[bytes], None] | None = None,
        clock: Clock,
        wall_clock: Clock,
        call_later: Callable[[float, Callable[[], None]], Timer],
    ) -> None:
        self.control = SendControl()
        self.writer = PacketWriter(
            extensions,
            send_rtp,
            send_sound=send_sound,
            log=self.control.log,
            clock=clock,
            wall_clock=wall_clock,
            call_later=call_later,
        )
        self._probing = Probing(self.writer, self._repeats, clock=clock, call_later=call_later)
        self._sharing = Sharing(self.writer.forget)
        self._doubling = Doubling()
        self._fallback = Fallback()
        self._allotted_ms = 0.0
        self._full_ms = -math.inf
        self._knows = False
        self._way = 0
        self._repair_bps = 0.0
        self._repair_bytes = 0

    def feedback(self, feedback: TransportFeedback, now_ms: float) -> None:
        """Take what the other side tells of our packets."""
        before_bps = self.control.target_bps
        lost = self.control.feedback(feedback, now_ms)
        if self.control.target_bps < before_bps:
            self._allot(now_ms)
        if lost and self.control.is_calm:
            self._mend(lost, now_ms)

    def estimated(self, bitrate_bps: int) -> None:
        """The other side tells what it receives at most (REMB)."""
        self._fallback.estimated(bitrate_bps)

    def reported(self, loss_fraction: float, packets: int, rtt_ms: float | None) -> None:
        """A receiver tells what part it missed of so many packets of one SSRC."""
        self._fallback.reported(loss_fraction, packets, rtt_ms)

    def tick(self, now_ms: float, streams: Iterable[Stream]) -> None:
        """Time has passed; these are all the streams there are."""
        since_ms = now_ms - self._allotted_ms
        self._sharing.rest(now_ms)
        if since_ms >= _ALLOT_EVERY_MS:
            self._allotted_ms = now_ms
            self._sharing.ask(streams)
            self._measure_repairs(since_ms)
            self._fallback.tick(self.writer.bytes_sent, now_ms)
            self._knows = self.control.is_fed or self._may_be_fed(now_ms)
            self._allot(now_ms, since_ms)
            self._pace(now_ms)
        if not self._probing.is_under_way and self._sharing.wanted_bps:
            self._probe(now_ms)

    def way(self, number: int, now_ms: float) -> None:
        """Packets take the way of this number from now on."""
        if number != self._way:
            self._way = number
            self.control.way_changed(now_ms)

    def statistics(self) -> TransportStatistics:
        """The numbers now."""
        control, writer = self.control, self.writer
        known = TransportStatistics(
            wanted_bps=int(self._sharing.wanted_bps),
            paced_ms=writer.pacer.queue_ms,
            packets_sent=writer.packets_sent,
            bytes_sent=writer.bytes_sent,
            probe_bytes_sent=self._probing.filling_bytes,
        )
        limit_bps = self._fallback.limit_bps
        if not control.is_fed:
            return replace(known, capacity_bps=limit_bps, target_bps=limit_bps, rtt_ms=self._fallback.rtt_ms)
        return replace(
            known,
            capacity_bps=int(control.capacity_bps),
            target_bps=int(control.target_bps),
            delivered_bps=int(control.delivered_bps or 0),
            queue_ms=control.queue_ms,
            rtt_ms=control.rtt_ms,
            loss_fraction=control.loss_fraction,
        )

    def close(self) -> None:
        """Nothing leaves any more."""
        self._probing.end()
        self.writer.close()

    def _allot(self, now_ms: float, since_ms: float = 0.0) -> None:
        control = self.control
        room = self._sharing.room(control.capacity_bps) if control.is_fed else 0.0
        self._sharing.double(self._doubling.judge(control.lasting_loss, room, since_ms))
        if self._knows:
            is_full = control.usage is Usage.OVER
            self._sharing.hand_out(control.capacity_bps, control.target_bps, self._repair_bps, now_ms, is_full=is_full)
        elif (limit_bps := self._fallback.limit_bps) is not None:
            # Something is always sent: from silence nobody would learn that there is room again.
            total_bps = max(limit_bps, self._sharing.least_bps)
            self._sharing.hand_out(total_bps, total_bps, 0.0, now_ms)
        else:
            self._sharing.release()

    def _mend(self, lost: Sequence[Sent], now_ms: float) -> None:
        """Repair what is known to be lost before anybody asks: servers ask late, and not for what was sent again.

        What a queue dropped can wait until it has drained, and is asked for then.
        """
        numbers: defaultdict[int, list[int]] = defaultdict(list)
        for sent in lost:
            numbers[sent.ssrc].append(sent.sequence)
        for stream in self._sharing.streams:
            for ssrc, sequences in numbers.items():
                stream.lost(ssrc, sequences, now_ms)

    def _measure_repairs(self, since_ms: float) -> None:
        sent_bytes, self._repair_bytes = self.writer.repair_bytes - self._repair_bytes, self.writer.repair_bytes
        self._repair_bps += _REPAIR_SMOOTHING * (sent_bytes * 8000 / since_ms - self._repair_bps)

    def _may_be_fed(self, now_ms: float) -> bool:
        """Before the first feedback can be here, whoever takes numbers is trusted to give some."""
        numbered_ms = self.writer.numbered_ms
        if numbered_ms is None:
            return any(stream.is_numbered for stream in self._sharing.streams)
        return now_ms - numbered_ms < _TRUST_MS

    def _pace(self, now_ms: float) -> None:
        pacer = self.writer.pacer
        target_bps: float | None = self.control.target_bps if self._knows else self._fallback.limit_bps
        # Encoders follow late: until they do, what they make too much waits here, where no voice stands behind it.
        self._full_ms = now_ms if self.control.is_full else self._full_ms
        pace = _PACE_DRAINING if now_ms - self._full_ms < _DRAINING_MS else _PACE
        pacer.rate_bps = _PACE_UNKNOWN_BPS if target_bps is None else pace * target_bps
        if self.control.is_calm:
            # Who sends more than the target all the same shall not wait here where the way carries it.
            pacer.rate_bps = max(pacer.rate_bps, _PACE_DELIVERED * (self.control.delivered_bps or 0.0))
        smooth_bps = self._smooth_bps()
        pacer.burst_ms = _BURST_MS if pacer.rate_bps <= smooth_bps else _BURST_SMOOTH_MS
        pacer.rate_bps = min(pacer.rate_bps, smooth_bps)
        is_narrow = target_bps is not None and target_bps < _NARROW * self._sharing.wanted_bps
        pacer.limit_ms = _HOLD_NARROW_MS if is_narrow else _HOLD_FREE_MS

    def _smooth_bps(self) -> float:
        """The most that leaves at once beside a voice.

        If the way becomes narrow in this moment, its next word stands behind all that left since the last one.
        """
        if not self._knows or not self._sharing.has_sound:
            return math.inf
        used_bps = max(self._sharing.wanted_bps, self.control.delivered_bps or 0.0)
        return max(_SMOOTH_LEAST_BPS, _SMOOTH * used_bps)

    def _probe(self, now_ms: float) -> None:
        plan = self.control.plan_probe(self._sharing.wanted_bps, now_ms)
        if plan is not None:
            self._probing.begin(plan, packets=_TOLD_PACKETS if self._sharing.is_paused else PACKETS_MIN)

    def _repeats(self, size_bytes: int) -> list[RtpPacket]:
        """Something to probe with: pictures once more, or nothing at all while pictures are paused."""
        numbered = [stream for stream in self._sharing.streams if stream.is_numbered]
        if not self._sharing.is_paused:
            for stream in numbered:
                if packets := stream.retransmittable(size_bytes):
                    return packets
        padding_bytes = size_bytes - _PADDING_HEADERS_BYTES
        return next((packets for stream in numbered if (packets := stream.padding(padding_bytes))), [])
