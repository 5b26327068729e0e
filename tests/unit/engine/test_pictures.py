"""Sinks, subscriptions and one's own pictures, brought together in any order."""

from __future__ import annotations

from typing import Any, cast

import pytest

from tests.helpers.fakes import FakeInbound, FakeKit, FakeSubscription
from tests.helpers.sinks import CountingSink
from visio_desktop.engine import OWN_CAMERA, OWN_SCREEN
from visio_desktop.engine.pictures import Pictures
from visio_desktop.meeting.frames import PictureTarget
from visio_desktop.meeting.values import Source
from visio_desktop.servers.port import Wanted


class Bench:
    def __init__(self) -> None:
        self.kit = FakeKit()
        self.pictures = Pictures(cast("Any", lambda: self.kit), lambda call, *arguments: call(*arguments))

    def begin(self, publication_id: str) -> FakeSubscription:
        return cast("FakeSubscription", self.pictures.begin(publication_id, FakeInbound(publication_id)))


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_sink_and_pictures_meet_whichever_comes_first(bench: Bench) -> None:
    early, late = CountingSink(), CountingSink()
    bench.pictures.attach("a", early)
    assert bench.begin("a").sink is early
    second = bench.begin("b")
    assert second.sink is None
    bench.pictures.attach("b", late)
    assert second.sink is late


def test_a_later_sink_takes_over_and_the_earlier_one_can_no_longer_take_it_away(bench: Bench) -> None:
    one, two = CountingSink(), CountingSink()
    subscription = bench.begin("a")
    bench.pictures.attach("a", one)
    bench.pictures.attach("a", two)
    bench.pictures.detach("a", one)
    assert subscription.sink is two
    bench.pictures.detach("a", two)
    assert subscription.sink is None


def test_a_sink_stays_for_pictures_that_begin_anew(bench: Bench) -> None:
    sink = CountingSink()
    bench.pictures.attach("a", sink)
    first = bench.begin("a")
    second = bench.begin("a")
    assert first.stopped
    assert second.sink is sink
    assert cast("object", bench.pictures.end("a")) is second
    assert second.stopped
    assert bench.pictures.end("a") is None


def test_only_what_changed_is_news_for_the_server(bench: Bench) -> None:
    sink = CountingSink(PictureTarget(640, 360))
    bench.begin("a")
    bench.begin("b")
    bench.pictures.attach("a", sink)
    assert bench.pictures.news_for_server() == {"a": Wanted(True, 640, 360), "b": Wanted(False)}
    assert bench.pictures.news_for_server() == {}
    sink.want = PictureTarget(1280, 720)
    assert bench.pictures.news_for_server() == {"a": Wanted(True, 1280, 720)}
    sink.want = None
    assert bench.pictures.news_for_server() == {"a": Wanted(False)}
    bench.pictures.not_told("a")
    assert bench.pictures.news_for_server() == {"a": Wanted(False)}


def test_a_stream_that_begins_anew_is_news_again(bench: Bench) -> None:
    bench.begin("a")
    bench.pictures.news_for_server()
    bench.begin("a")
    assert bench.pictures.news_for_server() == {"a": Wanted(False)}


def test_ones_own_camera_is_previewed_while_both_camera_and_sink_are_there(bench: Bench) -> None:
    sink, capture = CountingSink(), cast("Any", object())
    bench.pictures.attach(OWN_CAMERA, sink)
    assert bench.kit.previews == []
    bench.pictures.use_capture(Source.CAMERA, capture)
    assert bench.kit.previews == [(capture, sink)]
    other = cast("Any", object())
    bench.pictures.use_capture(Source.CAMERA, other)
    assert bench.kit.previews == [(other, sink)]
    bench.pictures.detach(OWN_CAMERA, sink)
    assert bench.kit.previews == []
    bench.pictures.attach(OWN_CAMERA, sink)
    bench.pictures.use_capture(Source.CAMERA, None)
    assert bench.kit.previews == []


def test_ones_own_screen_and_camera_do_not_mix(bench: Bench) -> None:
    sink, screen = CountingSink(), cast("Any", object())
    bench.pictures.attach(OWN_CAMERA, sink)
    bench.pictures.use_capture(Source.SCREEN, screen)
    assert bench.kit.previews == []
    bench.pictures.attach(OWN_SCREEN, sink)
    assert bench.kit.previews == [(screen, sink)]
