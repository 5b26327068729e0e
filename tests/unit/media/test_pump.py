from __future__ import annotations

import numpy as np

from tests.helpers.portaudio import FakeSounddevice
from tests.helpers.sound import FakeInbound, frames, payloads, tone
from visio_desktop.media.capturing import Capturing
from visio_desktop.media.gate import Gate
from visio_desktop.media.microphone import DeviceMicrophone
from visio_desktop.media.pump import Pump
from visio_desktop.media.samples import BLOCK, Pcm
from visio_desktop.media.speaker import DeviceSpeaker
from visio_desktop.media.specs import parse_spec
from visio_desktop.media.voice import Voice
from visio_desktop.meeting.values import DeviceKind


class _Recorder:
    """Processing that keeps what was played."""

    def __init__(self) -> None:
        self.far: list[Pcm] = []

    def process(self, near: Pcm, far: Pcm) -> Pcm:
        self.far.append(far.copy())
        return near


class _Stage:
    """A pump without its thread: the test beats."""

    def __init__(self) -> None:
        self.now_ms = 0.0
        self.failed: list[DeviceKind] = []
        self.capturing = Capturing(Gate(), self.clock, send=lambda f, o: None)
        self.recovered: list[DeviceKind] = []
        self.pump = Pump(self.capturing, self.clock, self.failed.append, self.recovered.append)
        self.pump._stopping = True

    def clock(self) -> float:
        return self.now_ms

    def step(self) -> None:
        self.now_ms += 10
        self.pump.step()


def _voice(stage: _Stage) -> Voice:
    stream = FakeInbound()
    voice = Voice(stream, stage.clock)
    for frame in frames(payloads(tone(1, 440))):
        stream.deliver(frame)
    return voice


def test_exactly_what_the_device_took_goes_to_the_echo_canceller(sounddevice: FakeSounddevice) -> None:
    stage, recorder = _Stage(), _Recorder()
    stage.capturing.processing = recorder
    stage.capturing.microphone = DeviceMicrophone(parse_spec("default", DeviceKind.MICROPHONE), stage.clock)
    speaker = DeviceSpeaker(parse_spec("default", DeviceKind.SPEAKER), stage.pump.beat.strike)
    stage.pump.set_voices({"a": _voice(stage)})
    stage.pump.set_speaker(speaker)
    played = []
    for _ in range(60):
        played.append(sounddevice.streams[-1].drain()[:, 0])
        stage.step()
    assert np.concatenate(played).any()
    assert np.array_equal(np.concatenate(played), np.concatenate(recorder.far))
    assert speaker.ring.missed == 0
    assert stage.pump.output_delay_ms == 2 * 10 + 40


def test_without_a_speaker_voices_are_decoded_all_the_same() -> None:
    stage = _Stage()
    voice = _voice(stage)
    stage.pump.set_voices({"a": voice})
    for _ in range(50):
        stage.step()
    assert voice.statistics().played_ms > 300
    assert stage.pump.output_delay_ms == 0


def test_a_late_thread_lengthens_the_lead_but_not_for_ever(sounddevice: FakeSounddevice) -> None:
    stage = _Stage()
    speaker = DeviceSpeaker(parse_spec("default", DeviceKind.SPEAKER), stage.pump.beat.strike)
    stage.pump.set_speaker(speaker)
    for _ in range(5):
        for _ in range(10):
            sounddevice.streams[-1].drain()
        for _ in range(10):
            stage.step()
    assert speaker.ring.lead == 4


def test_a_dead_microphone_is_told_once(sounddevice: FakeSounddevice) -> None:
    stage = _Stage()
    stage.capturing.microphone = DeviceMicrophone(parse_spec("default", DeviceKind.MICROPHONE), stage.clock)
    for _ in range(400):
        sounddevice.streams[-1].feed(np.zeros(BLOCK, dtype=np.int16))
        stage.step()
    assert stage.failed == []
    for _ in range(400):
        stage.step()
    assert stage.failed == [DeviceKind.MICROPHONE]


def test_a_stalled_speaker_is_told_once_and_starves_nobody(sounddevice: FakeSounddevice) -> None:
    stage = _Stage()
    speaker = DeviceSpeaker(parse_spec("default", DeviceKind.SPEAKER), stage.pump.beat.strike)
    stage.pump.set_speaker(speaker)
    stage.pump.beat.stalled_since_ms = 0.0
    for _ in range(400):
        stage.step()
    assert (stage.failed, stage.recovered) == ([DeviceKind.SPEAKER], [])
    assert speaker.ring.lead == 2
    stage.pump.beat.stalled_since_ms = None
    for _ in range(10):
        stage.step()
    assert stage.recovered == [DeviceKind.SPEAKER]
    stage.pump.beat.stalled_since_ms = 0.0
    stage.step()
    assert stage.failed == [DeviceKind.SPEAKER] * 2, "told anew"
