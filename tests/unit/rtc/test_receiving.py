from __future__ import annotations

from dataclasses import replace
from random import Random

from aiortc.rtp import RtcpPacket, RtcpPsfbPacket, RtcpRrPacket, RtcpRtpfbPacket, RtcpSdesPacket, RtcpSenderInfo

from tests.helpers.encoded import encoded
from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.rtc.outbound import Outbound
from visio_desktop.rtc.payloads import CodecFormat, FormatTable
from visio_desktop.rtc.receiving import ReceivingStream
from visio_desktop.rtc.reports import Reports

VP8 = CodecFormat(Codec.VP8, 96, 97)


class Watch:
    """A received picture stream with all it does."""

    def __init__(self) -> None:
        self.now_ms = 0.0
        self.feedback: list[object] = []
        self.frames: list[EncodedFrame] = []
        self.stream = ReceivingStream(
            FormatTable((VP8,)), is_video=True, own_ssrc=1, clock=lambda: self.now_ms, send_rtcp=self._send
        )
        self.stream.on_frame(self.frames.append)
        self.outbound = Outbound(VP8, ssrc=7, rtx_ssrc=8, random=Random(1))

    def _send(self, data: bytes) -> None:
        self.feedback += RtcpPacket.parse(data)


def test_frames_reach_the_listener_until_it_goes() -> None:
    watch = Watch()
    for frame in encoded(Codec.VP8, 4):
        for packet in watch.outbound.packetize(frame, 0.0, 0):
            watch.stream.receive(packet, watch.now_ms)
        if len(watch.frames) == 3:
            watch.stream.on_frame(None)
    assert [f.payload for f in watch.frames] == [f.payload for f in encoded(Codec.VP8, 4)[:3]]
    assert watch.stream.statistics().frames_delivered == 4
    assert watch.stream.ssrc == 7
    assert watch.stream.is_video


def test_questions_are_timed_by_the_paths_round_trip() -> None:
    watch = Watch()
    frames = encoded(Codec.VP8, 3)
    packets = [packet for frame in frames for packet in watch.outbound.packetize(frame, 0.0, 0)]
    for packet in packets[:-2] + packets[-1:]:
        watch.stream.receive(packet, 0.0)
    watch.stream.path_rtt(600.0)
    watch.stream.path_rtt(40.0)
    for now_ms in range(1, 400):
        watch.stream.path_rtt(40.0)
        watch.stream.tick(float(now_ms))
    nacks = [packet for packet in watch.feedback if isinstance(packet, RtcpRtpfbPacket)]
    assert len(nacks) > 4  # not a round trip of 600 ms apart


def test_a_listener_that_comes_late_begins_with_a_key_frame() -> None:
    watch = Watch()
    watch.stream.on_frame(None)
    frames = encoded(Codec.VP8, 4)
    for number, frame in enumerate((*frames, frames[0])):
        if number == 2:
            watch.now_ms = 5_000
            watch.stream.on_frame(watch.frames.append)
        for packet in watch.outbound.packetize(frame, 0.0, 0):
            watch.stream.receive(packet, watch.now_ms)
    assert [f.key for f in watch.frames] == [True]
    assert [type(p) for p in watch.feedback] == [RtcpPsfbPacket]


def test_a_missing_packet_is_asked_for_and_then_a_key_frame() -> None:
    watch = Watch()
    first, second, *_ = encoded(Codec.VP8, 4)
    packets = watch.outbound.packetize(first, 0.0, 0) + watch.outbound.packetize(second, 0.0, 0)
    for number, packet in enumerate(packets):
        if number != 1:
            watch.stream.receive(packet, watch.now_ms)
    (nack,) = [p for p in watch.feedback if isinstance(p, RtcpRtpfbPacket)]
    assert (nack.media_ssrc, nack.lost) == (7, [packets[1].sequence_number])
    while watch.now_ms < 2_000:
        watch.now_ms += 20
        watch.stream.tick(watch.now_ms)
    asked = [p for p in watch.feedback if isinstance(p, RtcpPsfbPacket) and p.media_ssrc == 7]
    assert len(asked) == 2 * watch.stream.statistics().plis_sent > 0, "each twice, as one of them may get lost"


def test_a_key_frame_is_asked_for_when_wanted() -> None:
    watch = Watch()
    for packet in watch.outbound.packetize(encoded(Codec.VP8, 1)[0], 0.0, 0):
        watch.stream.receive(packet, watch.now_ms)
    watch.feedback.clear()
    watch.now_ms = 5_000
    watch.stream.request_key_frame()
    assert [type(p) for p in watch.feedback] == [RtcpPsfbPacket]


def test_reports_are_answered() -> None:
    watch = Watch()
    assert watch.stream.report_block(0.0) is None
    for packet in watch.outbound.packetize(encoded(Codec.VP8, 1)[0], 0.0, 0):
        watch.stream.receive(packet, watch.now_ms)
    watch.stream.sender_report(RtcpSenderInfo(5 << 32, 0, 0, 0), 0.0)
    block = watch.stream.report_block(1_000.0)
    assert block is not None
    assert (block.ssrc, block.dlsr) == (7, 65_536)


def test_every_stream_has_an_id_of_its_own() -> None:
    assert len({Watch().stream.id for _ in range(5)}) == 5


def test_sound_is_asked_for_nothing() -> None:
    sent: list[bytes] = []
    table = FormatTable((CodecFormat(Codec.OPUS, 111),))
    stream = ReceivingStream(table, is_video=False, own_ssrc=1, clock=lambda: 0.0, send_rtcp=sent.append)
    stream.request_key_frame()
    stream.tick(20.0)
    assert not stream.is_video
    assert sent == []


def turned(payload: bytes) -> bytes:
    return payload[:1] + payload[:0:-1]


class Opener:
    """Opens what was turned around behind its clear head, while it may."""

    def __init__(self) -> None:
        self.works = True
        self.asked: list[tuple[Codec, bytes]] = []

    def open(self, codec: Codec, payload: bytes) -> bytes | None:
        self.asked.append((codec, payload))
        return turned(payload) if self.works else None


def test_only_what_was_opened_is_delivered_and_then_from_a_key_frame_on() -> None:
    watch, opener = Watch(), Opener()
    watch.stream.open_with(opener)
    for number, frame in enumerate((*encoded(Codec.VP8, 6), encoded(Codec.VP8, 1)[0])):
        opener.works = number not in (2, 3)
        for packet in watch.outbound.packetize(replace(frame, payload=turned(frame.payload)), 0.0, 0):
            watch.stream.receive(packet, watch.now_ms)
        if number == 3:
            # No key frame would help while nothing can be opened.
            assert watch.feedback == []
    sent = encoded(Codec.VP8, 2)
    assert [f.payload for f in watch.frames] == [sent[0].payload, sent[1].payload, sent[0].payload]
    assert watch.frames[-1].gap_before
    assert [type(p) for p in watch.feedback] == [RtcpPsfbPacket]


def test_sound_that_was_not_opened_is_not_heard() -> None:
    opus, opener, heard = CodecFormat(Codec.OPUS, 111), Opener(), list[EncodedFrame]()
    stream = ReceivingStream(
        FormatTable((opus,)), is_video=False, own_ssrc=1, clock=lambda: 0.0, send_rtcp=lambda _: None
    )
    stream.on_frame(heard.append)
    stream.open_with(opener)
    outbound = Outbound(opus, ssrc=7, rtx_ssrc=None, random=Random(1))
    for number in range(3):
        opener.works = number != 1
        for packet in outbound.packetize(EncodedFrame(Codec.OPUS, b"\x78one", number * 960), 0.0, 0):
            stream.receive(packet, 0.0)
    assert [(f.payload, f.sequence - heard[0].sequence) for f in heard] == [(b"\x78eno", 0), (b"\x78eno", 2)]


def test_where_feedback_may_not_go_alone_a_report_of_the_same_stream_goes_before_it() -> None:
    sent: list[bytes] = []
    stream = ReceivingStream(
        FormatTable((VP8,)),
        is_video=True,
        own_ssrc=1,
        clock=lambda: 0.0,
        send_rtcp=sent.append,
        preface=Reports(1, "us", sent.append).preface,
    )
    stream.on_frame(lambda _: None)
    outbound = Outbound(VP8, ssrc=7, rtx_ssrc=8, random=Random(1))
    for frame in encoded(Codec.VP8, 2):
        for packet in outbound.packetize(frame, 0.0, 0):
            stream.receive(packet, 0.0)
    sent.clear()
    stream.request_key_frame()
    report, description, question = RtcpPacket.parse(sent[0])
    assert isinstance(report, RtcpRrPacket)
    assert [block.ssrc for block in report.reports] == [7]
    assert isinstance(description, RtcpSdesPacket)
    assert isinstance(question, RtcpPsfbPacket)
    assert question.media_ssrc == 7
