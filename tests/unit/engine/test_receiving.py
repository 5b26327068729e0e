"""Received streams on their way to pictures, sound and the account."""

from __future__ import annotations

from typing import Any, cast

import pytest

from tests.helpers.fakes import FakeInbound, FakeKit
from visio_desktop.engine.account import Account, Owner
from visio_desktop.engine.pictures import Pictures
from visio_desktop.engine.receiving import Receiving
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import Codec, EncodedFrame

FRAME = EncodedFrame(Codec.VP8, b"picture", 0)


class Bench:
    def __init__(self) -> None:
        self.kit = FakeKit()
        self.now_ms = 0.0
        get_kit = cast("Any", lambda: self.kit)
        self.account = Account(
            get_kit, lambda key: Owner(key, key, Source.CAMERA), lambda: self.now_ms, lambda: self.now_ms
        )
        self.pictures = Pictures(get_kit, lambda call, *arguments: call(*arguments))
        self.receiving = Receiving(get_kit, self.pictures, self.account)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_pictures_are_decoded_and_voices_played_until_they_end(bench: Bench) -> None:
    camera, voice = FakeInbound("s1"), FakeInbound("s2", is_video=False)
    bench.receiving.begin("camera", camera)
    bench.receiving.begin("voice", voice)
    assert list(bench.pictures.subscriptions()) == ["camera"]
    assert bench.kit.sound.voices == {"voice": voice}
    assert len(bench.account.subscriptions()) == 2
    bench.receiving.end("camera")
    bench.receiving.end("voice")
    assert bench.pictures.subscriptions() == {}
    assert bench.kit.sound.voices == {}


def test_a_row_is_kept_while_the_voices_figures_are_still_known(bench: Bench) -> None:
    bench.receiving.begin("voice", FakeInbound("s2", is_video=False))
    bench.receiving.end("voice")
    (row,) = bench.account.subscriptions()
    assert row.playout_delay_ms == 42.0


def test_a_stream_that_begins_anew_replaces_the_one_before(bench: Bench) -> None:
    bench.receiving.begin("camera", FakeInbound("s1"))
    before = bench.pictures.subscriptions()["camera"]
    bench.receiving.begin("camera", FakeInbound("s2"))
    assert cast("Any", before).stopped
    assert cast("Any", bench.pictures.subscriptions()["camera"]).stream.id == "s2"
    assert len(bench.account.subscriptions()) == 2


def test_everything_ends_at_once_and_what_is_unknown_is_passed_over(bench: Bench) -> None:
    bench.receiving.begin("camera", FakeInbound("s1"))
    bench.receiving.begin("voice", FakeInbound("s2", is_video=False))
    bench.receiving.clear()
    bench.receiving.end("nobody")
    assert bench.pictures.subscriptions() == {}
    assert bench.kit.sound.voices == {}


@pytest.mark.parametrize("is_video", [True, False])
def test_the_first_frame_after_a_loss_ends_the_gap(bench: Bench, is_video: bool) -> None:
    bench.account.connection_lost("connection_lost")
    stream = FakeInbound("s1", is_video=is_video)
    bench.now_ms = 700
    bench.receiving.begin("one", stream)
    if not is_video:
        bench.kit.sound.voices["one"].on_frame(lambda _: None)
    assert bench.account.is_waiting
    bench.now_ms = 900
    stream.deliver(FRAME)
    assert [gap.media_gap_ms for gap in bench.account.reconnects()] == [900.0]


def test_without_a_loss_streams_are_handed_on_as_they_are(bench: Bench) -> None:
    stream = FakeInbound("s1", is_video=False)
    bench.receiving.begin("voice", stream)
    assert bench.kit.sound.voices["voice"] is stream


def test_what_begins_before_it_can_be_played_is_held(bench: Bench) -> None:
    camera, gone, voice = FakeInbound("s1"), FakeInbound("s2"), FakeInbound("s3", is_video=False)
    bench.receiving.hold()
    bench.receiving.begin("camera", camera)
    bench.receiving.begin("gone", gone)
    bench.receiving.begin("voice", voice)
    bench.receiving.end("gone")
    assert bench.pictures.subscriptions() == {}
    bench.receiving.release()
    assert list(bench.pictures.subscriptions()) == ["camera"]
    assert list(bench.kit.sound.voices) == ["voice"]
    bench.receiving.begin("gone", gone)
    assert list(bench.pictures.subscriptions()) == ["camera", "gone"]


def test_what_is_held_goes_with_its_session(bench: Bench) -> None:
    bench.receiving.hold()
    bench.receiving.begin("camera", FakeInbound("s1"))
    bench.receiving.clear()
    bench.receiving.release()
    assert bench.pictures.subscriptions() == {}
