"""Loss and jitter of a received stream, as its sender is told of them (RFC 3550, 6.4.1, A.3 and A.8)."""

from __future__ import annotations

from aiortc.rtp import RtcpReceiverInfo, RtcpSenderInfo, clamp_packets_lost

_MASK_32 = 0xFFFFFFFF


class Reception:
    """Counts what really came over the network on the stream's own SSRC; retransmissions on another do not count."""

    def __init__(self, clock_rate_hz: int) -> None:
        self._rate_hz = clock_rate_hz
        self._sr_middle = 0
        self._sr_arrival_ms = 0.0
        self.restart()

    def restart(self) -> None:
        """Another stream begins."""
        self._base: int | None = None
        self._highest = self._received = self._expected_before = self._received_before = 0
        self._jitter = 0.0
        self._transit: int | None = None
        self._sr_middle = 0

    @property
    def jitter_ms(self) -> float:
        """The interarrival jitter."""
        return self._jitter * 1000 / self._rate_hz

    def receive(self, sequence: int, rtp_time: int, now_ms: float) -> None:
        """Count a packet; `sequence` is unwrapped, `rtp_time` as received."""
        self._received += 1
        if self._base is None:
            self._base = self._highest = sequence
        elif sequence > self._highest:
            self._highest = sequence
        else:
            # Late packets, maybe sent again, say nothing of the network's jitter.
            return
        transit = int(now_ms * self._rate_hz / 1000) - rtp_time & _MASK_32
        if self._transit is not None:
            difference = (transit - self._transit) & _MASK_32
            difference = min(difference, (1 << 32) - difference)
            self._jitter += (difference - self._jitter) / 16
        self._transit = transit

    def sender_report(self, info: RtcpSenderInfo, now_ms: float) -> None:
        """Remember the report, to be named in ours."""
        self._sr_middle = info.ntp_timestamp >> 16 & _MASK_32
        self._sr_arrival_ms = now_ms

    def block(self, ssrc: int, now_ms: float) -> RtcpReceiverInfo | None:
        """The report block; its fraction speaks of the time since the last one. None before the first packet."""
        if self._base is None:
            return None
        expected = self._highest - self._base + 1
        newly_expected = expected - self._expected_before
        newly_lost = newly_expected - (self._received - self._received_before)
        self._expected_before, self._received_before = expected, self._received
        fraction = min(255, newly_lost * 256 // newly_expected) if newly_expected and newly_lost > 0 else 0
        delay = int((now_ms - self._sr_arrival_ms) * 65.536) if self._sr_middle else 0
        return RtcpReceiverInfo(
            ssrc=ssrc,
            fraction_lost=fraction,
            packets_lost=clamp_packets_lost(expected - self._received),
            highest_sequence=(self._highest - (self._base & ~0xFFFF)) & _MASK_32,
            jitter=min(int(self._jitter), _MASK_32),
            lsr=self._sr_middle,
            dlsr=min(max(delay, 0), _MASK_32),
        )
