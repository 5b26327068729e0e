"""A received picture stream without I/O: packets in; frames, questions for lost packets and for key frames out."""

from __future__ import annotations

import math
from collections.abc import Sequence

from aiortc.rtp import RtcpReceiverInfo, RtcpSenderInfo, RtpPacket

from visio_desktop.rtc.actions import NOTHING, Actions
from visio_desktop.rtc.assembly import FrameAssembler, Piece, WholeFrame
from visio_desktop.rtc.depacketize import DEPACKETIZERS
from visio_desktop.rtc.errors import PayloadError
from visio_desktop.rtc.frames import EncodedFrame, FrameOpener, InboundStatistics
from visio_desktop.rtc.key_frames import KeyFrameRequests
from visio_desktop.rtc.nack import Arrival, NackList
from visio_desktop.rtc.payloads import CodecFormat, FormatTable
from visio_desktop.rtc.receiver_reports import Reception
from visio_desktop.rtc.sender_reports import SenderClock
from visio_desktop.rtc.sequence import Unwrapper
from visio_desktop.rtc.tail import Tail

_CLOCK_RATE_HZ = 90_000
_MAX_JUMP = 1000
_SKIP_MS = 20.0
_PATIENCE_MIN_MS = 250.0
_PATIENCE_RECOVERIES = 4.0
_GIVE_UP_RECOVERIES = 6.0
_GIVE_UP_AT_MOST_MS = 1500.0
_RTX_HEADER_BYTES = 2
_STALL_MS = 100.0
_TICK_OVERDUE_MS = 45.0
_CATCHING_UP_MS = 100.0
_EARLY_PACKETS = 64
_SILENT_MS = 3_000.0


class VideoInbound:
    """One picture stream. `give_up_ms` is how long a frame may wait for its missing packets, more on slow paths.

    Lost packets are asked for at once and again after each round trip. A hole that outlasts some recoveries makes it
    ask for a key frame too; the hole is given up when that is there, or at the deadline. Nothing that comes from the
    network makes it raise.
    """

    def __init__(self, formats: FormatTable, *, rtt_ms: float = 100.0, give_up_ms: float = 600.0) -> None:
        self.ssrc: int | None = None
        self.give_up_ms = give_up_ms
        self._formats = formats
        self._sequences = Unwrapper(16)
        self._times = Unwrapper(32)
        self._frames = FrameAssembler()
        self._nacks = NackList(rtt_ms)
        self._tail = Tail()
        self._reception = Reception(_CLOCK_RATE_HZ)
        self._clock = SenderClock(_CLOCK_RATE_HZ)
        self._key_frames = KeyFrameRequests()
        self._strange: int | None = None
        self._newest_ms: float | None = None
        self._last_packet_ms: float | None = None
        self._woke_ms: float | None = None
        self._ticked_ms = math.inf
        self._unsure_until_ms = -math.inf
        self._restarted = False
        self._expected = self._received = self._recovered = self._bytes = self._delivered = self._keys = 0

    @property
    def rtt_ms(self) -> float:
        """The round trip time by which questions are repeated."""
        return self._nacks.rtt_ms

    @property
    def is_lossy(self) -> bool:
        """Whether packets were missing at any time."""
        return self._nacks.asked > 0

    def path_rtt(self, rtt_ms: float) -> None:
        """The path's round trip time was measured, not by answers to lost packets."""
        if rtt_ms < self._nacks.rtt_ms:
            self._nacks.rtt_ms = rtt_ms
            if not self._recovered:
                self._nacks.recovery_ms = rtt_ms
        else:
            self._nacks.sample_rtt(rtt_ms)

    def receive(self, packet: RtpPacket, now_ms: float) -> Actions:
        """Take a packet of the stream or a retransmission of one (RFC 4588)."""
        self._last_packet_ms = now_ms
        self._note_stall(now_ms)
        payload_type = packet.payload_type
        codec_format = self._formats.media.get(payload_type)
        if codec_format is not None:
            return self._original(packet, codec_format, now_ms)
        codec_format = self._formats.rtx.get(payload_type)
        if codec_format is None or self.ssrc is None or len(packet.payload) < _RTX_HEADER_BYTES:
            return NOTHING
        sequence = self._sequences.near(int.from_bytes(packet.payload[:_RTX_HEADER_BYTES]))
        if sequence > (self._sequences.newest or 0) and sequence != self._tail.guess:
            return NOTHING
        self._tail.repaired(sequence, now_ms, marker=bool(packet.marker))
        return self._take(sequence, packet, packet.payload[_RTX_HEADER_BYTES:], codec_format, now_ms, is_rtx=True)

    def tick(self, now_ms: float) -> Actions:
        """Time has passed: ask again, give up, ask for a key frame.

        After a stall of ours nothing is given up at once: what fills the hole may wait in the socket.
        """
        whole: list[WholeFrame] = []
        self._note_stall(now_ms)
        stalled, self._ticked_ms = now_ms - self._ticked_ms > _STALL_MS, now_ms
        if self._frames.is_blocked and not stalled and self._is_hopeless(now_ms):
            whole = self._frames.give_up()
            self._resume(now_ms)
        if self._frames.needs_key:
            self._nacks.forget(missed_before_ms=now_ms - self._deadline_ms)
        if self._fell_silent(now_ms):
            return Actions(pli=True)
        return self._actions(whole, self._ask_for_tail(now_ms) + self._nacks.due(now_ms), now_ms)

    def request_key_frame(self, now_ms: float) -> Actions:
        """The decoder needs a key frame."""
        self._key_frames.want()
        return self._actions([], (), now_ms)

    def require_key_frame(self, now_ms: float) -> Actions:
        """Somebody begins to look, or lost what was delivered: give nothing before the next key frame."""
        self._frames.require_key()
        return self._actions([], (), now_ms)

    def open_with(self, opener: FrameOpener) -> None:
        """From now on give only frames that this opens."""
        self._frames.opener = opener

    def on_sender_report(self, info: RtcpSenderInfo, now_ms: float) -> None:
        """Take the sender's report."""
        self._reception.sender_report(info, now_ms)
        self._clock.report(info.ntp_timestamp, info.rtp_timestamp)

    def report_block(self, now_ms: float) -> RtcpReceiverInfo | None:
        """What to tell the sender; None before the first packet."""
        return None if self.ssrc is None else self._reception.block(self.ssrc, now_ms)

    def statistics(self) -> InboundStatistics:
        """The counts so far; `packets_lost` never came, `packets_recovered` came on demand."""
        return InboundStatistics(
            packets_received=self._received,
            packets_lost=max(0, self._expected - self._received),
            packets_recovered=self._recovered,
            bytes_received=self._bytes,
            frames_delivered=self._delivered,
            key_frames=self._keys,
            nacks_sent=self._nacks.asked,
            plis_sent=self._key_frames.asked,
            jitter_ms=self._reception.jitter_ms,
            frames_dropped=self._frames.dropped,
            rtt_ms=self._nacks.rtt_ms if self._recovered else None,
            last_packet_ms=self._last_packet_ms,
        )

    def _note_stall(self, now_ms: float) -> None:
        """Ticks that fail to come tell of a busy machine; what waited in the socket meanwhile takes a while to read."""
        if now_ms - self._ticked_ms > _TICK_OVERDUE_MS:
            self._unsure_until_ms = now_ms + _CATCHING_UP_MS

    def _fell_silent(self, now_ms: float) -> bool:
        """Whether nothing has come for a while: asking once for a key frame wakes a server that lost its place."""
        last_ms = self._last_packet_ms
        if last_ms is None or now_ms - last_ms < _SILENT_MS or self._woke_ms == last_ms:
            return False
        self._woke_ms = last_ms
        return self.ssrc is not None

    def _original(self, packet: RtpPacket, codec_format: CodecFormat, now_ms: float) -> Actions:
        if packet.ssrc != self.ssrc:
            self._restart(packet)
        newest = self._sequences.newest or 0
        sequence = self._sequences.near(packet.sequence_number)
        if abs(sequence - newest) > _MAX_JUMP:
            if sequence < newest and packet.sequence_number != self._strange:
                # One packet from long ago is a straggler; two in a row are a stream that began anew (RFC 3550, A.1).
                self._strange = packet.sequence_number + 1 & 0xFFFF
                return NOTHING
            self._restart(packet)
            sequence = newest = self._sequences.newest or 0
        self._reception.receive(sequence, packet.timestamp, now_ms)
        nack: tuple[int, ...] = ()
        if sequence > newest:
            self._sequences.newest = sequence
            self._expected += sequence - newest
            self._nacks.never_mind(sequence)
            nack = self._miss(self._holes(newest + 1, sequence), now_ms, self._newest_ms)
            self._newest_ms = now_ms
            self._tail.newest(sequence, now_ms, marker=bool(packet.marker))
        return self._take(sequence, packet, packet.payload, codec_format, now_ms, nack)

    def _restart(self, packet: RtpPacket) -> None:
        """The stream begins, or begins anew."""
        self._restarted = self.ssrc is not None
        if packet.ssrc != self.ssrc:
            self._clock.forget()
        self.ssrc = packet.ssrc
        self._strange = self._newest_ms = None
        self._tail = Tail()
        self._expected += 1
        sequence = self._sequences.restart(packet.sequence_number)
        self._frames.restart(sequence - _EARLY_PACKETS)
        self._key_frames.restart()
        self._nacks.forget()
        self._reception.restart()

    def _miss(self, sequences: Sequence[int], now_ms: float, expected_ms: float | None = None) -> tuple[int, ...]:
        if not sequences:
            return ()
        nack = self._nacks.miss(sequences, now_ms, expected_ms)
        if nack is None:
            self._nacks.forget()
            self._frames.restart(sequences[-1] + 1)
            self._restarted = True
        return nack or ()

    def _take(
        self,
        sequence: int,
        packet: RtpPacket,
        payload: bytes,
        codec_format: CodecFormat,
        now_ms: float,
        nack: tuple[int, ...] = (),
        *,
        is_rtx: bool = False,
    ) -> Actions:
        if not self._frames.wants(sequence):
            if is_rtx:
                self._nacks.came_again(sequence)
            return NOTHING
        part = None
        if payload:
            try:
                part = DEPACKETIZERS[codec_format.codec].parse(payload)
            except (PayloadError, KeyError):
                return self._actions([], nack, now_ms)
        has_rtx = codec_format.rtx_payload_type is not None
        arrival = self._nacks.arrived(sequence, now_ms, has_rtx=has_rtx, is_rtx=is_rtx)
        self._recovered += arrival is Arrival.RECOVERED
        self._received += 1
        self._bytes += len(payload)
        needed_key = self._frames.needs_key
        whole = self._frames.put(sequence, Piece(codec_format.codec, packet.timestamp, bool(packet.marker), part))
        if self._frames.is_full:
            whole = self._frames.give_up()
            needed_key = True
        if needed_key and not self._frames.needs_key:
            nack += self._resume(now_ms)
        return self._actions(whole, nack + self._nacks.due(now_ms), now_ms)

    def _resume(self, now_ms: float) -> tuple[int, ...]:
        """Forget what is missing before the next frame; after a key frame everything missing counts."""
        self._nacks.forget(below=self._frames.next)
        if self._frames.needs_key:
            return ()
        return self._miss(self._holes(self._frames.next, self._sequences.newest or 0), now_ms)

    def _holes(self, first: int, end: int) -> list[int]:
        """What is missing of these and not yet known to be."""
        wants, missed_ms = self._frames.wants, self._nacks.missed_ms
        return [s for s in range(first, end) if wants(s) and missed_ms(s) is None]

    def _ask_for_tail(self, now_ms: float) -> tuple[int, ...]:
        """What the newest frame lacks although nothing has shown it yet."""
        wrong = self._tail.given_up(now_ms)
        if wrong is not None:
            self._nacks.never_mind(wrong)
        guess = self._tail.overdue(now_ms)
        return () if guess is None or not self._frames.wants(guess) else self._miss((guess,), now_ms, self._newest_ms)

    @property
    def _deadline_ms(self) -> float:
        return max(self.give_up_ms, min(_GIVE_UP_RECOVERIES * self._nacks.recovery_ms, _GIVE_UP_AT_MOST_MS))

    def _is_hopeless(self, now_ms: float) -> bool:
        """Whether to give up a hole. At first its answer is awaited, then a key frame too, until either comes."""
        missed_ms = self._nacks.missed_ms(self._frames.next)
        if missed_ms is None or now_ms - missed_ms >= self._deadline_ms:
            return True
        if now_ms - missed_ms >= self._nacks.rtt_ms + _SKIP_MS and self._frames.can_skip():
            return True
        patience_ms = max(_PATIENCE_MIN_MS, _PATIENCE_RECOVERIES * self._nacks.recovery_ms)
        if now_ms - missed_ms >= patience_ms or self._nacks.is_exhausted(self._frames.next, now_ms):
            self._key_frames.want()
        return False

    def _actions(self, whole: list[WholeFrame], nack: tuple[int, ...], now_ms: float) -> Actions:
        frames = tuple([self._frame(one, now_ms) for one in whole])
        pli = self.ssrc is not None and self._key_frames.due(
            now_ms, needed=self._frames.needs_key, rtt_ms=self._nacks.rtt_ms
        )
        return Actions(frames, nack, pli) if frames or nack or pli else NOTHING

    def _frame(self, whole: WholeFrame, now_ms: float) -> EncodedFrame:
        gap_before = whole.gap_before or self._restarted
        self._delivered += 1
        if whole.key:
            self._keys += 1
            self._key_frames.came(now_ms, rtt_ms=self._nacks.rtt_ms)
        rtp_time = (self._times.restart if self._restarted else self._times.unwrap)(whole.rtp_time)
        self._restarted = False
        return EncodedFrame(
            codec=whole.codec,
            payload=whole.payload,
            rtp_time=rtp_time,
            key=whole.key,
            arrival_ms=now_ms,
            capture_ms=self._clock.capture_ms(whole.rtp_time),
            gap_before=gap_before,
            sequence=self._delivered,
            layer=whole.layer,
            is_arrival_sure=now_ms >= self._unsure_until_ms,
        )
