from __future__ import annotations

import numpy as np
import pytest

from bench.beat import RATE_HZ, BeatEar, beat, delays_ms, warble
from visio_desktop.media.opus import new_encoder
from visio_desktop.media.uplink import Uplink

BLOCK = 480


def heard(late_ms: float, seconds: int, *, block: int = BLOCK) -> list[float]:
    """What an ear notes that hears all a microphone hears, so much later."""
    ear, step_ms = BeatEar(), block * 1000 / RATE_HZ
    for number in range(1, int(seconds * 1000 / step_ms)):
        now_ms = number * step_ms
        # The microphone's block ended now; it is heard from `late_ms` after its beginning on.
        ear.take(beat(now_ms, block), now_ms - step_ms + late_ms)
    return delays_ms(ear.asked()[1])


@pytest.mark.parametrize("late_ms", [0.0, 20.0, 137.0, 600.0])
@pytest.mark.parametrize("block", [480, 960])
def test_a_delay_is_found_to_the_millisecond(late_ms: float, block: int) -> None:
    found = heard(late_ms, 6, block=block)
    assert len(found) == 5
    assert all(abs((delay - late_ms + 500) % 1000 - 500) < 1 for delay in found)


def test_silence_is_counted_between_beats() -> None:
    ear = BeatEar()
    for number in range(100):
        ear.take(np.zeros(BLOCK, np.float32), number * 10.0)
    assert ear.asked()[0] == pytest.approx(1_000)
    assert ear.asked() == (0.0, [])
    ear.take(np.full(BLOCK, 0.5, np.float32), 1_000.0)
    assert ear.asked() == (0.0, [1_000.0])


def test_a_tone_that_pauses_shortly_is_no_beat() -> None:
    ear = BeatEar()
    for number in range(100):
        ear.take(np.full(BLOCK, 0.0 if number % 20 == 0 else 0.5, np.float32), number * 10.0)
    assert ear.asked() == (10.0, [])


def test_a_wavering_tone_is_looped_without_a_click_and_never_taken_for_background() -> None:
    second = warble(440.0)
    assert abs(float(second[0] - second[-1])) < 0.1
    uplink = Uplink(lambda: new_encoder(32_000))
    sent = [uplink.add(second[at : at + 960] * np.float32(0.25)) for _ in range(5) for at in range(0, 48_000, 960)]
    assert all(frame is not None and len(frame.payload) > 10 for frame in sent)
