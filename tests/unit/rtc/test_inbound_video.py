from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from aiortc.rtp import RtcpSenderInfo, RtpPacket
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.encoded import Encoder, decode
from tests.helpers.lossy_video import LossyVideo, Poor
from tests.helpers.rtp_path import FRAME_MS, Conditions, Path
from visio_desktop.diagnostics.freeze import FreezeMeter
from visio_desktop.media.pacing import Pacing
from visio_desktop.rtc.actions import NOTHING, Actions
from visio_desktop.rtc.assembly import MAX_WAITING_PACKETS
from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.rtc.inbound_video import VideoInbound
from visio_desktop.rtc.packetize.h264 import nal_units
from visio_desktop.rtc.payloads import CodecFormat, FormatTable

VP8 = CodecFormat(Codec.VP8, 96, rtx_payload_type=97)
KEY, DELTA, MORE = b"\x10\x00k", b"\x10\x01d", b"\x00m"
LOSSY = [
    Conditions(loss=0.05),
    Conditions(loss=0.15, rtt_ms=80),
    Conditions(loss=0.05, reorder_ms=30, repeat=0.1),
    Conditions(burst=range(100, 160)),
]


def inbound() -> VideoInbound:
    return VideoInbound(FormatTable((VP8,)))


def packet(sequence: int, payload: bytes, *, marker: int = 1, rtp_time: int | None = None, ssrc: int = 7) -> RtpPacket:
    time = sequence * 3000 if rtp_time is None else rtp_time
    return RtpPacket(96, marker, sequence & 0xFFFF, time & 0xFFFFFFFF, ssrc, payload)


def rtx(sequence: int, payload: bytes) -> RtpPacket:
    return RtpPacket(97, 1, 5, sequence * 3000, 8, (sequence & 0xFFFF).to_bytes(2) + payload)


def small_frames(number: int, key: bool) -> EncodedFrame:
    """Stands for a real VP8 frame where only whole or not whole matters."""
    size = Random(number).choice([10, 3000, 9000])
    return EncodedFrame(Codec.VP8, bytes([0 if key else 1, number & 0xFF]) * size, number * 3000, key=key)


def ids(actions: Actions) -> list[int]:
    return [(frame.rtp_time & 0xFFFFFFFF) // 3000 for frame in actions.frames]


@pytest.mark.parametrize("codec", [Codec.VP8, Codec.VP9, Codec.H264])
@pytest.mark.parametrize("rtx_payload_type", [97, None])
@pytest.mark.parametrize("conditions", LOSSY)
def test_real_frames_survive_loss(codec: Codec, rtx_payload_type: int | None, conditions: Conditions) -> None:
    path = Path(CodecFormat(codec, 96, rtx_payload_type), conditions)
    path.run(90, Encoder(codec).encode)
    assert len(path.delivered) >= 75
    assert len(decode(codec, [frame.payload for frame in path.delivered])) == len(path.delivered)
    assert len([now_ms for now_ms in path.plis_ms if now_ms < 90 * FRAME_MS]) <= 3


@pytest.mark.parametrize("codec", [Codec.VP8, Codec.VP9, Codec.H264])
def test_without_answers_pictures_resume_with_key_frames_and_all_decode(codec: Codec) -> None:
    path = Path(CodecFormat(codec, 96, 97), Conditions(answers=False, burst=range(60, 62)))
    path.run(90, Encoder(codec).encode)
    gaps = [frame for frame in path.delivered if frame.gap_before]
    assert [frame.key for frame in gaps] == [True]
    assert len(path.plis_ms) == 1
    assert len(path.delivered) > 70
    assert len(decode(codec, [frame.payload for frame in path.delivered])) == len(path.delivered)


def test_real_frames_arrive_as_they_were_sent() -> None:
    path = Path(CodecFormat(Codec.H264, 96, 97), Conditions())
    path.run(30, Encoder(Codec.H264).encode)
    sent, delivered = path.sent, path.delivered
    assert [nal_units(frame.payload) for frame in delivered] == [nal_units(frame.payload) for frame in sent]
    assert [frame.key for frame in delivered] == [frame.key for frame in sent]
    assert [f.rtp_time - delivered[0].rtp_time for f in delivered] == [f.rtp_time for f in sent]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1 << 16), st.floats(0, 0.3), st.sampled_from([20.0, 60.0, 120.0]), st.floats(0, 0.2))
def test_answered_losses_cost_no_frame(seed: int, loss: float, rtt_ms: float, repeat: float) -> None:
    conditions = Conditions(loss=loss, rtt_ms=rtt_ms, repeat=repeat, seed=seed, reliable_answers=True, spared=2)
    path = Path(VP8, conditions)
    path.run(60, small_frames)
    assert [frame.payload for frame in path.delivered] == [frame.payload for frame in path.sent]
    assert path.plis_ms == []


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1 << 16), st.floats(0, 0.4), st.floats(0, 60), st.booleans())
def test_never_out_of_order_never_with_a_hole_never_too_much(
    seed: int, loss: float, reorder_ms: float, answers: bool
) -> None:
    conditions = Conditions(loss=loss, reorder_ms=reorder_ms, repeat=0.1, answers=answers, seed=seed)
    path = Path(VP8, conditions)
    path.run(60, small_frames)
    sent = {frame.payload for frame in path.sent}
    times = [frame.rtp_time for frame in path.delivered]
    assert times == sorted(set(times))
    assert all(frame.payload in sent for frame in path.delivered)
    assert all(frame.key for frame in path.delivered[:1])
    assert all(frame.key or not frame.gap_before for frame in path.delivered)
    assert path.most_held <= MAX_WAITING_PACKETS + 1


def frozen_s(video: LossyVideo) -> float:
    """How long pictures stand still in a minute, shown as they are paced."""
    pacing, meter = Pacing(), FreezeMeter()
    for at_ms, frame in video.delivered:
        slot = pacing.place(frame.rtp_time / 90, at_ms)
        if slot.shown:
            meter.painted(slot.at_ms)
    return meter.frozen_ms * 60 / video.delivered[-1][0]


@pytest.mark.parametrize("thins", [True, False])
@pytest.mark.parametrize(
    ("conditions", "least_shown", "most_frozen_s", "most_frozen_paced_s"),
    [
        (Poor(loss=0.05, loss_up=0.05), 1.0, 4.0, 0.5),
        (Poor(loss=0.1, loss_up=0.1), 0.99, 10.0, 1.5),
        (Poor(loss=0.2, loss_up=0.2), 0.93, 26.0, 7.0),
        (Poor(loss=0.05, loss_up=0.05, rtt_ms=100.0), 0.99, 8.0, 3.0),
    ],
)
def test_minutes_of_loss_on_a_server_like_livekit(
    *, conditions: Poor, thins: bool, least_shown: float, most_frozen_s: float, most_frozen_paced_s: float
) -> None:
    video = LossyVideo(replace(conditions, thins=thins))
    video.run(120)
    assert len(video.delivered) >= least_shown * 120 * 30 - 10
    assert video.frozen_share * 60 < most_frozen_s
    assert frozen_s(video) < most_frozen_paced_s
    assert video.nacks < 120 * 50
    assert video.doubles < 0.1 * video.answers + 60


@pytest.mark.parametrize("rtt_ms", [20.0, 40.0, 100.0])
def test_a_burst_lost_is_seen_again_soon(rtt_ms: float) -> None:
    video = LossyVideo(Poor(burst_ms=(20_000.0, 20_150.0), rtt_ms=rtt_ms))
    video.run(25)
    assert video.longest_ms < 150 + 33 + 2 * rtt_ms + 60
    assert len(video.delivered) >= 25 * 30 - 1
    assert video.plis <= 1


def test_vp9_layers_of_one_picture_are_one_frame_and_a_top_layer_alone_is_one_too() -> None:
    stream = VideoInbound(FormatTable((CodecFormat(Codec.VP9, 98),)))
    key, upper = b"\x38\x00low", b"\x38\x03up"
    pictures = [(key, 0, 1), (upper, 1, 1), (b"\x78\x04\x02top", 1, 2)]
    frames = [
        frame
        for number, (payload, marker, time) in enumerate(pictures)
        for frame in stream.receive(RtpPacket(98, marker, number, time * 3000, 7, payload), 0.0).frames
    ]
    assert [(frame.key, frame.layer) for frame in frames] == [(True, 1), (False, 2)]
    assert frames[0].payload == b"lowup\xc1\x03\x02\xc1"
    assert frames[1].payload == b"top"


def test_in_order_packets_give_frames_and_nothing_else() -> None:
    stream = inbound()
    assert ids(stream.receive(packet(1, KEY), 0.0)) == [1]
    assert stream.receive(packet(2, DELTA, marker=0), 1.0) is NOTHING
    actions = stream.receive(packet(3, MORE, rtp_time=6000), 2.0)
    assert [frame.payload for frame in actions.frames] == [b"\x01dm"]
    assert (actions.nack, actions.pli) == ((), False)
    assert stream.tick(20.0) is NOTHING


def test_stream_that_begins_without_a_key_frame_asks_for_one() -> None:
    stream = inbound()
    assert stream.receive(packet(1, DELTA), 0.0) == Actions(pli=True)
    assert stream.receive(packet(2, DELTA), 33.0) is NOTHING
    assert [now for now in range(40, 1000, 20) if stream.tick(now).pli] == [500]
    assert ids(stream.receive(packet(3, KEY), 1000.0)) == [3]
    assert [now for now in range(1000, 3900, 20) if stream.tick(now).pli] == []


def test_a_stream_that_falls_silent_is_woken_once() -> None:
    stream = inbound()
    assert stream.statistics().last_packet_ms is None
    assert not any(stream.tick(now).pli for now in range(0, 8000, 20))
    stream.receive(packet(1, KEY), 8000.0)
    assert [now for now in range(8020, 20_000, 20) if stream.tick(now).pli] == [11_000]
    stream.receive(packet(2, DELTA), 20_000.0)
    assert stream.statistics().last_packet_ms == 20_000.0
    assert [now for now in range(20_020, 30_000, 20) if stream.tick(now).pli] == [23_000]


def test_what_could_not_be_put_together_is_counted() -> None:
    stream = inbound()
    stream.receive(packet(1, KEY), 0.0)
    for sequence in (3, 4, 5):
        stream.receive(packet(sequence, DELTA), 0.0)
    stream.receive(packet(6, KEY), 0.0)
    stream.tick(500.0)
    stream.tick(600.0)
    assert stream.statistics().frames_dropped == 3


def test_hole_is_asked_for_at_once_and_filled_by_rtx() -> None:
    stream = inbound()
    stream.receive(packet(65535, KEY), 0.0)
    assert stream.receive(packet(65538, DELTA), 10.0).nack == (0, 1)
    assert stream.receive(rtx(65537, DELTA), 40.0) is NOTHING
    assert ids(stream.receive(rtx(65536, DELTA), 50.0)) == [65536, 65537, 65538]
    counts = stream.statistics()
    assert (counts.packets_received, counts.packets_lost, counts.packets_recovered) == (4, 0, 2)
    assert (counts.nacks_sent, counts.frames_delivered, counts.key_frames) == (2, 4, 1)


def test_hole_that_stays_is_given_up_at_the_deadline() -> None:
    stream = inbound()
    stream.receive(packet(1, KEY), 0.0)
    stream.receive(packet(3, DELTA), 100.0)
    plis = [now for now in range(100, 1500, 20) if stream.tick(now).pli]
    assert plis[0] == 500  # four recoveries of 100 ms
    assert stream.receive(packet(4, DELTA), 1500.0).frames == ()
    (frame,) = stream.receive(packet(5, KEY), 1510.0).frames
    assert frame.gap_before
    assert stream.statistics().packets_lost == 1


@pytest.mark.parametrize("came_ms", [10, 60])
def test_whole_key_frame_ends_a_hole_once_an_answer_is_overdue(came_ms: int) -> None:
    stream = inbound()
    stream.path_rtt(40.0)
    stream.receive(packet(1, KEY), 0.0)
    stream.receive(packet(3, DELTA), 0.0)
    stream.receive(packet(4, KEY), came_ms)
    delivered = [
        (now, ids(actions)) for now in range(20, 700, 20) if now >= came_ms and (actions := stream.tick(now)).frames
    ]
    assert delivered == [(60, [4])]


def test_after_a_stall_of_ours_the_socket_is_read_before_anything_is_given_up() -> None:
    stream = inbound()
    stream.receive(packet(1, KEY), 0.0)
    stream.receive(packet(3, DELTA), 10.0)
    stream.tick(20.0)
    assert not stream.tick(2000.0).pli
    assert ids(stream.receive(rtx(2, DELTA), 2001.0)) == [2, 3]


def test_what_comes_while_this_machine_is_busy_is_marked() -> None:
    stream = inbound()
    ticks = [*range(0, 101, 20), *range(180, 400, 20)]  # none between 100 and 180
    sure = {}
    for sequence, at in enumerate((50, 99, 171, 199, 260, 290), 1):
        while ticks and ticks[0] <= at:
            stream.tick(float(ticks.pop(0)))
        (frame,) = stream.receive(packet(sequence, KEY), float(at)).frames
        sure[at] = frame.is_arrival_sure
    assert sure == {50: True, 99: True, 171: False, 199: False, 260: False, 290: True}


def test_late_packets_after_giving_up_change_nothing() -> None:
    stream = inbound()
    stream.receive(packet(1, KEY), 0.0)
    stream.receive(packet(3, DELTA), 0.0)
    stream.receive(packet(4, KEY), 0.0)
    stream.tick(600.0)
    assert stream.receive(packet(2, DELTA), 610.0) is NOTHING
    assert ids(stream.receive(packet(5, DELTA), 620.0)) == [5]


def test_padding_and_empty_rtx_are_passed_over() -> None:
    stream = inbound()
    stream.receive(packet(1, KEY), 0.0)
    assert stream.receive(packet(2, b"", marker=0, rtp_time=3000), 1.0) is NOTHING
    assert stream.receive(RtpPacket(97, 0, 1, 0, 8, b""), 1.0) is NOTHING
    assert stream.receive(RtpPacket(97, 0, 1, 0, 8, b"\x00"), 1.0) is NOTHING
    assert ids(stream.receive(packet(3, DELTA), 2.0)) == [3]


def test_retransmission_of_something_never_sent_is_passed_over() -> None:
    stream = inbound()
    assert stream.receive(rtx(1, KEY), 0.0) is NOTHING
    stream.receive(packet(1, KEY), 0.0)
    assert stream.receive(rtx(900, DELTA), 0.0) is NOTHING
    assert ids(stream.receive(packet(2, DELTA), 2.0)) == [2]


def test_other_source_begins_anew_and_time_never_runs_back() -> None:
    stream = inbound()
    first = stream.receive(packet(40_000, KEY, rtp_time=0xFFFF0000), 0.0).frames[0]
    stream.on_sender_report(RtcpSenderInfo(1 << 40, 0xFFFF0000, 0, 0), 0.0)
    assert stream.receive(packet(5, DELTA, ssrc=9), 10.0).frames == ()
    second = stream.receive(packet(6, KEY, ssrc=9, rtp_time=100), 400.0).frames[0]
    assert stream.ssrc == 9
    assert second.gap_before
    assert second.rtp_time > first.rtp_time
    assert second.capture_ms is None


def test_large_jump_forward_begins_anew() -> None:
    stream = inbound()
    stream.receive(packet(1, KEY), 0.0)
    actions = stream.receive(packet(5000, KEY), 10.0)
    assert ids(actions) == [5000]
    assert actions.frames[0].gap_before
    assert actions.nack == ()


def test_one_straggler_is_no_new_beginning_but_two_are() -> None:
    stream = inbound()
    stream.receive(packet(5000, KEY), 0.0)
    assert stream.receive(packet(1, KEY), 1.0) is NOTHING
    assert ids(stream.receive(packet(5001, DELTA), 2.0)) == [5001]
    stream.receive(packet(1, KEY), 3.0)
    assert ids(stream.receive(packet(2, KEY), 4.0)) == [2]


def test_packet_before_the_first_one_still_counts() -> None:
    stream = inbound()
    stream.receive(packet(2, MORE, rtp_time=3000), 0.0)
    assert ids(stream.receive(packet(1, KEY, marker=0), 1.0)) == [1]


def test_hole_in_the_very_first_key_frame_is_asked_for_once_it_is_known() -> None:
    stream = inbound()
    stream.receive(packet(3, MORE, rtp_time=3000), 0.0)
    assert stream.receive(packet(1, KEY, marker=0), 1.0).nack == (2,)
    assert ids(stream.receive(packet(2, MORE, marker=0, rtp_time=3000), 2.0)) == [1]


def test_too_many_holes_begin_anew() -> None:
    stream = inbound()
    stream.receive(packet(1, KEY), 0.0)
    stream.receive(packet(900, DELTA), 0.0)
    assert stream.receive(packet(1800, DELTA), 0.0) == Actions(pli=True)
    assert ids(stream.receive(packet(1801, KEY), 1.0)) == [1801]


def test_more_packets_than_may_wait_are_given_up() -> None:
    stream = inbound()
    stream.receive(packet(1, KEY), 0.0)
    actions = [stream.receive(packet(number, DELTA), 1.0) for number in range(3, 600)]
    assert sum(action.pli for action in actions) == 1
    assert ids(stream.receive(packet(600, KEY), 2.0)) == [600]


def test_decoder_asks_for_a_key_frame() -> None:
    stream = inbound()
    stream.receive(packet(1, KEY), 0.0)
    assert stream.request_key_frame(100.0) == Actions(pli=True)
    assert stream.request_key_frame(200.0) is NOTHING
    assert ids(stream.receive(packet(2, DELTA), 210.0)) == [2]
    assert not stream.tick(500.0).pli
    assert stream.tick(600.0).pli
    stream.receive(packet(3, KEY), 750.0)
    assert [now for now in range(760, 3000, 20) if stream.tick(now).pli] == []


def test_a_late_listener_gets_nothing_before_a_key_frame() -> None:
    stream = inbound()
    stream.receive(packet(1, KEY), 0.0)
    assert stream.require_key_frame(10.0) == Actions(pli=True)
    assert stream.receive(packet(2, DELTA), 20.0) is NOTHING
    assert ids(stream.receive(packet(3, KEY), 30.0)) == [3]
    assert ids(stream.receive(packet(4, DELTA), 40.0)) == [4]


def test_nobody_is_asked_before_the_first_packet() -> None:
    stream = inbound()
    assert stream.request_key_frame(0.0) is NOTHING
    assert stream.statistics().plis_sent == 0
    assert stream.receive(packet(1, DELTA), 1.0).pli


def test_sender_reports_time_the_frames() -> None:
    stream = inbound()
    stream.receive(packet(1, KEY), 0.0)
    stream.on_sender_report(RtcpSenderInfo(10 << 32, 3000, 0, 0), 5.0)
    (frame,) = stream.receive(packet(2, KEY, rtp_time=93_000), 10.0).frames
    assert frame.capture_ms == pytest.approx(11_000.0)
    report = stream.report_block(70.536)
    assert report is not None
    assert (report.ssrc, report.lsr, report.dlsr) == (7, 10 << 16, 4294)


def test_no_report_before_the_first_packet() -> None:
    assert inbound().report_block(0.0) is None


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([96, 97, 98, 0]),
            st.integers(0, 0xFFFF),
            st.integers(0, (1 << 32) - 1),
            st.integers(0, 2),
            st.binary(max_size=12),
        ),
        max_size=60,
    )
)
def test_rubbish_never_raises(packets: list[tuple[int, int, int, int, bytes]]) -> None:
    codecs = (VP8, CodecFormat(Codec.VP9, 98), CodecFormat(Codec.AV1, 0))
    stream = VideoInbound(FormatTable(codecs))
    for now, (payload_type, sequence, time, ssrc, payload) in enumerate(packets):
        actions = stream.receive(RtpPacket(payload_type, now % 2, sequence, time, ssrc, payload), now * 10.0)
        assert len(actions.nack) <= 1000
        stream.tick(now * 10.0 + 5)
