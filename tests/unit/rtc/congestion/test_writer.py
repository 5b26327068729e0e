from __future__ import annotations

import time

import pytest
from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc.rtp import HeaderExtensions, HeaderExtensionsMap, RtpPacket

from tests.helpers.bottleneck import Net, packet
from visio_desktop.rtc import formats
from visio_desktop.rtc.congestion.send_log import SendLog
from visio_desktop.rtc.congestion.writer import PACKET_OVERHEAD_BYTES, PacketKind, PacketWriter


class Out:
    """A writer on a virtual clock."""

    def __init__(self) -> None:
        self.net = Net()
        self.map = HeaderExtensionsMap()
        known = {formats.TRANSPORT_CC: 6, formats.ABS_SEND_TIME: 3}
        headers = [RTCRtpHeaderExtensionParameters(id=n, uri=uri) for uri, n in known.items()]
        self.map.configure(RTCRtpParameters(headerExtensions=headers))
        self.log = SendLog()
        self.left: list[tuple[float, RtpPacket]] = []
        self.writer = PacketWriter(
            self.map,
            lambda data: self.left.append((self.net.now_ms, RtpPacket.parse(data, self.map))),
            log=self.log,
            clock=self.net.clock,
            wall_clock=self.net.clock,
            call_later=self.net.call_later,
        )


def frame(count: int, ssrc: int = 1) -> list[RtpPacket]:
    packets = [packet(1_200, ssrc) for _ in range(count)]
    for n, each in enumerate(packets):
        each.sequence_number = n
    return packets


def test_packets_are_numbered_in_the_order_they_leave_and_noted() -> None:
    out = Out()
    out.writer.write(frame(3), PacketKind.VIDEO)
    out.writer.write([packet(50, 2)], PacketKind.SOUND)
    numbers = [each.extensions.transport_sequence_number for _, each in out.left]
    assert numbers == [0, 1, 2, 3]
    assert out.log.next_number == 4
    assert out.log._sent[3].size_bytes == 50 + 12 + 8 + PACKET_OVERHEAD_BYTES
    assert (out.writer.packets_sent, out.writer.numbered_ms) == (4, 0.0)


def test_what_the_other_side_does_not_take_is_not_put_on() -> None:
    out = Out()
    plain = RtpPacket(96, 0, 1, 0, 1, b"x")
    plain.extensions = HeaderExtensions()
    out.writer.write([plain], PacketKind.VIDEO)
    ((_, sent),) = out.left
    assert sent.extensions == HeaderExtensions()
    assert out.log.next_number == 0
    assert out.writer.numbered_ms is None


def test_a_burst_is_spread_while_sound_passes_it() -> None:
    out = Out()
    out.writer.pacer.rate_bps = 2e6
    out.writer.write(frame(40), PacketKind.VIDEO)
    at_once = len(out.left)
    assert at_once < 8
    out.writer.write([packet(50, 2)], PacketKind.SOUND)
    assert out.left[-1][1].ssrc == 2
    out.net.run(1)
    video = [each.sequence_number for _, each in out.left if each.ssrc == 1]
    assert video == list(range(40))
    assert 0.1 < out.left[-1][0] / 1000 < 0.25


def test_the_send_time_is_that_of_leaving() -> None:
    out = Out()
    out.writer.pacer.rate_bps = 1e6
    packets = frame(20)
    for each in packets:
        each.extensions.abs_send_time = 1
    out.writer.write(packets, PacketKind.VIDEO)
    out.net.run(1)
    stamps = [each.extensions.abs_send_time or 0 for _, each in out.left]
    first, last = out.left[0][0], out.left[-1][0]
    assert (stamps[-1] - stamps[0] & 0xFFFFFF) / 262.144 == pytest.approx(last - first, abs=0.1)


def test_sound_leaves_by_a_door_of_its_own() -> None:
    out, sound = Out(), list[bytes]()
    writer = PacketWriter(
        out.map,
        lambda _: None,
        send_sound=sound.append,
        log=SendLog(),
        clock=out.net.clock,
        wall_clock=out.net.clock,
        call_later=out.net.call_later,
    )
    for kind in PacketKind:
        writer.write([packet(50, 2)], kind)
    out.net.run(1)
    assert len(sound) == 1
    assert writer.packets_sent == len(PacketKind)


def test_retransmissions_go_before_pictures_that_wait() -> None:
    out = Out()
    out.writer.pacer.rate_bps = 1e6
    out.writer.write(frame(20), PacketKind.VIDEO)
    before = len(out.left)
    out.writer.write(frame(2, ssrc=9), PacketKind.RETRANSMISSION)
    out.net.run(1)
    assert [each.ssrc for _, each in out.left[before : before + 3]] == [9, 9, 1]
    assert out.writer.repair_bytes == 2_400


def test_repairs_take_half_of_the_rate_at_most() -> None:
    out = Out()
    out.writer.pacer.rate_bps = 2.5e6
    for _ in range(100):
        out.writer.write(frame(5, ssrc=9), PacketKind.RETRANSMISSION)
        out.net.run(0.02)
    out.net.run(1)
    assert 0.4e6 < len(out.left) * 1_200 * 8 / 2 < 0.62e6
    out.left.clear()
    out.writer.write(frame(30, ssrc=9), PacketKind.RETRANSMISSION)
    out.net.run(1)
    assert 12 < len(out.left) < 30


def test_a_stream_that_is_stopped_sends_nothing_more() -> None:
    out = Out()
    out.writer.pacer.rate_bps = 1e6
    out.writer.write(frame(20), PacketKind.VIDEO)
    out.writer.write(frame(3, ssrc=5), PacketKind.VIDEO)
    before = len(out.left)
    out.writer.forget(frozenset({1}))
    out.net.run(1)
    assert [each.ssrc for _, each in out.left[before:]] == [5, 5, 5]


def test_after_the_end_nothing_leaves_and_no_timer_is_left() -> None:
    out = Out()
    out.writer.pacer.rate_bps = 1e6
    out.writer.write(frame(20), PacketKind.VIDEO)
    before = len(out.left)
    out.writer.close()
    out.writer.close()
    out.net.run(1)
    assert len(out.left) == before


def test_a_packet_costs_little() -> None:
    out = Out()
    writer = PacketWriter(
        out.map,
        lambda _: None,
        log=SendLog(),
        clock=out.net.clock,
        wall_clock=out.net.clock,
        call_later=out.net.call_later,
    )
    writer.pacer.rate_bps = 1e15
    packets = frame(4_000)
    started = time.process_time()
    for packet_ in packets:
        packet_.serialize(out.map)
    plain_s = time.process_time() - started
    started = time.process_time()
    writer.write(packets, PacketKind.VIDEO)
    assert time.process_time() - started < plain_s + 4_000 * 40e-6
