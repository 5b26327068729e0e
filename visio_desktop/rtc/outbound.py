"""A sent stream, or one layer of it, without I/O: frames in, packets out; retransmissions and reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

from aiortc.rtp import HeaderExtensions, RtcpReceiverInfo, RtcpSenderInfo, RtcpSrPacket, RtpPacket

from visio_desktop.rtc.frames import EncodedFrame, LayerStatistics
from visio_desktop.rtc.granting import Granting
from visio_desktop.rtc.history import History
from visio_desktop.rtc.packetize import PACKETIZERS
from visio_desktop.rtc.packetize.opus_red import RedPacketizer
from visio_desktop.rtc.payloads import CodecFormat

_MASK_32 = 0xFFFFFFFF
_CAPTURE_WITHIN_MS = 2000.0
_SILENCE_DB = 127


class Outbound:
    """What one SSRC carries, of one codec; with `rid` it is a layer of simulcast.

    `extensions` makes the header extensions of each packet (its MID, say); the send time and the RID are filled in
    here. `time_offset` is added to the RTP time of each frame, the same for all layers of a picture. A frame's
    `capture_ms`, if it has one, is on the clock of `now_ms` and makes the reports exact; else the time now stands in.
    """

    def __init__(
        self,
        codec_format: CodecFormat,
        *,
        ssrc: int,
        rtx_ssrc: int | None,
        random: Random,
        time_offset: int = 0,
        rid: str | None = None,
        extensions: Callable[[], HeaderExtensions] = HeaderExtensions,
    ) -> None:
        self.codec = codec_format.codec
        self.ssrc = ssrc
        self.rtx_ssrc = rtx_ssrc
        self.rid = rid
        self.loss_fraction: float | None = None
        self.rtt_ms: float | None = None
        self.last_sent_ms = float("-inf")
        self.packets_reported = 0
        self.packets = self.bytes = self.frames = self.keys = self.nacks = self.plis = 0
        self._extensions = extensions
        self._packetize = PACKETIZERS[codec_format.codec]
        red = codec_format.red_payload_type
        self._red = RedPacketizer(codec_format.payload_type) if red is not None else None
        self._payload_type = codec_format.payload_type if red is None else red
        self.is_redundant = True
        rtx_payload_type = codec_format.rtx_payload_type if rtx_ssrc is not None else None
        self._history = History(rtx_payload_type, rtx_ssrc, random.getrandbits(15)) if self.codec.is_video else None
        self._sequence = random.getrandbits(15)
        self._time_offset = time_offset
        self._picture = random.getrandbits(15)
        self._anchor: tuple[int, int] | None = None
        self._granting = Granting()
        self._reported = 0

    def packetize(self, frame: EncodedFrame, now_ms: float, ntp_time: int) -> list[RtpPacket]:
        """The packets of a frame, in order; `ntp_time` is the 64-bit wall clock. Frames of another codec give none."""
        if frame.codec is not self.codec or not frame.payload:
            return []
        rtp_time = frame.rtp_time + self._time_offset & _MASK_32
        if self._red is None:
            payloads = self._packetize(frame, self._picture)
        else:
            payloads = [self._red.packetize(frame.rtp_time, frame.payload, alone=not self.is_redundant)]
        self._picture += 1
        if frame.key:
            self._granting.sent()
        last = len(payloads) - 1
        packets = [self._packet(frame, body, rtp_time, at == last, ntp_time) for at, body in enumerate(payloads)]
        self._count(frame, packets)
        self.last_sent_ms = now_ms
        self._anchor = (rtp_time, ntp_time - _age_ntp(frame, now_ms))
        if self._history is not None:
            self._history.add(packets, now_ms)
        return packets

    def retransmit(self, sequences: Iterable[int], now_ms: float, ntp_time: int) -> list[RtpPacket]:
        """Lost packets once more, each at most once per round trip; those no longer kept are passed over."""
        asked = list(sequences)
        self.nacks += len(asked)
        if self._history is None:
            return []
        return self._as_repairs(self._history.again(asked, now_ms, self.rtt_ms), ntp_time)

    def forget(self) -> None:
        """Send nothing again of what was sent so far: a key frame follows."""
        if self._history is not None:
            self._history.forget()

    def doubled(self, packets: list[RtpPacket], times: int, ntp_time: int) -> list[RtpPacket]:
        """What `packetize` just gave so many times more, in case it gets lost; none where there is no RTX."""
        return [] if self._history is None else self._as_repairs(self._history.doubled(packets, times), ntp_time)

    def lost(self, ssrc: int, sequences: Iterable[int], now_ms: float, ntp_time: int) -> list[RtpPacket]:
        """Packets on one of our SSRCs are known to be lost: those of which no copy is under way, once more."""
        history = self._history
        if history is None or ssrc not in {self.ssrc, self.rtx_ssrc}:
            return []
        if ssrc == self.rtx_ssrc:
            sequences = [number for each in sequences if (number := history.original(each)) is not None]
        return self._as_repairs(history.lost(sequences, now_ms), ntp_time)

    def retransmittable(self, size_bytes: int, ntp_time: int) -> list[RtpPacket]:
        """The newest packets once more, of so many bytes at most and unasked for; none where there is no RTX."""
        return [] if self._history is None else self._as_repairs(self._history.newest(size_bytes), ntp_time)

    def padding(self, size_bytes: int, ntp_time: int) -> list[RtpPacket]:
        """A packet of about so many bytes that carries nothing; none where there is no RTX."""
        return [] if self._history is None else self._as_repairs(self._history.padding(size_bytes), ntp_time)

    def sender_report(self, ntp_time: int) -> RtcpSrPacket | None:
        """The report for now (RFC 3550, 6.4.1); None before the first frame."""
        if self._anchor is None:
            return None
        rtp_time, anchor_ntp = self._anchor
        passed = (ntp_time - anchor_ntp) * self.codec.clock_rate_hz >> 32
        info = RtcpSenderInfo(ntp_time, rtp_time + passed & _MASK_32, self.packets & _MASK_32, self.bytes & _MASK_32)
        return RtcpSrPacket(ssrc=self.ssrc, sender_info=info)

    def on_receiver_report(self, report: RtcpReceiverInfo, ntp_time: int) -> float | None:
        """Take the other side's report block of this SSRC, `ntp_time` being the wall clock at its arrival.

        Gives the round trip in milliseconds if this report tells one.
        """
        self.loss_fraction = report.fraction_lost / 256
        self.packets_reported, self._reported = self.packets - self._reported, self.packets
        if not report.lsr:
            return None
        round_trip = ((ntp_time >> 16) - report.lsr - report.dlsr) & _MASK_32
        # A negative round trip (a clock that was set) shows as a huge one.
        if round_trip >= 1 << 31:
            return None
        self.rtt_ms = round_trip / 65.536
        return self.rtt_ms

    def on_key_frame_request(self, now_ms: float, *, is_reduced: bool = False) -> bool:
        """Take a PLI or FIR (RFC 4585, RFC 5104); whether to act on it: see `Granting.asked`."""
        self.plis += 1
        return self._granting.asked(now_ms, is_reduced=is_reduced)

    def owes_key_frame(self, now_ms: float) -> bool:
        """Whether to act now on a request that came too soon after another."""
        return self._granting.due(now_ms)

    def statistics(self, target_bps: int | None = None) -> LayerStatistics:
        """The counts so far."""
        return LayerStatistics(
            self.rid or "",
            packets_sent=self.packets,
            bytes_sent=self.bytes,
            frames_sent=self.frames,
            key_frames=self.keys,
            packets_retransmitted=0 if self._history is None else self._history.sent_again,
            loss_fraction=self.loss_fraction or 0.0,
            target_bps=target_bps,
        )

    def _packet(self, frame: EncodedFrame, body: bytes, rtp_time: int, last: bool, ntp_time: int) -> RtpPacket:
        # In sound the marker is for the first packet after silence (RFC 7587 leaves it out), in pictures for the last.
        marker = int(last and self.codec.is_video)
        packet = RtpPacket(self._payload_type, marker, self._sequence, rtp_time, self.ssrc, body)
        packet.extensions = self._stamped(ntp_time)
        if frame.audio_level_db is not None:
            packet.extensions.audio_level = (frame.voice, min(max(-frame.audio_level_db, 0), _SILENCE_DB))
        self._sequence = self._sequence + 1 & 0xFFFF
        return packet

    def _stamped(self, ntp_time: int) -> HeaderExtensions:
        extensions = self._extensions()
        extensions.abs_send_time = ntp_time >> 14 & 0xFFFFFF
        extensions.rtp_stream_id = self.rid
        return extensions

    def _as_repairs(self, packets: list[RtpPacket], ntp_time: int) -> list[RtpPacket]:
        """With extensions of their own: a packet on the SSRC of repairs names the layer it repairs (RFC 8852)."""
        for packet in packets:
            packet.extensions = self._stamped(ntp_time)
            if packet.ssrc == self.rtx_ssrc:
                packet.extensions.rtp_stream_id = None
                packet.extensions.repaired_rtp_stream_id = self.rid
        return packets

    def _count(self, frame: EncodedFrame, packets: list[RtpPacket]) -> None:
        self.frames += 1
        self.keys += frame.key and self.codec.is_video
        self.packets += len(packets)
        self.bytes += sum([len(packet.payload) for packet in packets])


def _age_ntp(frame: EncodedFrame, now_ms: float) -> int:
    """How long ago the frame was captured, as an NTP interval; 0 where its capture time is not on our clock."""
    age_ms = 0.0 if frame.capture_ms is None else now_ms - frame.capture_ms
    return int(age_ms * (1 << 32) / 1000) if 0 <= age_ms < _CAPTURE_WITHIN_MS else 0
