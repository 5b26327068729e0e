from __future__ import annotations

from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.sound import tone
from visio_desktop.media.interpolating import DELAY, Interpolator
from visio_desktop.media.samples import BLOCK, Samples


def _read(sound: Samples, ratios: list[float]) -> Samples:
    interpolator, at, read = Interpolator(), 0, []
    for ratio in ratios:
        _, used = interpolator.plan(BLOCK, ratio)
        read.append(interpolator.read(sound[at : at + used], BLOCK, ratio))
        at += used
    return np.concatenate(read)


def _noise_db(sound: Samples, hz: float) -> float:
    """All that is not that tone, against it."""
    at = 2 * np.pi * hz / 48_000 * np.arange(len(sound))
    waves = np.stack([np.cos(at), np.sin(at)], axis=1)
    found, *_ = np.linalg.lstsq(waves, sound.astype(np.float64), rcond=None)
    tone_only = waves @ found
    return 10 * float(np.log10(np.square(sound - tone_only).sum() / np.square(tone_only).sum()))


def test_at_its_own_speed_nothing_changes() -> None:
    sound = np.random.default_rng(1).normal(0, 0.1, 10 * BLOCK).astype(np.float32)
    assert np.array_equal(_read(sound, [1.0] * 10)[DELAY:], sound[: 10 * BLOCK - DELAY])


@pytest.mark.parametrize("ratio", [0.997, 0.9998, 1.0002, 1.003])
@pytest.mark.parametrize(("hz", "most_db"), [(300.0, -85.0), (4_000.0, -60.0), (10_000.0, -45.0)])
def test_a_tone_stays_one_tone(ratio: float, hz: float, most_db: float) -> None:
    read = _read(tone(1.2, hz, 0.5), [ratio] * 100)
    assert _noise_db(read[BLOCK:], hz * ratio) < most_db


def test_speed_may_change_from_block_to_block() -> None:
    ratios = [1 + 0.003 * np.sin(n / 5) for n in range(100)]
    read = _read(tone(1.2, 440.0, 0.5), ratios)
    places = np.array([0.0, *accumulate(BLOCK * ratio for ratio in ratios)])
    exact = np.interp(np.arange(len(read)), np.arange(len(places)) * BLOCK, places) - DELAY
    expected = 0.5 * np.sin(2 * np.pi * 440 / 48_000 * exact)
    assert np.abs(read - expected)[BLOCK:].max() < 1e-3


@given(st.lists(st.floats(0.99, 1.01), min_size=1, max_size=30), st.integers(1, 960))
def test_it_uses_up_what_the_ratios_say_and_nothing_is_lost(ratios: list[float], count: int) -> None:
    interpolator, used = Interpolator(), 0
    for ratio in ratios:
        _, wants = interpolator.plan(count, ratio)
        assert len(interpolator.read(np.ones(wants, dtype=np.float32), count, ratio)) == count
        used += wants
    assert abs(used - sum(count * ratio for ratio in ratios)) <= 1
