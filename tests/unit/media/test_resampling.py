from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.sound import tone
from visio_desktop.media.resampling import Resampler
from visio_desktop.media.samples import to_pcm


@pytest.mark.parametrize(("from_hz", "to_hz"), [(44_100, 48_000), (16_000, 48_000), (48_000, 44_100)])
def test_length_and_pitch_are_right(from_hz: int, to_hz: int) -> None:
    resampler = Resampler(from_hz, to_hz)
    sound = to_pcm(tone(1, 1000, 0.5, rate_hz=from_hz))
    size = from_hz // 100
    out = np.concatenate([resampler.run(sound[i : i + size]) for i in range(0, len(sound), size)])
    assert abs(len(out) - to_hz) < to_hz // 100
    middle = out[to_hz // 4 : to_hz // 4 + to_hz // 2].astype(np.float64) * np.hanning(to_hz // 2)
    power = np.abs(np.fft.rfft(middle)) ** 2
    peak = int(power.argmax())
    assert peak == 500
    assert power[peak - 4 : peak + 5].sum() / power.sum() > 0.999
