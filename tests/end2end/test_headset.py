"""A headset's buttons and lights in a real meeting; the headset is made here."""

from __future__ import annotations

import threading

import pytest

from tests.helpers.engines import running_engine
from tests.helpers.headsets import MadeHeadset
from visio_desktop.media.headset import listener
from visio_desktop.meeting.intents import Join, OpenLink, UseHeadsetButtons
from visio_desktop.meeting.state import Page
from visio_desktop.meeting.values import HeadsetState

PATIENCE_S = 60.0


def test_a_headset_mutes_shows_it_and_hangs_up(monkeypatch: pytest.MonkeyPatch) -> None:
    headset, begin = MadeHeadset("Jabra Evolve2"), listener.HeadsetListener.__init__

    def begun(*arguments: object, **named: object) -> None:
        begin(*arguments, **named, find=headset.find, open_device=headset.open)  # type: ignore[arg-type] # passed on

    monkeypatch.setattr(listener.HeadsetListener, "__init__", begun)
    with running_engine(camera="none") as (engine, watcher):
        engine.post(UseHeadsetButtons(on=True))
        engine.post(OpenLink("practice:"))
        watcher.wait_for(lambda m: m.page is Page.PREJOIN and bool(m.microphone.opened_name))
        assert headset.opened == 0, "no meeting, no headset"
        engine.post(Join())
        watcher.wait_for(lambda m: m.headset == HeadsetState("Jabra Evolve2"), PATIENCE_S)
        assert headset.lit() == bytes([2, 0b001])
        headset.report(bytes([2, 0b001]))
        headset.report(bytes([2, 0b101]))
        headset.report(bytes([2, 0b001]))
        watcher.wait_for(lambda m: not m.microphone_on, PATIENCE_S)
        assert headset.lit() == bytes([2, 0b011])
        headset.report(bytes([2, 0b000]))
        over = watcher.wait_for(lambda m: m.page is Page.ENDED, PATIENCE_S)
        assert over.headset == HeadsetState()
        assert [headset.lit(), headset.lit()] == [bytes([2, 0]), b""]
    assert "headset" not in [thread.name for thread in threading.enumerate()]
    headset.close()
