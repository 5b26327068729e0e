from __future__ import annotations

from fractions import Fraction
from functools import cache

import av
import pytest
from aiortc.rtp import RtpPacket
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.encoded import picture
from visio_desktop.rtc.depacketize.part import Temporal
from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.rtc.inbound_video import VideoInbound
from visio_desktop.rtc.payloads import CodecFormat, FormatTable
from visio_desktop.rtc.temporal import TemporalChain

LAYERS = (0, 2, 1, 2)
SYNC = (False, True, True, False)
TS_PARAMETERS = (
    "ts_number_layers=3:ts_target_bitrate=200,300,500:ts_rate_decimator=4,2,1:"
    "ts_periodicity=4:ts_layer_id=0,2,1,2:ts_layering_mode=3"
)


def chain_after(*frames: Temporal) -> TemporalChain:
    chain = TemporalChain()
    for frame in frames:
        chain.delivered(frame, 0)
    return chain


def test_nothing_lost_everything_decodes() -> None:
    chain = TemporalChain()
    assert all(chain.decodes(Temporal(layer, 0, False)) for layer in range(4))


def test_resumes_at_the_next_base_frame_only() -> None:
    chain = chain_after(Temporal(0, 255, False), Temporal(1, 255, False))
    assert chain.resumes(Temporal(0, 0, False), 3000)
    assert not chain.resumes(Temporal(0, 1, False), 3000)
    assert not chain.resumes(Temporal(0, 255, False), 3000)


def test_resumes_at_a_synchronisation_point_of_the_same_base_frame() -> None:
    chain = chain_after(Temporal(0, 7, False))
    assert chain.resumes(Temporal(2, 7, True), 3000)
    assert not chain.resumes(Temporal(2, 7, False), 3000)
    assert not chain.resumes(Temporal(2, 8, True), 3000)


def test_proof_grows_old() -> None:
    chain = chain_after(Temporal(0, 7, False))
    assert chain.resumes(Temporal(0, 8, False), 300_000)
    assert not chain.resumes(Temporal(0, 8, False), 400_000)


def test_nothing_proves_anything_without_layering() -> None:
    chain = TemporalChain()
    assert not chain.resumes(Temporal(0, 0, False), 0)
    chain.delivered(Temporal(0, 7, False), 0)
    assert not chain.resumes(None, 0)
    chain.delivered(None, 0)
    assert not chain.resumes(Temporal(0, 8, False), 0)


def test_higher_layers_need_synchronisation_after_a_loss() -> None:
    chain = chain_after(Temporal(0, 7, False))
    chain.lost()
    assert not chain.decodes(Temporal(1, 7, False))
    chain.delivered(Temporal(2, 7, True), 0)
    assert not chain.decodes(Temporal(2, 7, False))
    chain.skipped(Temporal(2, 7, False))
    chain.delivered(Temporal(1, 7, True), 0)
    assert chain.decodes(Temporal(1, 7, False))
    assert not chain.decodes(Temporal(2, 7, False))
    chain.delivered(Temporal(2, 7, True), 0)
    assert chain.decodes(Temporal(2, 7, False))
    chain.reset()
    assert chain.decodes(Temporal(3, 0, False))


@cache
def layered() -> tuple[bytes, ...]:
    context = av.CodecContext.create("libvpx", "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height, context.pix_fmt, context.bit_rate = 160, 96, "yuv420p", 500_000
    context.time_base, context.framerate = Fraction(1, 30), Fraction(30)
    context.gop_size, context.thread_count = 10_000, 1
    context.options = {
        "deadline": "realtime",
        "lag-in-frames": "0",
        "error-resilient": "1",
        "ts-parameters": TS_PARAMETERS,
    }
    payloads: list[bytes] = []
    for number in range(48):
        image = picture(number, 160, 96)
        image.pts = number
        payloads += [bytes(packet) for packet in context.encode(image)]
    return tuple(payloads)


def shown(payloads: list[bytes]) -> list[bytes]:
    context = av.CodecContext.create("vp8", "r")
    assert isinstance(context, av.VideoCodecContext)
    context.thread_count = 1
    return [image.to_ndarray().tobytes() for payload in payloads for image in context.decode(av.Packet(payload))]


def packets() -> list[RtpPacket]:
    made: list[RtpPacket] = []
    for number, payload in enumerate(layered()):
        place = number % 4
        layering = LAYERS[place] << 6 | SYNC[place] << 5
        descriptor = bytes([0x90, 0x60, number // 4, layering])
        half = len(payload) // 2
        made.append(RtpPacket(96, 0, len(made), number * 3000, 7, descriptor + payload[:half]))
        made.append(RtpPacket(96, 1, len(made), number * 3000, 7, b"\x80" + descriptor[1:] + payload[half:]))
    return made


def deliver(lost: set[int]) -> tuple[list[EncodedFrame], int]:
    stream = VideoInbound(FormatTable((CodecFormat(Codec.VP8, 96),)), rtt_ms=5.0, give_up_ms=40.0)
    frames: list[EncodedFrame] = []
    for number, packet in enumerate(packets()):
        now_ms = number * 16.0
        if number not in lost:
            frames += stream.receive(packet, now_ms).frames
        frames += stream.tick(now_ms).frames
    return frames, stream.statistics().plis_sent


@pytest.mark.parametrize("place", [1, 2, 3])
def test_loss_in_a_higher_layer_needs_no_key_frame(place: int) -> None:
    frames, _ = deliver({2 * (16 + place)})
    assert len(frames) >= 48 - 4
    assert [frame.key for frame in frames].count(True) == 1


def test_loss_in_the_base_layer_needs_a_key_frame() -> None:
    frames, plis = deliver({2 * 16})
    assert len(frames) == 16
    assert plis > 0


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(2, 95), max_size=8))
def test_every_picture_after_a_loss_is_exactly_what_was_sent(lost: set[int]) -> None:
    frames, _ = deliver(lost)
    numbers = [(frame.rtp_time & 0xFFFFFFFF) // 3000 for frame in frames]
    truth = shown(list(layered()))
    assert shown([frame.payload for frame in frames]) == [truth[number] for number in numbers]
