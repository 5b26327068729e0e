"""The one way out of every RTP packet of a transport."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import Protocol

from aiortc.rtp import HeaderExtensionsMap, RtpPacket

from visio_desktop.rtc.congestion.pacer import Pacer
from visio_desktop.rtc.congestion.send_log import SendLog
from visio_desktop.system.clock import Clock

PACKET_OVERHEAD_BYTES = 38
"""What SRTP (10), UDP (8) and IP (20) add to each packet."""

_ABOUT_HEADER_BYTES = 32
_SEND_TIME_PER_MS = (1 << 18) / 1000
_SEND_TIME_MASK = 0xFFFFFF
_NTP_EPOCH_MS = 2_208_988_800_000
_REPAIR_PART = 0.2  # of the pace, which is two and a half times the target
_REPAIR_BURST_MS = 300.0


class PacketKind(Enum):
    """What a packet is for."""

    SOUND = auto()
    RETRANSMISSION = auto()
    VIDEO = auto()
    PADDING = auto()


class Timer(Protocol):
    """What `loop.call_later` gives."""

    def cancel(self) -> None:
        """It shall not ring."""


class PacketWriter:
    """Paces, numbers, stamps, notes and sends, sound by `send_sound` where it is given.

    A packet that carries a transport-wide number or a send time (any) gets the right one here, as it leaves. Sound and
    padding leave at once. Repairs beyond half of the target are not sent: they will be asked for again. A timer runs
    only while something waits.
    """

    def __init__(
        self,
        extensions: HeaderExtensionsMap,
        send_rtp: Callable[[bytes], None],
        *,
        send_sound: Callable[[bytes], None] | None = None,
        log: SendLog,
        clock: Clock,
        wall_clock: Clock,
        call_later: Callable[[float, Callable[[], None]], Timer],
    ) -> None:
        self.pacer: Pacer[RtpPacket] = Pacer()
        self.cluster = 0
        self.packets_sent = self.bytes_sent = self.numbered_bytes = self.repair_bytes = 0
        self.numbered_ms: float | None = None
        self._map = extensions
        self._send_rtp = send_rtp
        self._send_sound = send_sound or send_rtp
        self._log = log
        self._clock = clock
        self._wall_clock = wall_clock
        self._call_later = call_later
        self._timer: Timer | None = None
        self._repairs_paid_ms = -math.inf

    def write(self, packets: Sequence[RtpPacket], kind: PacketKind) -> None:
        """Send these, in order, at once or when it is their turn."""
        now_ms, pacer = self._clock(), self.pacer
        at_once = kind in {PacketKind.SOUND, PacketKind.PADDING}
        urgent = kind is PacketKind.RETRANSMISSION
        if urgent:
            packets = self._affordable(packets, now_ms)
        for packet in packets:
            if at_once or pacer.may_send(now_ms):
                self._send(packet, now_ms, is_sound=kind is PacketKind.SOUND)
            else:
                size = len(packet.payload) + _ABOUT_HEADER_BYTES + PACKET_OVERHEAD_BYTES
                pacer.put(packet, size, urgent=urgent)
        if self._timer is None and not pacer.is_empty:
            self._arm(now_ms)

    def hasten(self) -> bool:
        """Send the next packet that waits before its turn; whether there was one."""
        if self.pacer.is_empty:
            return False
        self._send(self.pacer.next(), self._clock())
        return True

    def forget(self, ssrcs: frozenset[int]) -> None:
        """What waits of these never leaves."""
        self.pacer.remove(lambda packet: packet.ssrc in ssrcs)

    def close(self) -> None:
        """Nothing that waits leaves any more."""
        self.pacer.remove(lambda _: True)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _affordable(self, packets: Sequence[RtpPacket], now_ms: float) -> Sequence[RtpPacket]:
        """Repairs take a part of the rate at most: a way that loses what is too much is not helped by more."""
        rate_bps = _REPAIR_PART * self.pacer.rate_bps
        self._repairs_paid_ms = max(self._repairs_paid_ms, now_ms - _REPAIR_BURST_MS)
        for count, packet in enumerate(packets):
            if self._repairs_paid_ms > now_ms:
                return packets[:count]
            self._repairs_paid_ms += len(packet.payload) * 8000 / rate_bps
            self.repair_bytes += len(packet.payload)
        return packets

    def _arm(self, now_ms: float) -> None:
        wait_ms = self.pacer.wait_ms(now_ms)
        self._timer = None if wait_ms is None else self._call_later(wait_ms / 1000, self._drain)

    def _drain(self) -> None:
        self._timer = None
        now_ms = self._clock()
        for packet in self.pacer.take(now_ms):
            self._send(packet, now_ms)
        self._arm(now_ms)

    def _send(self, packet: RtpPacket, now_ms: float, *, is_sound: bool = False) -> None:
        extensions = packet.extensions
        is_numbered = extensions.transport_sequence_number is not None
        if is_numbered:
            extensions.transport_sequence_number = self._log.next_number
        if extensions.abs_send_time is not None:
            extensions.abs_send_time = int((self._wall_clock() + _NTP_EPOCH_MS) * _SEND_TIME_PER_MS) & _SEND_TIME_MASK
        data = packet.serialize(self._map)
        size = len(data) + PACKET_OVERHEAD_BYTES
        (self._send_sound if is_sound else self._send_rtp)(data)
        self.pacer.spend(size, now_ms)
        self.packets_sent += 1
        self.bytes_sent += size
        if is_numbered:
            self.numbered_bytes += size
            self._log.add(size, now_ms, self.cluster, ssrc=packet.ssrc, sequence=packet.sequence_number)
            if self.numbered_ms is None:
                self.numbered_ms = now_ms
