"""The account of what was received, seen and lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from tests.helpers.fakes import FakeInbound, FakeKit, FakeSubscription
from visio_desktop.diagnostics.freeze import FreezeMeter
from visio_desktop.diagnostics.report import Reconnect, SubscriptionReport
from visio_desktop.engine.account import Account, Owner
from visio_desktop.meeting.values import Source

OWNERS = {
    "ada-camera": Owner("ada", "Ada", Source.CAMERA),
    "ada-voice": Owner("ada", "Ada", Source.MICROPHONE),
    "ada-screen": Owner("ada", "Ada", Source.SCREEN),
    "bob-voice": Owner("bob", "Ada", Source.MICROPHONE),
}


class Sink:
    def __init__(self) -> None:
        self.meter = FreezeMeter()


class Bench:
    def __init__(self) -> None:
        self.kit = FakeKit()
        self.now_ms = 1_000.0
        self.owners = dict(OWNERS)
        self.account = Account(
            cast("Any", lambda: self.kit), self.owners.get, lambda: self.now_ms - 600, lambda: self.now_ms
        )

    def voice(self, publication_id: str) -> None:
        stream = FakeInbound(publication_id, is_video=False)
        self.kit.sound.add_voice(publication_id, stream)
        self.account.voice_began(publication_id, stream)

    def pictures(self, publication_id: str) -> FakeSubscription:
        stream = FakeInbound(publication_id)
        subscription = FakeSubscription(stream)
        self.account.video_began(publication_id, stream, cast("Any", subscription))
        return subscription

    def row(self, source: str) -> SubscriptionReport:
        (found,) = (row for row in self.account.subscriptions() if row.source == source)
        return found


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_row_of_pictures_tells_what_was_decoded_and_seen(bench: Bench) -> None:
    sink = Sink()
    bench.account.sink_attached("ada-camera", sink)
    bench.pictures("ada-camera")
    for time_ms in (1_000.0, 1_040.0, 1_080.0, 2_080.0):
        sink.meter.painted(time_ms)
    bench.now_ms = 2_090
    assert bench.account.subscriptions() == [
        SubscriptionReport(
            "Ada",
            "camera",
            "vp8",
            640,
            360,
            frames_decoded=30,
            frames_painted=4,
            frozen_ms=1_000.0,
            freeze_count=1,
            playout_delay_ms=0.0,
            packets_lost=3,
            packets_recovered=1,
            bitrate_bps=0,
            fps=27.5,
            frames_dropped=0,
            decode_ms=0.0,
            key_frames=0,
            key_frames_asked=0,
            jitter_ms=0.0,
        )
    ]


def test_a_row_of_sound_tells_how_it_was_played(bench: Bench) -> None:
    bench.voice("ada-voice")
    (row,) = bench.account.subscriptions()
    assert (row.codec, row.playout_delay_ms, row.concealed_ratio) == ("opus", 42.0, 0.01)
    assert row.frames_painted is None


def test_a_stream_that_begins_anew_under_the_same_sink_has_a_row_of_its_own(bench: Bench) -> None:
    sink = Sink()
    bench.account.sink_attached("ada-camera", sink)
    for time_ms in (1_000.0, 5_000.0):
        bench.pictures("ada-camera")
        sink.meter.painted(time_ms)
        bench.account.ended("ada-camera")
    assert [row.frames_painted for row in bench.account.subscriptions()] == [1, 1]


def test_a_sink_that_went_elsewhere_counts_no_more(bench: Bench) -> None:
    sink = Sink()
    bench.account.sink_attached("ada-camera", sink)
    bench.pictures("ada-camera")
    sink.meter.painted(1_000)
    bench.account.sink_detached("ada-camera", sink)
    sink.meter.painted(1_040)
    assert bench.row("camera").frames_painted == 1


def test_a_publication_that_becomes_known_later_gets_its_name(bench: Bench) -> None:
    owner = bench.owners.pop("ada-voice")
    bench.voice("ada-voice")
    assert bench.account.subscriptions()[0].participant == ""
    bench.owners["ada-voice"] = owner
    bench.account.subscriptions()
    del bench.owners["ada-voice"]
    bench.account.ended("ada-voice")
    assert bench.row("microphone").participant == "Ada"


def test_a_return_is_told_with_the_time_without_media(bench: Bench) -> None:
    bench.account.media_back()
    assert bench.account.reconnects() == []
    bench.account.connection_lost("connection_lost")
    bench.now_ms += 500
    bench.account.connection_lost("host_unreachable")
    assert bench.account.is_waiting
    assert bench.account.reconnects() == [Reconnect(400.0, "connection_lost")]
    bench.now_ms += 1_000
    bench.account.media_back()
    bench.account.media_back()
    assert not bench.account.is_waiting
    assert bench.account.reconnects() == [Reconnect(400.0, "connection_lost", 1_500.0)]


def test_a_return_within_the_session_is_told_with_the_gap_that_was_heard(bench: Bench) -> None:
    bench.now_ms += 2_000
    bench.account.restored("signalling", 300.0, 25.0)
    assert bench.account.reconnects() == [Reconnect(2_100.0, "signalling", 25.0)]


def test_a_return_that_lasts_is_told_once_and_streams_that_begin_meanwhile_end_nothing(bench: Bench) -> None:
    bench.account.interrupted("network")
    assert not bench.account.is_waiting
    assert bench.account.reconnects() == [Reconnect(400.0, "network")]
    bench.now_ms += 2_000
    bench.account.restored("network", 2_500.0, 1_800.0)
    assert bench.account.reconnects() == [Reconnect(-100.0, "network", 1_800.0)]


def test_a_session_that_could_not_be_mended_counts_from_its_interruption(bench: Bench) -> None:
    bench.account.interrupted("signalling")
    bench.now_ms += 5_000
    bench.account.connection_lost("connection_lost")
    assert bench.account.is_waiting
    bench.now_ms += 1_000
    bench.account.media_back()
    assert bench.account.reconnects() == [Reconnect(400.0, "signalling", 6_000.0)]


def test_lips_behind_the_voice_are_measured_on_the_senders_clock(bench: Bench) -> None:
    camera = bench.pictures("ada-camera")
    bench.voice("ada-voice")
    for late_ms in (30, 50, 400):
        bench.now_ms += 1_000
        # Put 20 ms ago, then `late_ms` + 100 old; heard now: 100 ms old.
        shown = {"shown_capture_ms": 7e6 + bench.now_ms - 20 - 100 - late_ms, "shown_at_ms": bench.now_ms - 20}
        camera.figures = replace(camera.figures, **shown)  # type: ignore[arg-type] # as replace checks at run time
        bench.kit.sound.heard_ms["ada-voice"] = 7e6 + bench.now_ms - 100
        bench.account.measure()
    assert bench.row("camera").av_skew_ms == 50.0
    bench.account.ended("ada-camera")
    assert bench.row("camera").av_skew_ms == 50.0


def test_pictures_are_told_how_late_their_voice_is_heard(bench: Bench) -> None:
    camera = bench.pictures("ada-camera")
    bench.voice("ada-voice")
    bench.account.measure()
    assert camera.voice_ms is None
    bench.kit.sound.heard_ms["ada-voice"] = 800.0
    bench.account.measure()
    assert camera.voice_ms == bench.now_ms - 800.0


@pytest.mark.parametrize("missing", ["voice", "heard", "shown", "shown_at"])
def test_the_skew_is_unknown_while_either_is(bench: Bench, missing: str) -> None:
    camera = bench.pictures("ada-camera")
    shown = None if missing == "shown" else 900.0
    at_ms = None if missing == "shown_at" else 990.0
    camera.figures = replace(camera.figures, shown_capture_ms=shown, shown_at_ms=at_ms)
    if missing != "voice":
        bench.voice("ada-voice")
    if missing != "heard":
        bench.kit.sound.heard_ms["ada-voice"] = 800.0
    bench.account.measure()
    assert bench.row("camera").av_skew_ms is None


def test_neither_a_namesakes_voice_nor_ones_own_screen_is_compared(bench: Bench) -> None:
    screen, camera = bench.pictures("ada-screen"), bench.pictures("ada-camera")
    for pictures in (screen, camera):
        pictures.figures = replace(pictures.figures, shown_capture_ms=900.0, shown_at_ms=990.0)
    bench.voice("bob-voice")
    bench.kit.sound.heard_ms["bob-voice"] = 800.0
    bench.account.measure()
    assert bench.row("camera").av_skew_ms is None
    bench.voice("ada-voice")
    bench.kit.sound.heard_ms["ada-voice"] = 800.0
    bench.account.measure()
    assert bench.row("screen").av_skew_ms is None
    assert bench.row("camera").av_skew_ms is not None


def test_a_snapshot_has_one_value_for_each_stream_as_of_the_last_measurement(bench: Bench) -> None:
    bench.pictures("ada-camera")
    bench.voice("ada-voice")
    assert bench.account.snapshot() == ()
    bench.account.measure()
    camera, voice = bench.account.snapshot()
    assert (camera.publication_id, camera.participant_id, camera.participant) == ("ada-camera", "ada", "Ada")
    assert (camera.source, camera.codec, camera.packets_lost, camera.recovered_rtx) == ("camera", "vp8", 3, 1)
    assert (voice.source, voice.codec, voice.recovered_red, voice.buffer_ms) == ("microphone", "opus", 1, 42.0)
    bench.account.ended("ada-camera")
    bench.account.measure()
    assert [row.source for row in bench.account.snapshot()] == ["microphone"]
