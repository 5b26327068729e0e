from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.portaudio import FakeSounddevice
from tests.helpers.sound import tone
from visio_desktop.media.errors import DeviceError, FileError
from visio_desktop.media.microphone import DeviceMicrophone, TestMicrophone, open_microphone
from visio_desktop.media.samples import BLOCK, Samples, to_pcm
from visio_desktop.media.specs import Spec, parse_spec
from visio_desktop.meeting.values import DeviceKind


def _spec(text: str) -> Spec:
    return parse_spec(text, DeviceKind.MICROPHONE)


def test_none_is_no_microphone() -> None:
    assert open_microphone(_spec("none"), lambda: 0.0) is None


def test_test_speaks_differently_by_variant() -> None:
    microphones = [open_microphone(_spec(text), lambda: 0.0) for text in ("test", "test:anna", "test:bruno")]
    said = [np.concatenate([m.read() for _ in range(200)]) for m in microphones if m is not None]
    assert all(isinstance(m, TestMicrophone) and not m.is_acoustic for m in microphones)
    assert all(sound.any() for sound in said)
    assert len({sound.tobytes() for sound in said}) == 3


def test_a_missing_file_is_told() -> None:
    with pytest.raises(FileError):
        open_microphone(_spec("file:nowhere.wav"), lambda: 0.0)


def _heard(sounddevice: FakeSounddevice, rate_hz: int, channels: int) -> Samples:
    sounddevice.rates_hz, sounddevice.channels = (rate_hz,), (channels,)
    microphone = DeviceMicrophone(_spec("ALSA/Mic"), lambda: 0.0)
    pcm = np.repeat(to_pcm(tone(1, 1000, rate_hz=rate_hz)), channels)
    size = rate_hz // 100 * channels
    out = []
    for at in range(0, len(pcm), size):
        sounddevice.streams[-1].feed(pcm[at : at + size])
        if at // size % 2:
            out.append(microphone.read())
    assert microphone.backlog >= 1920
    microphone.stop()
    assert sounddevice.streams[-1].closed
    return np.concatenate(out)


@pytest.mark.parametrize(("rate_hz", "channels"), [(48_000, 1), (48_000, 2), (44_100, 1), (44_100, 2)])
def test_any_device_is_heard_at_48_khz(sounddevice: FakeSounddevice, rate_hz: int, channels: int) -> None:
    heard = _heard(sounddevice, rate_hz, channels)
    power = np.abs(np.fft.rfft(heard[10 * BLOCK : 90 * BLOCK]))
    assert abs(int(power.argmax()) * 48_000 / (80 * BLOCK) - 1000) < 10


def test_when_it_last_delivered_is_known(sounddevice: FakeSounddevice) -> None:
    now_ms = [5.0]
    microphone = DeviceMicrophone(_spec("default"), lambda: now_ms[0])
    assert microphone.last_heard_ms == 5.0
    now_ms[0] = 9.0
    sounddevice.streams[-1].feed(np.zeros(BLOCK, dtype=np.int16))
    assert microphone.last_heard_ms == 9.0
    assert microphone.is_acoustic
    assert microphone.name == "Mic"


def test_no_such_device(sounddevice: FakeSounddevice) -> None:
    with pytest.raises(DeviceError):
        open_microphone(_spec("Headset"), lambda: 0.0)


@pytest.mark.parametrize(("rate_hz", "channels"), [(48_000, 2), (44_100, 2), (48_000, 1)])
def test_two_channels_are_heard_where_there_are_two(sounddevice: FakeSounddevice, rate_hz: int, channels: int) -> None:
    sounddevice.rates_hz, sounddevice.channels = (rate_hz,), (channels,)
    microphone = DeviceMicrophone(_spec("ALSA/Mic"), lambda: 0.0, stereo=True)
    left = to_pcm(tone(1, 1000, rate_hz=rate_hz))
    pcm = np.stack([left, 0 * left], axis=1)[:, :channels].reshape(-1)
    size = rate_hz // 100 * channels
    out = []
    for at in range(0, len(pcm), size):
        sounddevice.streams[-1].feed(pcm[at : at + size])
        if at // size % 2:
            out.append(microphone.read())
    both = np.concatenate(out).reshape(-1, 2)
    assert np.abs(both[:, 0]).max() > 0.2
    assert (np.abs(both[:, 1]).max() > 0.2) == (channels == 1)
    assert microphone.has_delivered
