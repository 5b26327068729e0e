from __future__ import annotations

import numpy as np

from tests.helpers.sound import tone
from visio_desktop.media.samples import SILENCE_DB, from_pcm, level_db, silence, to_pcm


def test_levels_are_db_of_full_scale() -> None:
    assert level_db(silence()) == SILENCE_DB
    assert level_db(np.zeros(0, dtype=np.float32)) == SILENCE_DB
    assert abs(level_db(tone(1, 1000, 1.0)) - -3.01) < 0.05
    assert level_db(np.full(480, 2.0, dtype=np.float32)) == 0.0


def test_device_samples_and_back() -> None:
    sound = tone(0.1)
    assert float(np.abs(from_pcm(to_pcm(sound)) - sound).max()) < 1e-4
    assert list(to_pcm(np.array([2.0, -2.0], dtype=np.float32))) == [32767, -32767]
