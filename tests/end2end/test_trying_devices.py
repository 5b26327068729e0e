"""Outside a meeting: the test sound is really played, camera and microphone really give something, and are let go."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.helpers.engines import running_engine
from tests.helpers.sinks import CountingSink
from visio_desktop.engine import OWN_CAMERA
from visio_desktop.media.samples import SILENCE_DB
from visio_desktop.meeting.intents import TestSpeaker, TryDevices
from visio_desktop.meeting.state import Page


def soon(condition: Callable[[], bool], timeout_s: float = 15.0) -> None:
    """Wait for what no snapshot tells."""
    until = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_the_test_sound_takes_the_way_of_every_voice() -> None:
    with running_engine(on=False) as (engine, watcher):
        engine.post(TestSpeaker())
        watcher.wait_for(lambda m: m.speaker.opened_name == "null")
        sound = engine._media().sound
        soon(lambda: sound.voice_level_db("sound test") > -30)
        soon(lambda: sound.voice_level_db("sound test") == SILENCE_DB)


def test_camera_and_microphone_are_tried_and_let_go() -> None:
    with running_engine(on=False) as (engine, watcher):
        sink = CountingSink()
        engine.attach(OWN_CAMERA, sink)
        engine.post(TryDevices(on=True))
        tried = watcher.wait_for(lambda m: bool(m.camera.opened_name and m.microphone.opened_name))
        assert (tried.page, tried.camera_on, tried.microphone_on) == (Page.HOME, False, False)
        soon(lambda: sink.pictures > 5)
        soon(lambda: engine.microphone_level_db() > -60)
        engine.post(TryDevices(on=False))
        soon(lambda: engine.microphone_level_db() == SILENCE_DB)
        seen = sink.pictures
        time.sleep(0.3)
        assert sink.pictures <= seen + 1
