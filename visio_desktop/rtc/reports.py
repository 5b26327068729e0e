"""What a peer connection sends by the clock: receiver and sender reports (RFC 3550), and its downlink estimate."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from aiortc.rtp import (
    RTCP_PSFB_APP,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpSdesPacket,
    RtcpSourceInfo,
    RtpPacket,
    pack_remb_fci,
)

from visio_desktop.rtc.congestion.arrivals import Arrivals
from visio_desktop.rtc.receiving import ReceivingStream
from visio_desktop.rtc.remb import DownlinkEstimator
from visio_desktop.rtc.sending import SendingStream

_EVERY_MS = 1_000.0
_REPORTS_PER_PACKET = 31
_CNAME = 1


class Reports:
    """The reports of one transport. `wants_estimate` says whether the other side asked for REMB."""

    def __init__(self, own_ssrc: int, cname: str, send_rtcp: Callable[[bytes], None]) -> None:
        self.own_ssrc = own_ssrc
        self.wants_estimate = False
        self._cname = cname
        self._send = send_rtcp
        self._estimator = DownlinkEstimator()
        self._arrivals = Arrivals()
        self._due_ms = 0.0

    def packet(self, packet: RtpPacket, size_bytes: int, now_ms: float) -> None:
        """A media packet came. Senders that number their packets judge by themselves: they get no estimate."""
        send_time = packet.extensions.abs_send_time
        if send_time is None or not self.wants_estimate or self._arrivals.is_used(now_ms):
            return
        due = self._estimator.add(now_ms, send_time, size_bytes, packet.ssrc)
        if due is not None:
            fci = pack_remb_fci(due.bitrate_bps, list(due.ssrcs[:255]))
            self._send(bytes(RtcpPsfbPacket(RTCP_PSFB_APP, self.own_ssrc, 0, fci)))

    def number(self, number: int, ssrc: int, now_ms: float) -> None:
        """A packet with this transport-wide number came."""
        self._arrivals.add(number, ssrc, now_ms)

    def tick(self, now_ms: float, receivers: Iterable[ReceivingStream], senders: Iterable[SendingStream]) -> None:
        """Send what is due."""
        for feedback in self._arrivals.due(self.own_ssrc, now_ms):
            self._send(feedback)
        if now_ms < self._due_ms:
            return
        self._due_ms = now_ms + _EVERY_MS
        for sender in senders:
            for report in sender.sender_reports():
                self._send(bytes(report) + self._description(report.ssrc))
        blocks = [block for receiver in receivers if (block := receiver.report_block(now_ms)) is not None]
        for at in range(0, len(blocks), _REPORTS_PER_PACKET):
            self._send_blocks(blocks[at : at + _REPORTS_PER_PACKET])

    def _send_blocks(self, blocks: list[RtcpReceiverInfo]) -> None:
        self._send(self._report(blocks))

    def preface(self, block: RtcpReceiverInfo) -> bytes:
        """The report that goes before feedback on the stream that this block is of."""
        return self._report([block])

    def _report(self, blocks: list[RtcpReceiverInfo]) -> bytes:
        return bytes(RtcpRrPacket(self.own_ssrc, blocks)) + self._description(self.own_ssrc)

    def _description(self, ssrc: int) -> bytes:
        return bytes(RtcpSdesPacket([RtcpSourceInfo(ssrc, [(_CNAME, self._cname.encode())])]))
