from __future__ import annotations

from aiortc.rtp import (
    HeaderExtensions,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpSdesPacket,
    RtpPacket,
    unpack_remb_fci,
)

from visio_desktop.rtc.congestion import twcc
from visio_desktop.rtc.reports import Reports


class Receiver:
    """A stream that was heard."""

    def __init__(self, ssrc: int) -> None:
        self._ssrc = ssrc

    def report_block(self, now_ms: float) -> RtcpReceiverInfo:
        return RtcpReceiverInfo(self._ssrc, 0, 0, 0, 0, 0, 0)


def made() -> tuple[Reports, list[bytes]]:
    sent: list[bytes] = []
    return Reports(1, "cname", sent.append), sent


def test_every_second_all_streams_are_reported_in_packets_that_hold_them() -> None:
    reports, sent = made()
    receivers = [Receiver(ssrc) for ssrc in range(40)]
    for now_ms in (0.0, 500.0, 999.0, 1_000.0):
        reports.tick(now_ms, receivers, ())  # type: ignore[arg-type]
    packets = [RtcpPacket.parse(data) for data in sent]
    assert [len(p[0].reports) for p in packets if isinstance(p[0], RtcpRrPacket)] == [31, 9, 31, 9]
    assert all(isinstance(p[1], RtcpSdesPacket) for p in packets)


def test_nothing_heard_nothing_reported() -> None:
    reports, sent = made()
    reports.tick(0.0, (), ())
    assert sent == []


def test_the_downlink_is_estimated_for_those_who_want_it() -> None:
    for wanted in (True, False):
        reports, sent = made()
        reports.wants_estimate = wanted
        for number in range(200):
            packet = RtpPacket(96, 0, number, 0, 7, bytes(1_000))
            packet.extensions = HeaderExtensions(abs_send_time=int(number * 10 * 262.144) & 0xFFFFFF)
            reports.packet(packet, 1_050, number * 10.0)
        estimates = [p for data in sent for p in RtcpPacket.parse(data) if isinstance(p, RtcpPsfbPacket)]
        assert bool(estimates) is wanted
        for estimate in estimates:
            bitrate_bps, ssrcs = unpack_remb_fci(estimate.fci)
            assert bitrate_bps > 100_000
            assert ssrcs == [7]


def test_whoever_numbers_packets_is_told_of_each_and_gets_no_estimate() -> None:
    reports, sent = made()
    reports.wants_estimate = True
    for number in range(200):
        now_ms = number * 10.0
        packet = RtpPacket(96, 0, number, 0, 7, bytes(1_000))
        packet.extensions = HeaderExtensions(abs_send_time=int(now_ms * 262.144) & 0xFFFFFF)
        reports.number(number, 7, now_ms)
        reports.packet(packet, 1_050, now_ms)
        reports.tick(now_ms, (), ())
    told = [twcc.parse(body) for data in sent for body in twcc.split(data)[1]]
    assert len(told) == len(sent) >= 10
    assert [feedback.number for feedback in told] == list(range(len(told)))
    assert sum(len(feedback.arrivals_ms) for feedback in told) > 180
