from __future__ import annotations

from random import Random

import pytest
from aiortc.rtp import HeaderExtensions, RtcpReceiverInfo, RtpPacket

from tests.helpers.encoded import encoded
from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.rtc.inbound_sound import SoundInbound
from visio_desktop.rtc.outbound import Outbound
from visio_desktop.rtc.packetize import MAX_PAYLOAD_BYTES
from visio_desktop.rtc.payloads import CodecFormat, FormatTable

SECOND = 1 << 32
NOON = 3_900_000_000 * SECOND
VP8 = CodecFormat(Codec.VP8, 96, rtx_payload_type=97)
OPUS = CodecFormat(Codec.OPUS, 111)


def video(seed: int = 1, rtx_ssrc: int | None = 8) -> Outbound:
    return Outbound(VP8, ssrc=7, rtx_ssrc=rtx_ssrc, random=Random(seed), extensions=lambda: HeaderExtensions(mid="2"))


def sound(codec_format: CodecFormat = OPUS) -> Outbound:
    return Outbound(codec_format, ssrc=7, rtx_ssrc=None, random=Random(1))


def frame(number: int = 0, size: int = 3000, *, capture_ms: float | None = None) -> EncodedFrame:
    return EncodedFrame(Codec.VP8, b"\x00" * size, number * 3000, key=number == 0, capture_ms=capture_ms)


def report(*, lsr: int = 0, dlsr: int = 0, fraction: int = 0) -> RtcpReceiverInfo:
    return RtcpReceiverInfo(7, fraction, 0, 0, 0, lsr, dlsr)


@pytest.mark.parametrize("seed", range(20))
def test_packets_of_two_frames(seed: int) -> None:
    outbound = video(seed)
    first, second = outbound.packetize(frame(0), 0.0, NOON), outbound.packetize(frame(1), 33.0, NOON + SECOND // 2)
    assert [packet.marker for packet in first] == [0, 0, 1]
    assert len({packet.timestamp for packet in first}) == 1
    assert (second[0].timestamp - first[0].timestamp) & 0xFFFFFFFF == 3000
    numbers = [packet.sequence_number for packet in first + second]
    assert [(number - numbers[0]) & 0xFFFF for number in numbers] == list(range(6))
    assert {(packet.ssrc, packet.payload_type, packet.extensions.mid) for packet in first} == {(7, 96, "2")}
    sent, later = first[0].extensions.abs_send_time, second[0].extensions.abs_send_time
    assert sent is not None
    assert later is not None
    assert (later - sent) & 0xFFFFFF == 1 << 17
    assert all(len(packet.payload) <= MAX_PAYLOAD_BYTES for packet in first)
    assert len({id(packet.extensions) for packet in first + second}) == 6


def test_numbers_run_over() -> None:
    outbound = video()
    packets = [packet for n in range(70_000) for packet in outbound.packetize(frame(n, 1), 0.0, 0)]
    for packet in packets:
        assert 0 <= packet.sequence_number <= 0xFFFF
    assert packets[-1].serialize()


def test_start_is_random() -> None:
    (one,), (two,) = video(1).packetize(frame(size=1), 0.0, 0), video(2).packetize(frame(size=1), 0.0, 0)
    assert one.sequence_number != two.sequence_number


def test_frames_of_another_codec_and_empty_ones_are_refused() -> None:
    assert video().packetize(EncodedFrame(Codec.H264, b"x", 0), 0.0, 0) == []
    assert video().packetize(EncodedFrame(Codec.VP8, b"", 0), 0.0, 0) == []


def test_retransmission_is_stamped_anew_and_counted() -> None:
    outbound = video()
    packets = outbound.packetize(frame(), 0.0, NOON)
    lost = packets[1].sequence_number
    (again,) = outbound.retransmit([lost, 12_345], 50.0, NOON + SECOND)
    assert (again.ssrc, again.payload_type, again.extensions.mid) == (8, 97, "2")
    assert again.extensions.abs_send_time != packets[1].extensions.abs_send_time
    assert again.payload == lost.to_bytes(2) + packets[1].payload
    assert outbound.retransmit([lost], 60.0, NOON) == []
    counts = outbound.statistics()
    assert (counts.packets_sent, counts.packets_retransmitted, outbound.nacks) == (3, 1, 3)


def test_nothing_from_before_is_repeated_once_forgotten() -> None:
    outbound = video()
    numbers = [p.sequence_number for p in outbound.packetize(frame(), 0.0, NOON)]
    outbound.forget()
    assert outbound.retransmit(numbers, 0.0, NOON) == []
    sound().forget()


def test_without_rtx_the_packet_itself_is_repeated() -> None:
    outbound = video(rtx_ssrc=None)
    packet = outbound.packetize(frame(), 0.0, NOON)[0]
    (again,) = outbound.retransmit([packet.sequence_number], 50.0, NOON)
    assert (again.ssrc, again.payload_type, again.payload) == (7, 96, packet.payload)


def test_sound_is_not_repeated_and_has_no_marker() -> None:
    outbound = sound()
    (packet,) = outbound.packetize(EncodedFrame(Codec.OPUS, b"sound", 0), 0.0, 0)
    assert (packet.payload, packet.marker) == (b"sound", 0)
    assert outbound.retransmit([packet.sequence_number], 0.0, 0) == []
    assert outbound.statistics().key_frames == 0


def test_sound_level_goes_along() -> None:
    (packet,) = sound().packetize(EncodedFrame(Codec.OPUS, b"s", 0, audio_level_db=-30, voice=True), 0.0, 0)
    assert packet.extensions.audio_level == (True, 30)


def test_redundant_sound_is_understood_by_the_other_side() -> None:
    redundant = CodecFormat(Codec.OPUS, 111, red_payload_type=63)
    outbound, inbound = sound(redundant), SoundInbound(FormatTable((redundant,)))
    packets = [outbound.packetize(EncodedFrame(Codec.OPUS, b"%d" % n, n * 960), 0.0, 0)[0] for n in range(4)]
    assert {packet.payload_type for packet in packets} == {63}
    got = [f.payload for packet in (packets[0], packets[2], packets[3]) for f in inbound.receive(packet, 0.0).frames]
    assert got == [b"0", b"1", b"2", b"3"]


def test_sound_sent_once_keeps_the_redundant_format() -> None:
    redundant = CodecFormat(Codec.OPUS, 111, red_payload_type=63)
    outbound, inbound = sound(redundant), SoundInbound(FormatTable((redundant,)))
    packets: list[RtpPacket] = []
    for number, twice in enumerate((True, False, False, True)):
        outbound.is_redundant = twice
        packets += outbound.packetize(EncodedFrame(Codec.OPUS, b"%d" % number, number * 960), 0.0, 0)
    assert {packet.payload_type for packet in packets} == {63}
    got = [f.payload for packet in (packets[0], packets[1], packets[3]) for f in inbound.receive(packet, 0.0).frames]
    assert got == [b"0", b"1", b"2", b"3"]
    assert packets[2].payload == b"\x6f2"


def test_sender_report_extrapolates_to_now() -> None:
    outbound = video()
    assert outbound.sender_report(NOON) is None
    packets = outbound.packetize(frame(), 0.0, NOON)
    made = outbound.sender_report(NOON + SECOND // 2)
    assert made is not None
    info = made.sender_info
    assert (made.ssrc, info.ntp_timestamp, info.packet_count) == (7, NOON + SECOND // 2, 3)
    assert (info.rtp_timestamp - packets[0].timestamp) & 0xFFFFFFFF == 45_000
    assert info.octet_count == sum(len(packet.payload) for packet in packets)
    assert bytes(made)


def test_sender_report_tells_capture_not_sending() -> None:
    outbound = video()
    packets = outbound.packetize(frame(capture_ms=900.0), 1000.0, NOON)
    made = outbound.sender_report(NOON)
    assert made is not None
    assert (made.sender_info.rtp_timestamp - packets[0].timestamp) & 0xFFFFFFFF == pytest.approx(9000, abs=1)


@pytest.mark.parametrize("capture_ms", [5000.0, -9000.0])
def test_capture_time_of_another_clock_is_not_believed(capture_ms: float) -> None:
    outbound = video()
    packets = outbound.packetize(frame(capture_ms=capture_ms), 1000.0, NOON)
    made = outbound.sender_report(NOON)
    assert made is not None
    assert made.sender_info.rtp_timestamp == packets[0].timestamp


def test_receiver_report_tells_loss_and_round_trip() -> None:
    outbound = video()
    lsr = NOON >> 16 & 0xFFFFFFFF
    rtt_ms = outbound.on_receiver_report(report(lsr=lsr, dlsr=6554, fraction=16), NOON + SECOND // 4)
    assert outbound.loss_fraction == 0.0625
    assert rtt_ms == pytest.approx(150.0, abs=0.1)
    assert outbound.on_receiver_report(report(), NOON) is None
    assert outbound.rtt_ms == rtt_ms


def test_impossible_round_trip_is_not_believed() -> None:
    assert video().on_receiver_report(report(lsr=NOON >> 16 & 0xFFFFFFFF, dlsr=6554), NOON) is None


def test_key_frame_requests_are_thinned_out() -> None:
    outbound = video()
    asked = [outbound.on_key_frame_request(float(now)) for now in range(0, 600, 50)]
    assert [now * 50 for now, act in enumerate(asked) if act] == [0, 250, 500]
    assert outbound.plis == 12


def test_a_layer_names_itself_in_every_packet_and_in_repairs() -> None:
    layer = Outbound(VP8, ssrc=7, rtx_ssrc=8, random=Random(1), time_offset=1000, rid="h")
    packets = layer.packetize(frame(), 0.0, NOON)
    assert {(p.extensions.rtp_stream_id, p.extensions.repaired_rtp_stream_id) for p in packets} == {("h", None)}
    assert {p.timestamp for p in packets} == {1000}
    (again,) = layer.retransmit([packets[0].sequence_number], 50.0, NOON)
    assert (again.extensions.rtp_stream_id, again.extensions.repaired_rtp_stream_id) == (None, "h")
    assert layer.statistics(300_000).rid == "h"
    assert layer.statistics(300_000).target_bps == 300_000


def test_without_rtx_a_layer_repeats_under_its_own_name() -> None:
    layer = Outbound(VP8, ssrc=7, rtx_ssrc=None, random=Random(1), rid="h")
    packets = layer.packetize(frame(), 0.0, NOON)
    (again,) = layer.retransmit([packets[0].sequence_number], 50.0, NOON)
    assert (again.extensions.rtp_stream_id, again.extensions.repaired_rtp_stream_id) == ("h", None)
    assert layer.retransmittable(10_000, NOON) == []


def test_the_newest_packets_can_be_sent_to_probe() -> None:
    outbound = video()
    packets = outbound.packetize(frame(), 0.0, NOON)
    probes = outbound.retransmittable(2_500, NOON + SECOND)
    assert [p.payload[:2] for p in probes] == [p.sequence_number.to_bytes(2) for p in packets[:0:-1]]
    assert {(p.ssrc, p.payload_type, p.extensions.mid) for p in probes} == {(8, 97, "2")}
    assert outbound.statistics().packets_retransmitted == 0


@pytest.mark.parametrize("codec", [Codec.VP8, Codec.VP9, Codec.H264])
def test_real_frames_are_counted(codec: Codec) -> None:
    outbound = Outbound(CodecFormat(codec, 96), ssrc=7, rtx_ssrc=None, random=Random(1))
    packets: list[RtpPacket] = []
    for one in encoded(codec, 10):
        packets += outbound.packetize(one, 0.0, 0)
    counts = outbound.statistics()
    assert (counts.frames_sent, counts.key_frames, counts.packets_sent) == (10, 1, len(packets))
    assert counts.bytes_sent == sum(len(packet.payload) for packet in packets)


def test_what_is_lost_is_repaired_by_either_number() -> None:
    outbound = video()
    first, *_ = outbound.packetize(frame(), 0.0, NOON)
    (repair,) = outbound.lost(7, [first.sequence_number], 100.0, NOON)
    assert (repair.ssrc, int.from_bytes(repair.payload[:2])) == (8, first.sequence_number)
    (again,) = outbound.lost(8, [repair.sequence_number, 40_000], 200.0, NOON)
    assert again.payload == repair.payload
    assert outbound.lost(9, [first.sequence_number], 300.0, NOON) == []
    assert sound().lost(7, [0], 0.0, NOON) == []


def test_copies_are_repairs_nobody_asked_for() -> None:
    outbound = video()
    packets = outbound.packetize(frame(), 0.0, NOON)
    copies = outbound.doubled(packets, 1, NOON)
    assert [p.payload[2:] for p in copies] == [p.payload for p in packets]
    assert outbound.statistics().packets_retransmitted == 0
    assert sound().doubled(packets, 1, NOON) == []
