"""Counts become rates and rows."""

from __future__ import annotations

from typing import Any, cast

from tests.helpers.fakes import FakeOutbound, FakePublisher
from visio_desktop.diagnostics.streams import Direction, StreamStatistics
from visio_desktop.engine.inside import Counts, Outgoing, Rates, pictures_row, voice_row
from visio_desktop.engine.seen import Painted
from visio_desktop.media.playout import VoiceStatistics
from visio_desktop.media.subscription import SubscriptionStatistics
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import Codec, InboundStatistics

NAMED = StreamStatistics("p", Direction.RECEIVED, participant="Ada", source="camera")


def test_rates_speak_of_the_time_between_the_last_two_looks() -> None:
    rates = Rates()
    rates.look(1_000.0, Counts(bytes=5_000, packets=10))
    assert (rates.bitrate_bps, rates.fps, rates.loss_fraction, rates.concealed_ratio) == (None, None, None, None)
    rates.look(2_000.0, Counts(bytes=15_000, packets=100, lost=10, frames=30, played_ms=1_000, concealed_ms=50))
    assert (rates.bitrate_bps, rates.fps, rates.loss_fraction, rates.concealed_ratio) == (80_000, 30.0, 0.1, 0.05)
    rates.look(2_100.0, Counts(bytes=1 << 30))
    assert rates.bitrate_bps == 80_000
    rates.look(3_000.0, Counts())
    assert (rates.bitrate_bps, rates.loss_fraction) == (0, None)


def test_a_row_of_pictures_has_what_was_counted_everywhere() -> None:
    rates = Rates()
    pictures = SubscriptionStatistics(
        "vp9", 640, 360, 1, frames_decoded=30, frames_dropped=2, key_frames=1, decode_ms=1.234, buffer_ms=20.04
    )
    for now_ms, received in ((0.0, 0), (1_000.0, 90)):
        counts = InboundStatistics(
            packets_received=received,
            packets_lost=received // 9,
            packets_recovered=7,
            bytes_received=received * 1_000,
            plis_sent=3,
            frames_dropped=1,
            rtt_ms=41.27,
            last_packet_ms=990.0,
        )
        row = pictures_row(NAMED, counts, pictures, Painted(28, 333.33, 2), (now_ms, rates))
    assert (row.participant, row.source, row.codec, row.width_px, row.layer) == ("Ada", "camera", "vp9", 640, 1)
    assert (row.bitrate_bps, row.fps, row.loss_fraction, row.packets_lost) == (720_000, 0.0, 0.1, 10)
    assert (row.recovered_rtx, row.recovered_red, row.frozen_ms, row.freeze_count) == (7, None, 333.3, 2)
    assert (row.decode_ms, row.buffer_ms, row.frames_dropped, row.key_frames, row.key_frames_asked) == (
        1.23,
        20,
        3,
        1,
        3,
    )
    assert (row.rtt_ms, row.last_packet_ms) == (41.3, 10.0)


def test_a_row_of_a_voice_tells_what_was_made_up_and_what_recovered() -> None:
    rates = Rates()
    for now_ms in (0.0, 1_000.0):
        voice = VoiceStatistics(
            playout_delay_ms=61.27,
            played_ms=now_ms,
            concealed_ms=now_ms * 0.02,
            recovered_ms=now_ms * 0.1,
            speed=1.000217,
            stretched=2,
        )
        row = voice_row(NAMED, InboundStatistics(packets_recovered=5), voice, (now_ms, rates))
    assert (row.codec, row.concealed_ratio, row.recovered_red, row.recovered_fec_ms) == ("opus", 0.02, 5, 100.0)
    assert (row.buffer_ms, row.width_px, row.frozen_ms, row.last_packet_ms) == (61.3, None, None, None)
    assert (row.speed, row.stretched) == (1.00022, 2)


def test_rows_of_what_is_sent_come_and_go_with_the_streams() -> None:
    outgoing = Outgoing()
    streams: Any = {Source.CAMERA: FakeOutbound(Codec.VP8), Source.MICROPHONE: FakeOutbound(Codec.OPUS)}
    publishers = cast("Any", {Source.CAMERA: FakePublisher()})
    publishers[Source.CAMERA].look_ms = 6.5
    outgoing.rows(streams, publishers, 0.0)
    camera, microphone = outgoing.rows(streams, publishers, 1_000.0)
    assert (camera.direction, camera.source, camera.codec) == (Direction.SENT, "camera", "vp8")
    assert (camera.width_px, camera.height_px, camera.fps, camera.key_frames) == (1280, 720, 30.0, 2)
    assert camera.layers == ((640, 360), (1280, 720))
    assert (camera.look_ms, microphone.look_ms) == (6.5, None)
    assert (camera.bitrate_bps, microphone.codec, microphone.fps, microphone.key_frames) == (0, "opus", None, None)
    assert outgoing.rows({}, {}, 2_000.0) == ()
