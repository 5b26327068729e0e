from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, cast

import pytest

from tests.helpers.fakes import FakeKit
from visio_desktop.engine import soundtest
from visio_desktop.engine.capturing import Capturing
from visio_desktop.engine.sending import Sending
from visio_desktop.engine.soundcare import SoundCare, listen_to
from visio_desktop.engine.soundtest import SoundTest
from visio_desktop.meeting.effects import PlayBack, ProcessSound, SetVoiceVolume, UseRinger
from visio_desktop.meeting.events import (
    DeviceOpened,
    Event,
    MicrophoneSilent,
    PlaybackChanged,
    SelfSpeaking,
    StrongNoiseLost,
)
from visio_desktop.meeting.state import Playback
from visio_desktop.meeting.values import DeviceKind, SoundWishes


class Bench:
    def __init__(self) -> None:
        self.kit = FakeKit()
        self.events: list[Event] = []
        self.tasks: list[asyncio.Task[None]] = []
        kit = cast("Any", lambda: self.kit)
        self.capturing = Capturing(kit, self.events.append, lambda _source, _capture: None)
        self.sending = Sending(kit, lambda _source: None)
        self.test = SoundTest(kit, self.capturing, lambda: False)
        self.care = SoundCare((self.capturing, self.sending, self.test), self.events.append, self._start)

    def _start(self, _name: str, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.append(asyncio.get_running_loop().create_task(work))

    async def settle(self) -> None:
        while self.tasks:
            await self.tasks.pop()


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(soundtest, "_FRAME_S", 0.0)
    monkeypatch.setattr(soundtest, "_REST_S", 0.0)
    return Bench()


async def test_wishes_wait_for_the_microphone_and_then_hold_at_once(bench: Bench) -> None:
    loud, quiet = SoundWishes(noise=False), SoundWishes(gain=True)
    bench.care.perform(ProcessSound(loud))
    await bench.settle()
    assert bench.kit.sound.wishes == SoundWishes(), "nothing is loaded for it"
    await bench.capturing.open(DeviceKind.MICROPHONE, "default")
    assert bench.kit.sound.wishes == loud
    bench.care.perform(ProcessSound(quiet))
    await bench.settle()
    assert bench.kit.sound.wishes == quiet


async def test_a_voice_is_turned(bench: Bench) -> None:
    bench.care.perform(SetVoiceVolume("p1:microphone", 150))
    assert bench.kit.sound.gains == {"p1:microphone": 1.5}


async def test_the_ringer_is_another_device_until_it_is_none(bench: Bench) -> None:
    bench.care.perform(UseRinger("Sound/monitor"))
    assert bench.test.ringer == "Sound/monitor"
    bench.care.perform(UseRinger(None))
    assert bench.test.ringer is None


async def test_listening_to_oneself_tells_how_far_it_is(bench: Bench) -> None:
    bench.care.perform(PlayBack("mic", "out"))
    await bench.settle()
    told = [event.playback for event in bench.events if isinstance(event, PlaybackChanged)]
    assert told == [Playback.PLAYING, Playback.NONE]


async def test_what_the_sound_path_notices_is_reported(bench: Bench) -> None:
    listen_to(cast("Any", bench.kit.sound), bench.events.append)
    bench.kit.sound.listeners["speaking"](True)
    bench.kit.sound.listeners["silent"]("Headset", True, True)
    bench.kit.sound.listeners["strong_noise_lost"]()
    bench.kit.sound.listeners["recovered"](DeviceKind.SPEAKER, "Headset")
    assert bench.events == [
        SelfSpeaking(speaking=True),
        MicrophoneSilent("Headset", silent=True, muted=True),
        StrongNoiseLost(),
        DeviceOpened(DeviceKind.SPEAKER, "Headset"),
    ]
