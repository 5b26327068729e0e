"""A sent stream: the sans-I/O half with the transport below it and the encoder's listener above it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random

from aiortc.rtp import HeaderExtensions, RtcpReceiverInfo, RtcpSrPacket, RtpPacket

from visio_desktop.rtc.allotment import Allotment
from visio_desktop.rtc.congestion.demand import Demand, Priority
from visio_desktop.rtc.congestion.writer import PacketKind
from visio_desktop.rtc.description import SentSource
from visio_desktop.rtc.formats import ABS_SEND_TIME, AUDIO_LEVEL, MID, RID, TRANSPORT_CC
from visio_desktop.rtc.frames import Codec, EncodedFrame, Feedback, FrameSealer, OutboundStatistics, SendLayer
from visio_desktop.rtc.outbound import Outbound
from visio_desktop.rtc.payloads import CodecFormat
from visio_desktop.rtc.redundancy import divide
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
        layers: tuple[SendLayer, ...] = (),
        priority: Priority = Priority.CAMERA,
        clock: Clock,
        wall_clock: Clock,
        random: Random,
        write: Callable[[Sequence[RtpPacket], PacketKind], None],
    ) -> None:
        self.codecs = codecs
        self.source = source
        self._clock = clock
        self._wall_clock = wall_clock
        self._random = random
        self._write = write
        self._offered = layers
        self._layers: tuple[SendLayer, ...] = ()
        self._allotment = Allotment(priority if codecs[0].is_video else Priority.SOUND, layers)
        self._outbounds: tuple[Outbound, ...] = ()
        self._format: CodecFormat | None = None
        self._mid: str | None = None
        self._stamps = self._levels = self._numbers = self._flowing = self._agreed = self._quiet = False
        self._doubles = 0
        self._loss: float | None = None
        self._rtt_ms: float | None = None
        self._listener: Callable[[Feedback], None] | None = None
        self._on_pause: Callable[[], None] | None = None
        self._sealer: FrameSealer | None = None

    @property
    def codec(self) -> Codec:
        """The negotiated codec, before that the preferred one."""
        return self.codecs[0] if self._format is None else self._format.codec

    @property
    def layers(self) -> tuple[SendLayer, ...]:
        """The simulcast layers that the other side takes, lowest first; none where it takes no simulcast."""
        return self._layers

    @property
    def ssrcs(self) -> tuple[int, ...]:
        """Every SSRC that is sent, those of retransmissions included."""
        return tuple(ssrc for each in self._outbounds for ssrc in (each.ssrc, each.rtx_ssrc) if ssrc is not None)

    @property
    def is_agreed(self) -> bool:
        """Whether the other side takes this stream."""
        return self._agreed

    def ssrcs_of(self, layer: int) -> frozenset[int]:
        """The SSRCs of a layer, that of its retransmissions too."""
        return frozenset(
            ssrc for each in self._outbounds[layer : layer + 1] for ssrc in (each.ssrc, each.rtx_ssrc) if ssrc
        )

    @property
    def is_numbered(self) -> bool:
        """Whether its packets carry transport-wide numbers."""
        return self._numbers

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is sent for a moment."""
        return self._quiet

    def agree(
        self, accepted: Sequence[CodecFormat], mid: str, extensions: Mapping[str, int], rids: Sequence[str] = ()
    ) -> None:
        """The other side takes the stream in one of these formats, best first; in none of them if there are none.

        `rids` names the layers it takes. Once a format was in use it stays, and so do the layers: another would begin
        the SSRC's sequence anew, which SRTP does not allow.
        """
        before = None if self._format is None else (self._format.codec, self._format.payload_type)
        usable = [f for f in accepted if before in (None, (f.codec, f.payload_type))]
        self._agreed = bool(usable)
        self._mid = mid if MID in extensions else None
        self._stamps = ABS_SEND_TIME in extensions
        self._levels = AUDIO_LEVEL in extensions
        self._numbers = TRANSPORT_CC in extensions
        if usable and self._format is None:
            self._begin(usable[0], frozenset(rids) if RID in extensions else frozenset())

    def _begin(self, codec_format: CodecFormat, rids: frozenset[str]) -> None:
        if self._sealer is not None:
            # Receivers open a packet as one frame, and know nothing of the one it repeats.
            codec_format = replace(codec_format, red_payload_type=None)
        self._format = codec_format
        taken = tuple(layer for layer in self.source.layers if layer.rid in rids)
        self._layers = tuple(layer for layer in self._offered if taken and layer.rid in rids)
        self._allotment.narrow(self._layers or self._offered[-1:])
        ways: list[tuple[str | None, int, int | None]] = [(each.rid, each.ssrc, each.rtx_ssrc) for each in taken]
        if not ways:
            # Offered again, the stream is described as what it now is.
            self.source = replace(self.source, layers=())
            ways = [(None, self.source.ssrc, self.source.rtx_ssrc)]
        time_offset = self._random.getrandbits(32)
        self._outbounds = tuple(
            Outbound(
                codec_format,
                ssrc=ssrc,
                rtx_ssrc=rtx_ssrc if codec_format.rtx_payload_type is not None else None,
                random=self._random,
                time_offset=time_offset,
                rid=rid,
                extensions=self._extensions,
            )
            for rid, ssrc, rtx_ssrc in ways
        )

    def refuse(self) -> None:
        """The other side does not take the stream now."""
        self._agreed = False

    def flow(self, flowing: bool) -> None:
        """Whether the transport is connected; the decoders over there begin with a key frame."""
        if flowing and self._agreed and not self._flowing and self.codec.is_video:
            self._tell(key_frame_wanted=True)
        self._flowing = flowing and self._agreed

    def send(self, frame: EncodedFrame) -> None:
        """Packetise and send; frames of another codec are refused with `ValueError`."""
        if not self._agreed or not self._flowing or self._quiet or not 0 <= frame.layer < len(self._outbounds):
            return
        if frame.codec is not self.codec:
            raise ValueError(f"{frame.codec} on a stream of {self.codec}")
        sealed = self._sealed(frame)
        if sealed is None:
            return
        kind = PacketKind.VIDEO if frame.codec.is_video else PacketKind.SOUND
        now_ms, outbound = self._clock(), self._outbounds[frame.layer]
        packets = outbound.packetize(sealed, now_ms, self._now_ntp())
        if self._doubles:
            packets = packets + outbound.doubled(packets, self._doubles, self._now_ntp())
        self._send(packets, kind)
        if outbound.owes_key_frame(now_ms):
            self._ask_for_key_frame(frame.layer)

    def double(self, times: int) -> None:
        """Send each picture so many times more from now on: the way loses packets whatever we do, and has room."""
        self._doubles = times

    def seal_with(self, sealer: FrameSealer) -> None:
        """From now on send only frames that this has sealed; to be called before the other side has agreed."""
        self._sealer = sealer

    def on_feedback(self, listener: Callable[[Feedback], None] | None) -> None:
        """Call `listener` for each word from the network, at once if there was one already; None stops it."""
        self._listener = listener
        if self._allotment.targets_bps:
            self._tell()

    def on_pause(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever layers that were sent are paused for want of rate, or come back."""
        self._on_pause = listener

    def want_layers(self, wanted: tuple[bool, ...]) -> None:
        """Which layers anybody over there watches, lowest first; those left out are not watched."""
        before = self._allotment.targets_bps
        self._allotment.want(wanted)
        if self._allotment.targets_bps != before:
            self._tell()

    def demand(self) -> Demand:
        """What this stream would like of the transport's rate: nothing while nobody makes frames for it."""
        demand = self._allotment.demand
        if self._listener is not None:
            return demand
        return replace(demand, layers=tuple(replace(layer, wanted=False) for layer in demand.layers))

    def allot(self, targets_bps: tuple[int, ...]) -> None:
        """Take what the transport's rate has for each layer, lowest first; 0 is for not now."""
        before = self._allotment.targets_bps
        self._allotment.allot(targets_bps)
        if self._allotment.targets_bps != before:
            self._tell()
            if self._on_pause is not None and self._has_paused(before):
                self._on_pause()

    def hush(self, quiet: bool) -> None:
        """Send nothing for a moment, nothing of before either; afterwards each layer begins with a key frame."""
        self._quiet = quiet
        for outbound in self._outbounds:
            outbound.forget()
        self._tell()

    def retransmittable(self, size_bytes: int) -> list[RtpPacket]:
        """Packets of the layer sent last, once more and unasked for, to see what the way carries; [] without RTX."""
        if not self._agreed or not self._flowing:
            return []
        sent = max(self._outbounds, key=lambda each: each.last_sent_ms)
        return self._trimmed(sent.retransmittable(size_bytes, self._now_ntp()))

    def padding(self, size_bytes: int) -> list[RtpPacket]:
        """A packet that carries nothing, to probe with where nothing can be sent once more; [] without RTX."""
        if not self._agreed or not self._flowing:
            return []
        return self._trimmed(self._outbounds[0].padding(size_bytes, self._now_ntp()))

    def statistics(self) -> OutboundStatistics:
        """The counts so far."""
        targets = self._allotment.targets_bps or (None,) * len(self._outbounds)
        layers = tuple(each.statistics(bps) for each, bps in zip(self._outbounds, targets, strict=False))
        return OutboundStatistics(
            packets_sent=sum(layer.packets_sent for layer in layers),
            bytes_sent=sum(layer.bytes_sent for layer in layers),
            frames_sent=sum(layer.frames_sent for layer in layers),
            key_frames=sum(layer.key_frames for layer in layers),
            packets_retransmitted=sum(layer.packets_retransmitted for layer in layers),
            nacks_received=sum(each.nacks for each in self._outbounds),
            plis_received=sum(each.plis for each in self._outbounds),
            loss_fraction=max((layer.loss_fraction for layer in layers), default=0.0),
            rtt_ms=self._rtt_ms,
            layers=layers if self._layers else (),
        )

    def nacked(self, ssrc: int, sequences: list[int], now_ms: float) -> None:
        """Send these of an SSRC again, as far as they are kept; a layer that is paused begins anew without them."""
        paused = {n for n, bps in enumerate(self._allotment.targets_bps) if not bps}
        for index, outbound in enumerate(self._outbounds):
            if outbound.ssrc == ssrc:
                kept = [] if index in paused else [s & 0xFFFF for s in sequences]
                self._send(outbound.retransmit(kept, now_ms, self._now_ntp()), PacketKind.RETRANSMISSION)

    def lost(self, ssrc: int, sequences: Sequence[int], now_ms: float) -> None:
        """These of one of our SSRCs never arrived, as the transport tells: send anew what nobody has to ask for."""
        for index, outbound in enumerate(self._outbounds):
            if 0 not in self._allotment.targets_bps[index : index + 1]:
                again = outbound.lost(ssrc, sequences, now_ms, self._now_ntp())
                self._send(again, PacketKind.RETRANSMISSION)

    def receiver_report(self, report: RtcpReceiverInfo) -> tuple[float, int, float | None]:
        """Take what a receiver tells of one of our SSRCs.

        Gives the part it missed, of how many packets, and the round trip time if it told that.
        """
        outbound = next((each for each in self._outbounds if each.ssrc == report.ssrc), None)
        if outbound is None:
            return 0.0, 0, None
        rtt_ms = outbound.on_receiver_report(report, self._now_ntp())
        self._rtt_ms = self._rtt_ms if rtt_ms is None else rtt_ms
        self._loss = outbound.loss_fraction
        self._tell()
        return self._loss or 0.0, outbound.packets_reported, rtt_ms

    def key_frame_wanted(self, ssrc: int) -> None:
        """Somebody over there cannot decode what one of our SSRCs carries."""
        for index, outbound in enumerate(self._outbounds):
            meant = self.codec.is_video and ssrc in {outbound.ssrc, outbound.rtx_ssrc}
            if meant and outbound.on_key_frame_request(self._clock(), is_reduced=self._is_reduced(index)):
                self._ask_for_key_frame(index)

    def _ask_for_key_frame(self, index: int) -> None:
        self._tell(key_frame_wanted=True, key_frame_layers=(index,) if self._layers else ())

    def _is_reduced(self, index: int) -> bool:
        """Whether a layer above this one is watched, but paused."""
        pairs = zip(self._allotment.targets_bps, self._allotment.demand.layers, strict=False)
        return any(not bps and layer.wanted for bps, layer in list(pairs)[index + 1 :])

    def sender_reports(self) -> list[RtcpSrPacket]:
        """Our sender reports, one for each SSRC that has sent anything."""
        if not self._agreed or not self._flowing:
            return []
        now = self._now_ntp()
        return [report for each in self._outbounds if (report := each.sender_report(now)) is not None]

    def _has_paused(self, before: tuple[int, ...]) -> bool:
        """Whether a layer that was sent already is paused now and was not before, or the other way round."""
        everything = (1,) * len(self._outbounds)
        pairs = zip(self._outbounds, before or everything, self._allotment.targets_bps or everything, strict=False)
        return any(each.frames and (not was_bps) != (not is_bps) for each, was_bps, is_bps in pairs)

    def _sealed(self, frame: EncodedFrame) -> EncodedFrame | None:
        if self._sealer is None or not frame.payload:
            return frame
        payload = self._sealer.seal(frame.codec, frame.payload)
        return None if payload is None else replace(frame, payload=payload)

    def _now_ntp(self) -> int:
        return ntp_time(self._wall_clock())

    def _tell(self, *, key_frame_wanted: bool = False, key_frame_layers: tuple[int, ...] = ()) -> None:
        limit_bps, targets_bps = self._allotment.limit_bps, self._allotment.targets_bps
        if self._quiet:
            limit_bps, targets_bps = 0, (0,) * len(self._outbounds)
        if not self.codec.is_video:
            limit_bps = self._divided(limit_bps)
        if self._listener is not None:
            told = Feedback(key_frame_wanted, limit_bps, self._loss, self._rtt_ms, targets_bps, key_frame_layers)
            self._listener(told)

    def _divided(self, limit_bps: int | None) -> int | None:
        """What of sound's limit is the encoder's, after choosing whether each frame goes out twice."""
        if limit_bps is None:
            return None
        may_double = self._format is not None and self._format.red_payload_type is not None
        doubled, encoder_bps = divide(limit_bps, self._loss or 0.0, may_double=may_double)
        for outbound in self._outbounds:
            outbound.is_redundant = doubled
        return encoder_bps

    def _extensions(self) -> HeaderExtensions:
        return HeaderExtensions(mid=self._mid, transport_sequence_number=0 if self._numbers else None)

    def _send(self, packets: list[RtpPacket], kind: PacketKind) -> None:
        self._write(self._trimmed(packets), kind)

    def _trimmed(self, packets: list[RtpPacket]) -> list[RtpPacket]:
        """Without the extensions that the other side does not take."""
        for packet in packets:
            if not self._stamps:
                packet.extensions.abs_send_time = None
            if not self._levels:
                packet.extensions.audio_level = None
        return packets
