from __future__ import annotations

from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc.rtp import (
    HeaderExtensions,
    RtcpByePacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtpPacket,
    pack_remb_fci,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.rtc_pair import sound
from visio_desktop.rtc import formats
from visio_desktop.rtc.congestion import twcc
from visio_desktop.rtc.congestion.twcc import TransportFeedback
from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.rtc.payloads import CodecFormat, FormatTable
from visio_desktop.rtc.receiving import ReceivingStream
from visio_desktop.rtc.router import Router

OPUS = CodecFormat(Codec.OPUS, 111)


def stream() -> tuple[ReceivingStream, list[EncodedFrame]]:
    made = ReceivingStream(
        FormatTable((OPUS,)), is_video=False, own_ssrc=1, clock=lambda: 0.0, send_rtcp=lambda _: None
    )
    frames: list[EncodedFrame] = []
    made.on_frame(frames.append)
    return made, frames


def router() -> Router:
    made = Router(lambda: 0.0)
    mid = RTCRtpHeaderExtensionParameters(id=1, uri=formats.MID)
    made.extensions.configure(RTCRtpParameters(headerExtensions=[mid]))
    return made


def packet(made: Router, ssrc: int, sequence: int = 1, mid: str | None = None, payload_type: int = 111) -> bytes:
    one = RtpPacket(payload_type, 0, sequence, 0, ssrc, sound(sequence).payload)
    one.extensions = HeaderExtensions(mid=mid)
    return one.serialize(made.extensions)


def test_packets_go_by_ssrc() -> None:
    made, (first, heard), (second, other) = router(), stream(), stream()
    made.add_receiver(first, mid="0", ssrcs=[10], payload_types=[111])
    made.add_receiver(second, mid="1", ssrcs=[20], payload_types=[111])
    made.rtp(packet(made, 20))
    made.rtp(packet(made, 30))
    assert (len(heard), len(other)) == (0, 1)


def test_an_unknown_ssrc_is_learnt_by_its_mid() -> None:
    made, (first, heard), (second, other) = router(), stream(), stream()
    made.add_receiver(first, mid="0", ssrcs=[], payload_types=[111])
    made.add_receiver(second, mid="1", ssrcs=[], payload_types=[111])
    made.rtp(packet(made, 30, 1, mid="1"))
    made.rtp(packet(made, 30, 2))
    made.rtp(packet(made, 40, 3, mid="no such"))
    assert (len(heard), len(other)) == (0, 2)


def test_an_unknown_ssrc_goes_by_a_payload_type_only_one_has() -> None:
    made, (first, heard) = router(), stream()
    made.add_receiver(first, mid="0", ssrcs=[], payload_types=[111])
    made.rtp(packet(made, 30))
    made.rtp(packet(made, 31, payload_type=96))
    assert len(heard) == 1


def test_what_is_learnt_is_bounded() -> None:
    made, (first, _) = router(), stream()
    made.add_receiver(first, mid="0", ssrcs=[], payload_types=[111])
    for ssrc in range(10_000):
        made.rtp(packet(made, ssrc))
    assert len(made._by_ssrc) == 256


def test_after_a_negotiation_nothing_old_is_routed() -> None:
    made, (first, heard) = router(), stream()
    made.add_receiver(first, mid="0", ssrcs=[10], payload_types=[111])
    made.clear()
    made.rtp(packet(made, 10))
    assert heard == []


def test_every_packet_of_a_stream_is_counted() -> None:
    made, (first, _) = router(), stream()
    seen: list[tuple[int, int]] = []
    made.on_packet = lambda one, size_bytes, _: seen.append((one.ssrc, size_bytes))
    made.add_receiver(first, mid="0", ssrcs=[10], payload_types=[111])
    data = packet(made, 10)
    made.rtp(data)
    made.rtp(packet(made, 99, payload_type=5))
    assert seen == [(10, len(data))]


class Sender:
    """Keeps what it is told."""

    codec = Codec.VP8

    def __init__(self) -> None:
        self.told: list[tuple[str, object]] = []

    def nacked(self, ssrc: int, sequences: list[int], now_ms: float) -> None:
        self.told.append(("nacked", (ssrc, sequences)))

    def key_frame_wanted(self, ssrc: int) -> None:
        self.told.append(("key", ssrc))

    def receiver_report(self, report: RtcpReceiverInfo) -> tuple[float, int, float | None]:
        self.told.append(("report", report.ssrc))
        return report.fraction_lost / 256, 20, 40.0


def test_feedback_reaches_the_stream_it_speaks_of() -> None:
    made, mine = router(), Sender()
    made.add_sender(mine, [7, 8])  # type: ignore[arg-type]
    made.rtcp(bytes(RtcpRtpfbPacket(1, 1, 7, [5, 6])) + bytes(RtcpPsfbPacket(1, 1, 7)))
    made.rtcp(bytes(RtcpPsfbPacket(4, 1, 0, (7).to_bytes(4) + bytes(4))))
    assert mine.told == [("nacked", (7, [5, 6])), ("key", 7), ("key", 7)]


def test_what_speaks_of_the_whole_transport_is_told_once() -> None:
    made, mine, other = router(), Sender(), Sender()
    estimates: list[int] = []
    reports: list[tuple[float, int, float | None]] = []
    made.on_estimate = estimates.append
    made.on_report = lambda *report: reports.append(report)
    made.add_sender(mine, [7])  # type: ignore[arg-type]
    made.add_sender(other, [9])  # type: ignore[arg-type]
    made.rtcp(bytes(RtcpPsfbPacket(15, 1, 0, pack_remb_fci(1_000_000, [7, 9]))))
    made.rtcp(bytes(RtcpPsfbPacket(15, 1, 0, b"rubbish!")))
    made.rtcp(bytes(RtcpRrPacket(1, [RtcpReceiverInfo(ssrc, 64, 0, 0, 0, 0, 0) for ssrc in (7, 8, 9)])))
    assert estimates == [1_000_000]
    assert reports == [(0.25, 20, 40.0)] * 2
    assert (mine.told, other.told) == ([("report", 7)], [("report", 9)])


def test_transport_feedback_is_no_nack() -> None:
    made, mine = router(), Sender()
    told: list[TransportFeedback] = []
    made.on_feedback = lambda feedback, _: told.append(feedback)
    made.add_sender(mine, [7])  # type: ignore[arg-type]
    feedback = TransportFeedback(300, 1, (8.0, None, 9.0))
    nack = bytes(RtcpRtpfbPacket(1, 1, 7, [5]))
    made.rtcp(nack + twcc.build(1, 7, feedback) + nack)
    assert mine.told == [("nacked", (7, [5]))] * 2
    assert told == [feedback]
    made.rtcp(bytes(RtcpRtpfbPacket(15, 1, 7, [5, 6])))
    assert len(told) == 1


def test_the_numbers_of_all_packets_are_told_whoever_sent_them() -> None:
    made, told = router(), list[tuple[int, int]]()
    number = RTCRtpHeaderExtensionParameters(id=6, uri=formats.TRANSPORT_CC)
    made.extensions.configure(RTCRtpParameters(headerExtensions=[number]))
    made.on_number = lambda number, ssrc, _: told.append((number, ssrc))
    one = RtpPacket(96, 0, 1, 0, 77, b"x")
    one.extensions = HeaderExtensions(transport_sequence_number=500)
    made.rtp(one.serialize(made.extensions))
    made.rtp(packet(made, 10))
    assert told == [(500, 77)]


def test_a_goodbye_ends_nothing() -> None:
    made, (first, heard) = router(), stream()
    made.add_receiver(first, mid="0", ssrcs=[10], payload_types=[111])
    made.rtcp(bytes(RtcpByePacket([10])))
    made.rtp(packet(made, 10))
    assert len(heard) == 1


@given(st.binary(max_size=120), st.integers(0, 31), st.integers(192, 223))
def test_rubbish_is_dropped(data: bytes, count: int, kind: int) -> None:
    made, mine, (first, _) = router(), Sender(), stream()
    made.add_sender(mine, [0])  # type: ignore[arg-type]
    made.add_receiver(first, mid="0", ssrcs=[0], payload_types=[111])
    made.rtp(data)
    made.rtp(b"\x90\x6f" + data)
    made.rtcp(data)
    words = data[: len(data) // 4 * 4]
    made.rtcp(bytes([0x80 | count, kind]) + (len(words) // 4).to_bytes(2) + words)
