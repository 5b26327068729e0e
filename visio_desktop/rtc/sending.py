"""A sent stream: the sans-I/O half with the transport below it and the encoder's listener above it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

from aiortc.rtp import HeaderExtensions, HeaderExtensionsMap, RtcpReceiverInfo, RtpPacket

from visio_desktop.rtc.description import SentSource
from visio_desktop.rtc.formats import ABS_SEND_TIME, AUDIO_LEVEL, MID
from visio_desktop.rtc.frames import Codec, EncodedFrame, Feedback, OutboundStatistics
from visio_desktop.rtc.outbound import Outbound
from visio_desktop.rtc.payloads import CodecFormat
from visio_desktop.system.clock import Clock

_NTP_EPOCH_MS = 2_208_988_800_000


def ntp_time(epoch_ms: float) -> int:
    """A 64-bit NTP time (RFC 3550, section 4) from milliseconds since 1970."""
    return int((epoch_ms + _NTP_EPOCH_MS) * (1 << 32) / 1000)


class SendingStream:
    """The `OutboundStream` of one m-line. Frames are dropped until both sides have agreed and are connected."""

    def __init__(
        self,
        codecs: tuple[Codec, ...],
        source: SentSource,
        *,
        clock: Clock,
        wall_clock: Clock,
        random: Random,
        extensions: HeaderExtensionsMap,
        send_rtp: Callable[[bytes], None],
    ) -> None:
        self.codecs = codecs
        self.source = source
        self._clock = clock
        self._wall_clock = wall_clock
        self._random = random
        self._map = extensions
        self._send_rtp = send_rtp
        self._outbound: Outbound | None = None
        self._format: CodecFormat | None = None
        self._mid: str | None = None
        self._stamps = self._levels = self._flowing = self._agreed = False
        self._listener: Callable[[Feedback], None] | None = None

    @property
    def codec(self) -> Codec:
        """The negotiated codec, before that the preferred one."""
        return self.codecs[0] if self._format is None else self._format.codec

    @property
    def is_agreed(self) -> bool:
        """Whether the other side takes this stream."""
        return self._agreed

    def agree(self, accepted: Sequence[CodecFormat], mid: str, extensions: Mapping[str, int]) -> None:
        """The other side takes the stream in one of these formats, best first; in none of them if there are none.

        Once a format was in use it stays: another would begin the SSRC's sequence anew, which SRTP does not allow.
        """
        before = None if self._format is None else (self._format.codec, self._format.payload_type)
        usable = [f for f in accepted if before in (None, (f.codec, f.payload_type))]
        self._agreed = bool(usable)
        self._mid = mid if MID in extensions else None
        self._stamps = ABS_SEND_TIME in extensions
        self._levels = AUDIO_LEVEL in extensions
        if usable and self._format is None:
            self._begin(usable[0])

    def _begin(self, codec_format: CodecFormat) -> None:
        self._format = codec_format
        rtx_ssrc = self.source.rtx_ssrc if codec_format.rtx_payload_type is not None else None
        self._outbound = Outbound(
            codec_format, ssrc=self.source.ssrc, rtx_ssrc=rtx_ssrc, random=self._random, extensions=self._extensions
        )

    def refuse(self) -> None:
        """The other side does not take the stream now."""
        self._agreed = False

    def flow(self, flowing: bool) -> None:
        """Whether the transport is connected; the decoders over there begin with a key frame."""
        if flowing and self._agreed and not self._flowing and self.codec.is_video:
            self._tell(Feedback(key_frame_wanted=True))
        self._flowing = flowing and self._agreed

    def send(self, frame: EncodedFrame) -> None:
        """Packetise and send; frames of another codec are refused with `ValueError`."""
        if self._outbound is None or not self._agreed or not self._flowing:
            return
        if frame.codec is not self.codec:
            raise ValueError(f"{frame.codec} on a stream of {self.codec}")
        for packet in self._outbound.packetize(frame, self._clock(), self._now_ntp()):
            self._write(packet)

    def on_feedback(self, listener: Callable[[Feedback], None] | None) -> None:
        """Call `listener` for each word from the network; None stops it."""
        self._listener = listener

    def statistics(self) -> OutboundStatistics:
        """The counts so far."""
        return self._outbound.statistics() if self._outbound is not None else OutboundStatistics()

    def nacked(self, sequences: list[int], now_ms: float) -> None:
        """Send these again, as far as they are kept."""
        if self._outbound is not None:
            for packet in self._outbound.retransmit((s & 0xFFFF for s in sequences), now_ms, self._now_ntp()):
                self._write(packet)

    def receiver_report(self, report: RtcpReceiverInfo) -> None:
        """Take what a receiver tells of our stream."""
        if self._outbound is not None and report.ssrc == self.source.ssrc:
            self._tell(self._outbound.on_receiver_report(report, self._now_ntp()))

    def estimated(self, bitrate_bps: int) -> None:
        """Take our share of what the way to the other side carries."""
        if self._outbound is not None:
            self._tell(self._outbound.on_remb(bitrate_bps))

    def key_frame_wanted(self) -> None:
        """Somebody over there cannot decode."""
        if self._outbound is not None and self.codec.is_video:
            self._tell(self._outbound.on_key_frame_request(self._clock()))

    def sender_report(self) -> bytes | None:
        """Our sender report, None before the first frame."""
        if self._outbound is None or not self._agreed or not self._flowing:
            return None
        report = self._outbound.sender_report(self._now_ntp())
        return None if report is None else bytes(report)

    def _now_ntp(self) -> int:
        return ntp_time(self._wall_clock())

    def _tell(self, feedback: Feedback | None) -> None:
        if self._listener is not None and feedback is not None:
            self._listener(feedback)

    def _extensions(self) -> HeaderExtensions:
        return HeaderExtensions(mid=self._mid)

    def _write(self, packet: RtpPacket) -> None:
        if not self._stamps:
            packet.extensions.abs_send_time = None
        if not self._levels:
            packet.extensions.audio_level = None
        self._send_rtp(packet.serialize(self._map))
