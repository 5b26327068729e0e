from __future__ import annotations

import numpy as np

from tests.helpers.sound import spoken
from visio_desktop.media.samples import BLOCK, level_db
from visio_desktop.media.speech import Speech


def test_the_same_seed_says_the_same() -> None:
    assert np.array_equal(spoken(2, seed=3), spoken(2, seed=3))
    assert not np.array_equal(spoken(2, seed=3), spoken(2, seed=4))


def test_it_speaks_and_pauses() -> None:
    levels = [level_db(block) for block in spoken(10).reshape(-1, BLOCK)]
    assert sum(level > -30 for level in levels) > 300
    assert sum(level < -100 for level in levels) > 30
    assert float(np.abs(spoken(10)).max()) <= 0.26


def test_most_of_it_lies_where_speech_does() -> None:
    power = np.abs(np.fft.rfft(spoken(10).astype(np.float64))) ** 2
    hertz = np.fft.rfftfreq(480_000, 1 / 48_000)
    assert power[(hertz > 80) & (hertz < 4000)].sum() / power.sum() > 0.98


def test_blocks_of_any_size() -> None:
    speech = Speech(2)
    assert [len(speech.read(n)) for n in (480, 1, 960)] == [480, 1, 960]
