from __future__ import annotations

from random import Random

import pytest
from aiortc.rtp import RtcpSenderInfo, RtpPacket
from hypothesis import given, settings
from hypothesis import strategies as st

from visio_desktop.rtc.actions import NOTHING
from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.rtc.inbound_sound import SoundInbound
from visio_desktop.rtc.outbound import Outbound
from visio_desktop.rtc.payloads import CodecFormat, FormatTable

OPUS = CodecFormat(Codec.OPUS, 111, red_payload_type=63)


def inbound() -> SoundInbound:
    return SoundInbound(FormatTable((OPUS,)))


def packet(sequence: int, body: bytes = b"sound", *, ssrc: int = 7) -> RtpPacket:
    return RtpPacket(111, 0, sequence & 0xFFFF, sequence * 960 & 0xFFFFFFFF, ssrc, body)


def red_packets(count: int) -> list[RtpPacket]:
    outbound = Outbound(OPUS, ssrc=7, rtx_ssrc=None, random=Random(1))
    frames = [EncodedFrame(Codec.OPUS, b"sound %d" % n, n * 960) for n in range(count)]
    return [packet for frame in frames for packet in outbound.packetize(frame, 0.0, 0)]


def test_each_sequence_once_as_it_arrives() -> None:
    stream = inbound()
    order = [65534, 65536, 65535, 65535, 65536, 65537]
    got = [frame for number in order for frame in stream.receive(packet(number), 1.0).frames]
    first = got[0].sequence
    assert [frame.sequence - first for frame in got] == [0, 2, 1, 3]
    assert [(frame.rtp_time - got[0].rtp_time) // 960 for frame in got] == [0, 2, 1, 3]
    assert not any(frame.gap_before for frame in got)
    assert all(frame.arrival_ms == 1.0 and frame.codec is Codec.OPUS for frame in got)


@settings(max_examples=60, deadline=None)
@given(st.sets(st.integers(1, 59)), st.randoms(use_true_random=False))
def test_redundancy_fills_holes_and_nothing_comes_twice(lost: set[int], random: Random) -> None:
    packets = red_packets(60)
    kept = [n for n in range(60) if n not in lost]
    kept.sort(key=lambda n: n + random.uniform(0, 2))
    stream = inbound()
    got = [frame.payload for n in kept for frame in stream.receive(packets[n], 0.0).frames]
    carried = {b"sound %d" % m for n in kept for m in (n - 1, n) if m >= 0}
    assert len(got) == len(set(got))
    assert set(got) == carried


def test_what_redundancy_saved_is_counted() -> None:
    stream = inbound()
    packets = red_packets(10)
    for number in (0, 1, 3, 4, 7):
        stream.receive(packets[number], 0.0)
    counts = stream.statistics()
    assert (counts.packets_received, counts.packets_recovered, counts.packets_lost) == (7, 2, 1)
    assert counts.frames_delivered == 7


def test_recovered_sound_has_its_own_time() -> None:
    stream = inbound()
    packets = red_packets(4)
    stream.receive(packets[0], 0.0)
    saved, own = stream.receive(packets[2], 0.0).frames
    assert (own.sequence - saved.sequence, own.rtp_time - saved.rtp_time) == (1, 960)


def test_level_is_carried_over() -> None:
    one = packet(1)
    one.extensions.audio_level = (True, 40)
    (frame,) = inbound().receive(one, 0.0).frames
    assert (frame.audio_level_db, frame.voice) == (-40, True)
    (other,) = inbound().receive(packet(1), 0.0).frames
    assert (other.audio_level_db, other.voice) == (None, False)


def test_capture_time() -> None:
    stream = inbound()
    stream.receive(packet(1), 0.0)
    stream.on_sender_report(RtcpSenderInfo(10 << 32, 960, 0, 0), 0.0)
    (frame,) = stream.receive(packet(51), 0.0).frames
    assert frame.capture_ms == pytest.approx(11_000.0)


def test_very_late_sound_is_dropped() -> None:
    stream = inbound()
    stream.receive(packet(1000), 0.0)
    stream.receive(packet(1600), 0.0)
    assert stream.receive(packet(1001), 0.0) is NOTHING
    assert stream.receive(packet(1300), 0.0).frames


def test_other_source_begins_anew() -> None:
    stream = inbound()
    (first,) = stream.receive(packet(40_000), 0.0).frames
    (second,) = stream.receive(packet(3, ssrc=8), 0.0).frames
    assert second.gap_before
    assert second.sequence > first.sequence
    assert second.rtp_time > first.rtp_time
    assert stream.ssrc == 8


def test_jumps() -> None:
    stream = inbound()
    stream.receive(packet(10_000), 0.0)
    assert stream.receive(packet(1), 0.0) is NOTHING
    assert stream.receive(packet(10_001), 0.0).frames
    stream.receive(packet(1), 0.0)
    assert stream.receive(packet(2), 0.0).frames[0].gap_before
    assert stream.receive(packet(9000), 0.0).frames[0].gap_before


def test_silence_and_foreign_payloads_give_nothing() -> None:
    stream = inbound()
    assert stream.receive(packet(1, b""), 0.0) is NOTHING
    assert stream.receive(RtpPacket(0, 0, 2, 0, 7, b"x"), 0.0) is NOTHING
    assert stream.tick(0.0) is NOTHING
    assert stream.request_key_frame(0.0) is NOTHING


def test_reports() -> None:
    stream = inbound()
    assert stream.report_block(0.0) is None
    for number in (1, 2, 4):
        stream.receive(packet(number), 0.0)
    report = stream.report_block(0.0)
    assert report is not None
    assert (report.ssrc, report.packets_lost, report.fraction_lost) == (7, 1, 64)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([111, 63, 0]),
            st.integers(0, 0xFFFF),
            st.integers(0, (1 << 32) - 1),
            st.integers(0, 2),
            st.binary(max_size=20),
        ),
        max_size=60,
    )
)
def test_rubbish_never_raises_and_no_sequence_comes_twice(packets: list[tuple[int, int, int, int, bytes]]) -> None:
    stream = inbound()
    seen: list[int] = []
    for payload_type, sequence, time, ssrc, payload in packets:
        frames = stream.receive(RtpPacket(payload_type, 0, sequence, time, ssrc, payload), 0.0).frames
        seen += [frame.sequence for frame in frames]
    assert len(seen) == len(set(seen))
