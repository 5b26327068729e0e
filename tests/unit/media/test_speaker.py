from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.portaudio import FakeSounddevice
from tests.helpers.sound import blocks, tone
from visio_desktop.media.samples import to_pcm
from visio_desktop.media.speaker import DeviceSpeaker
from visio_desktop.media.specs import parse_spec
from visio_desktop.meeting.values import DeviceKind


@pytest.mark.parametrize(("rate_hz", "channels"), [(48_000, 2), (48_000, 1), (44_100, 2)])
def test_blocks_are_played_at_the_devices_rate(sounddevice: FakeSounddevice, rate_hz: int, channels: int) -> None:
    sounddevice.rates_hz, sounddevice.channels = (rate_hz,), (channels,)
    ticks: list[int] = []
    speaker = DeviceSpeaker(parse_spec("default", DeviceKind.SPEAKER), lambda: ticks.append(1))
    out = []
    for block in blocks(tone(1, 1000, 0.5)):
        speaker.ring.write(to_pcm(block))
        out.append(sounddevice.streams[-1].drain())
    played = np.concatenate(out)
    assert played.shape[1] == channels
    assert abs(len(ticks) - 100) <= 1
    mono = played[rate_hz // 10 :, 0].astype(np.float64)
    peak = int(np.abs(np.fft.rfft(mono)).argmax()) * rate_hz / len(mono)
    assert abs(peak - 1000) < 5
    speaker.stop()
    assert sounddevice.streams[-1].closed


def test_without_blocks_it_plays_silence_and_still_ticks(sounddevice: FakeSounddevice) -> None:
    ticks: list[int] = []
    speaker = DeviceSpeaker(parse_spec("Speaker", DeviceKind.SPEAKER), lambda: ticks.append(1))
    assert not sounddevice.streams[-1].drain().any()
    assert len(ticks) == 1
    assert speaker.ring.missed == 1
    assert speaker.latency_ms == 40
