"""The loudspeaker test."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from tests.helpers.fakes import FakeKit
from visio_desktop.engine import soundtest as module
from visio_desktop.engine.capturing import Capturing
from visio_desktop.engine.mediakit import MediaKit
from visio_desktop.engine.soundtest import PlayedStream, SoundTest
from visio_desktop.meeting.cues import Cue
from visio_desktop.meeting.events import DeviceOpened, Event
from visio_desktop.meeting.state import Playback
from visio_desktop.meeting.values import DeviceKind
from visio_desktop.rtc.frames import EncodedFrame


class Bench:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "_FRAME_S", 0.0)
        monkeypatch.setattr(module, "_REST_S", 0.0)
        self.kit = FakeKit()
        self.events: list[Event] = []
        self.needed = False
        self.heard: list[EncodedFrame] = []
        self.open_while_heard: set[str] = set()
        kit = cast("MediaKit", self.kit)
        capturing = Capturing(lambda: kit, self.events.append, lambda _source, _capture: None)
        self.test = SoundTest(lambda: kit, capturing, lambda: self.needed)
        monkeypatch.setattr(self.kit.sound, "add_voice", self._add)

    def _add(self, voice_id: str, stream: PlayedStream, *, is_ours: bool) -> None:
        assert is_ours
        self.kit.sound.voices[voice_id] = stream
        stream.on_frame(self._hear)

    def _hear(self, frame: EncodedFrame) -> None:
        self.heard.append(frame)
        self.open_while_heard.add(self.kit.sound.opened.get(DeviceKind.SPEAKER, ""))


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch)


async def test_the_loudspeaker_is_opened_for_it_and_closed_after(bench: Bench) -> None:
    await bench.test.play("spk1")
    assert len(bench.heard) > 30
    assert bench.open_while_heard == {"spk1"}
    assert bench.kit.sound.opened == {}
    assert bench.kit.sound.voices == {}
    assert bench.events == [DeviceOpened(DeviceKind.SPEAKER, "the spk1")]


async def test_a_loudspeaker_that_a_meeting_needs_by_now_stays_open(bench: Bench) -> None:
    bench.needed = True
    await bench.test.play("spk1")
    assert bench.kit.sound.opened == {DeviceKind.SPEAKER: "spk1"}


async def test_in_a_meeting_the_open_one_is_used(bench: Bench) -> None:
    await bench.test.play(None)
    assert bench.heard
    assert bench.events == []


async def test_it_plays_once_at_a_time(bench: Bench) -> None:
    await asyncio.gather(bench.test.play(None), bench.test.play(None))
    numbers = [frame.sequence for frame in bench.heard]
    assert numbers == sorted(set(numbers))


async def test_a_cue_is_heard_in_a_meeting_only(bench: Bench) -> None:
    await bench.test.cue(Cue.JOINED)
    assert bench.heard == []
    bench.needed = True
    await bench.test.cue(Cue.JOINED)
    assert 5 < len(bench.heard) < 30
    assert bench.kit.sound.voices == {}


async def test_oneself_is_recorded_and_played_with_what_is_opened_for_it(bench: Bench) -> None:
    told: list[Playback] = []
    await bench.test.play_back("mic1", "spk1", told.append)
    assert bench.kit.sound.recorded_from == {DeviceKind.MICROPHONE: "mic1"}
    assert bench.open_while_heard == {"spk1"}
    assert len(bench.heard) == 10, "a fifth of a second"
    assert told == [Playback.PLAYING]
    assert bench.kit.sound.opened == {}


async def test_in_a_meeting_oneself_is_heard_on_what_is_open(bench: Bench) -> None:
    bench.kit.sound.opened = {DeviceKind.MICROPHONE: "mic", DeviceKind.SPEAKER: "spk"}
    bench.needed = True
    await bench.test.play_back(None, None, lambda _playback: None)
    assert bench.heard
    assert bench.kit.sound.opened == {DeviceKind.MICROPHONE: "mic", DeviceKind.SPEAKER: "spk"}


async def test_a_cue_is_heard_on_the_ringer_and_where_that_fails_on_the_loudspeaker(bench: Bench) -> None:
    bench.needed = True
    bench.test.ringer = "Sound/monitor"
    await bench.test.cue(Cue.KNOCK)
    ((spec, samples),) = bench.kit.rung
    assert (spec, bench.heard) == ("Sound/monitor", [])
    assert samples > 4_800
    bench.test.ringer = "broken"
    await bench.test.cue(Cue.KNOCK)
    assert bench.heard
