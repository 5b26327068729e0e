"""A received sound stream without I/O: each packet's sound once, as it arrives, also from redundancy (RFC 2198)."""

from __future__ import annotations

from aiortc.rtp import RtcpReceiverInfo, RtcpSenderInfo, RtpPacket

from visio_desktop.rtc.actions import NOTHING, Actions
from visio_desktop.rtc.depacketize import opus_red
from visio_desktop.rtc.errors import PayloadError
from visio_desktop.rtc.frames import Codec, EncodedFrame, InboundStatistics
from visio_desktop.rtc.payloads import FormatTable
from visio_desktop.rtc.receiver_reports import Reception
from visio_desktop.rtc.sender_reports import SenderClock
from visio_desktop.rtc.sequence import Unwrapper

_CLOCK_RATE_HZ = 48_000
_MAX_JUMP = 1000
_WINDOW = 512
_WINDOW_MASK = (1 << _WINDOW) - 1


class SoundInbound:
    """One sound stream. Lost sound is never asked for: redundancy, FEC and concealment come sooner.

    What came is remembered for 512 packets; older ones are late and dropped.
    """

    rtt_ms = 0.0

    def __init__(self, formats: FormatTable) -> None:
        self.ssrc: int | None = None
        self._formats = formats
        self._sequences = Unwrapper(16)
        self._times = Unwrapper(32)
        self._came = 0  # bit n: the packet n before the newest came
        self._reception = Reception(_CLOCK_RATE_HZ)
        self._clock = SenderClock(_CLOCK_RATE_HZ)
        self._strange: int | None = None
        self._last_packet_ms: float | None = None
        self._restarted = False
        self._received = self._missed = self._recovered = self._bytes = self._delivered = 0

    def receive(self, packet: RtpPacket, now_ms: float) -> Actions:
        """Take a packet, plain or redundant."""
        self._last_packet_ms = now_ms
        is_red = packet.payload_type in self._formats.red
        if not is_red and packet.payload_type not in self._formats.media:
            return NOTHING
        sequence = self._place(packet)
        if sequence is None:
            return NOTHING
        self._reception.receive(sequence, packet.timestamp, now_ms)
        self._bytes += len(packet.payload)
        frames = self._redundant(sequence, packet, now_ms) if is_red else self._plain(sequence, packet, now_ms)
        return Actions(tuple(frames)) if frames else NOTHING

    def tick(self, now_ms: float) -> Actions:  # noqa: ARG002 - as for pictures
        """Time means nothing to sound: playout waits, not we."""
        return NOTHING

    def request_key_frame(self, now_ms: float) -> Actions:  # noqa: ARG002 - as for pictures
        """Sound has no key frames."""
        return NOTHING

    def on_sender_report(self, info: RtcpSenderInfo, now_ms: float) -> None:
        """Take the sender's report."""
        self._reception.sender_report(info, now_ms)
        self._clock.report(info.ntp_timestamp, info.rtp_timestamp)

    def report_block(self, now_ms: float) -> RtcpReceiverInfo | None:
        """What to tell the sender; None before the first packet."""
        return None if self.ssrc is None else self._reception.block(self.ssrc, now_ms)

    def statistics(self) -> InboundStatistics:
        """The counts so far; `packets_recovered` came out of redundancy, `packets_lost` not at all."""
        return InboundStatistics(
            packets_received=self._received,
            packets_lost=max(0, self._missed),
            packets_recovered=self._recovered,
            bytes_received=self._bytes,
            frames_delivered=self._delivered,
            jitter_ms=self._reception.jitter_ms,
            last_packet_ms=self._last_packet_ms,
        )

    def _place(self, packet: RtpPacket) -> int | None:
        """The packet's endless sequence; None for a straggler (RFC 3550, A.1)."""
        number = packet.sequence_number
        if packet.ssrc != self.ssrc:
            return self._restart(packet)
        newest = self._sequences.newest or 0
        sequence = self._sequences.near(number)
        if abs(sequence - newest) > _MAX_JUMP:
            if sequence < newest and number != self._strange:
                self._strange = number + 1 & 0xFFFF
                return None
            return self._restart(packet)
        if sequence > newest:
            self._missed += sequence - newest
            self._came = self._came << sequence - newest & _WINDOW_MASK
            self._sequences.newest = sequence
        return sequence

    def _restart(self, packet: RtpPacket) -> int:
        self._restarted = self.ssrc is not None
        if packet.ssrc != self.ssrc:
            self._clock.forget()
        self.ssrc = packet.ssrc
        self._strange = None
        self._came = 0
        self._missed += 1
        self._reception.restart()
        self._times.restart(packet.timestamp)
        return self._sequences.restart(packet.sequence_number)

    def _plain(self, sequence: int, packet: RtpPacket, now_ms: float) -> list[EncodedFrame]:
        if not self._is_new(sequence) or not packet.payload:
            return []
        return [self._frame(sequence, packet, packet.payload, 0, now_ms)]

    def _redundant(self, sequence: int, packet: RtpPacket, now_ms: float) -> list[EncodedFrame]:
        try:
            blocks = opus_red.parse(packet.payload)
        except PayloadError:
            return []
        frames: list[EncodedFrame] = []
        for block in blocks:
            if block.body and block.payload_type in self._formats.media and self._is_new(sequence - block.back):
                self._recovered += block.back > 0
                frames.append(self._frame(sequence - block.back, packet, block.body, block.offset, now_ms))
        return frames

    def _is_new(self, sequence: int) -> bool:
        """Whether this packet has not come yet; from now on it has."""
        back = (self._sequences.newest or 0) - sequence
        if back >= _WINDOW or self._came >> back & 1:
            return False
        self._came |= 1 << back
        self._received += 1
        self._missed -= 1
        return True

    def _frame(self, sequence: int, packet: RtpPacket, body: bytes, offset: int, now_ms: float) -> EncodedFrame:
        level = packet.extensions.audio_level if offset == 0 else None
        gap_before, self._restarted = self._restarted, False
        rtp_time = packet.timestamp - offset
        self._delivered += 1
        return EncodedFrame(
            codec=Codec.OPUS,
            payload=body,
            rtp_time=self._times.unwrap(rtp_time),
            arrival_ms=now_ms,
            capture_ms=self._clock.capture_ms(rtp_time & 0xFFFFFFFF),
            gap_before=gap_before,
            sequence=sequence,
            audio_level_db=-level[1] if level else None,
            voice=bool(level and level[0]),
        )
