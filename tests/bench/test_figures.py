from __future__ import annotations

import numpy as np

from bench.figures import Figure, begin, loss_db, near_loss_db
from tests.helpers.sound import tone
from visio_desktop.media.samples import RATE_HZ, silence


def test_a_bar_is_reached_from_the_right_side() -> None:
    assert Figure("echo", 35.0, "dB", 35.0).holds
    assert not Figure("echo", 34.9, "dB", 35.0).holds
    assert Figure("cost", 0.2, "ms", 0.2, most=True).holds
    assert not Figure("cost", 0.21, "ms", 0.2, most=True).holds
    assert Figure("by the way", 1.0, "dB").holds


def test_a_tenth_of_the_loudness_is_20_db() -> None:
    assert abs(loss_db(tone(1.0), 0.1 * tone(1.0)) - 20) < 0.01
    assert begin(np.concatenate((silence(500), tone(0.1)))) in range(500, 505)


def test_a_voice_is_compared_only_where_both_are_loud() -> None:
    voice = np.concatenate((tone(1.0), silence(RATE_HZ), tone(1.0)))
    echo = np.concatenate((silence(2 * RATE_HZ), tone(1.0, 300.0)))
    half = np.concatenate((voice[: 2 * RATE_HZ], 0.5 * voice[2 * RATE_HZ :]))
    assert abs(near_loss_db(voice, echo, voice, half, 0) - 6.02) < 0.1
