"""Which stream a packet belongs to (RFC 8843, section 9.2): by SSRC, by MID, or by a payload type only one has."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable

from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_FIR,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    AnyRtcpPacket,
    HeaderExtensionsMap,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSrPacket,
    RtpPacket,
    unpack_remb_fci,
)

from visio_desktop.rtc.congestion import twcc
from visio_desktop.rtc.errors import FeedbackError
from visio_desktop.rtc.receiving import ReceivingStream
from visio_desktop.rtc.sending import SendingStream
from visio_desktop.system.clock import Clock

_MAX_LEARNT = 256


class Router:
    """The tables of one transport. Rubbish is dropped here; `on_packet` sees every good media packet.

    `on_number` is given the transport-wide number, SSRC and time of every packet that has one, `on_feedback` what the
    other side tells of ours, `on_report` what a receiver tells of one of our SSRCs (see `Governor.reported`), and
    `on_estimate` the rate that REMB names for all of them.
    """

    def __init__(self, clock: Clock) -> None:
        self.extensions = HeaderExtensionsMap()
        self.on_packet: Callable[[RtpPacket, int, float], None] = _pass_over
        self.on_number: Callable[[int, int, float], None] = _pass_over_number
        self.on_feedback: Callable[[twcc.TransportFeedback, float], None] = _pass_over_feedback
        self.on_report: Callable[[float, int, float | None], None] = _pass_over_report
        self.on_estimate: Callable[[int], None] = _pass_over_estimate
        self._clock = clock
        self._by_ssrc: dict[int, ReceivingStream] = {}
        self._by_mid: dict[str, ReceivingStream] = {}
        self._by_payload_type: dict[int, ReceivingStream | None] = {}
        self._learnt = 0
        self._senders: dict[int, SendingStream] = {}

    def add_receiver(
        self, stream: ReceivingStream, *, mid: str, ssrcs: Iterable[int], payload_types: Iterable[int]
    ) -> None:
        """Route these to a stream from now on."""
        self._by_mid[mid] = stream
        for ssrc in ssrcs:
            self._by_ssrc[ssrc] = stream
        for payload_type in payload_types:
            known = self._by_payload_type.get(payload_type, stream)
            self._by_payload_type[payload_type] = stream if known is stream else None

    def clear(self) -> None:
        """Forget all streams, to be told of them anew after a negotiation."""
        self._by_ssrc.clear()
        self._by_mid.clear()
        self._by_payload_type.clear()
        self._senders.clear()
        self._learnt = 0

    def add_sender(self, stream: SendingStream, ssrcs: Iterable[int]) -> None:
        """Route feedback on these SSRCs to a stream from now on."""
        self._senders.update(dict.fromkeys(ssrcs, stream))

    def rtp(self, data: bytes) -> None:
        """Take a plain RTP packet."""
        try:
            packet = RtpPacket.parse(data, self.extensions)
        except (ValueError, struct.error):
            return
        now_ms = self._clock()
        number = packet.extensions.transport_sequence_number
        if number is not None:
            self.on_number(number, packet.ssrc, now_ms)
        stream = self._by_ssrc.get(packet.ssrc) or self._learn(packet)
        if stream is not None:
            self.on_packet(packet, len(data), now_ms)
            stream.receive(packet, now_ms)

    def rtcp(self, data: bytes) -> None:
        """Take a plain RTCP packet, compound or not."""
        now_ms = self._clock()
        rest, told = twcc.split(data)
        for body in told:
            self._feedback(body, now_ms)
        try:
            packets = RtcpPacket.parse(rest)
        except (ValueError, struct.error):
            return
        for packet in packets:
            self._dispatch(packet, now_ms)

    def _feedback(self, body: bytes, now_ms: float) -> None:
        try:
            feedback = twcc.parse(body)
        except FeedbackError:
            return
        self.on_feedback(feedback, now_ms)

    def _learn(self, packet: RtpPacket) -> ReceivingStream | None:
        mid = packet.extensions.mid
        stream = self._by_mid.get(mid) if mid is not None else self._by_payload_type.get(packet.payload_type)
        if stream is not None and self._learnt < _MAX_LEARNT:
            self._learnt += 1
            self._by_ssrc[packet.ssrc] = stream
        return stream

    def _dispatch(self, packet: AnyRtcpPacket, now_ms: float) -> None:
        """A goodbye (BYE) is passed over on purpose: signalling says when a stream ends."""
        match packet:
            case RtcpSrPacket():
                if (stream := self._by_ssrc.get(packet.ssrc)) is not None:
                    stream.sender_report(packet.sender_info, now_ms)
                self._reports(packet)
            case RtcpRrPacket():
                self._reports(packet)
            case RtcpRtpfbPacket(fmt=fmt) if fmt == RTCP_RTPFB_NACK:
                if (sender := self._senders.get(packet.media_ssrc)) is not None:
                    sender.nacked(packet.media_ssrc, packet.lost, now_ms)
            case RtcpPsfbPacket():
                self._payload_feedback(packet)
            case _:
                pass

    def _reports(self, packet: RtcpSrPacket | RtcpRrPacket) -> None:
        for report in packet.reports:
            if (sender := self._senders.get(report.ssrc)) is not None:
                self.on_report(*sender.receiver_report(report))

    def _payload_feedback(self, packet: RtcpPsfbPacket) -> None:
        if packet.fmt == RTCP_PSFB_PLI:
            self._key_frame(packet.media_ssrc)
        elif packet.fmt == RTCP_PSFB_FIR:
            for at in range(0, len(packet.fci) - 7, 8):
                self._key_frame(int.from_bytes(packet.fci[at : at + 4]))
        elif packet.fmt == RTCP_PSFB_APP:
            self._estimate(packet.fci)

    def _key_frame(self, ssrc: int) -> None:
        if (sender := self._senders.get(ssrc)) is not None:
            sender.key_frame_wanted(ssrc)

    def _estimate(self, fci: bytes) -> None:
        """REMB speaks of the whole transport."""
        try:
            bitrate_bps, _ = unpack_remb_fci(fci)
        except (ValueError, IndexError, struct.error):
            return
        self.on_estimate(bitrate_bps)


def _pass_over(_packet: RtpPacket, _size_bytes: int, _now_ms: float) -> None:
    """Nobody listens."""


def _pass_over_number(_number: int, _ssrc: int, _now_ms: float) -> None:
    """Nobody listens."""


def _pass_over_feedback(_feedback: twcc.TransportFeedback, _now_ms: float) -> None:
    """Nobody listens."""


def _pass_over_report(_loss_fraction: float, _packets: int, _rtt_ms: float | None) -> None:
    """Nobody listens."""


def _pass_over_estimate(_bitrate_bps: int) -> None:
    """Nobody listens."""
