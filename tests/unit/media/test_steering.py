"""The loop of level and rate, closed by arithmetic: hours pass in a moment."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from visio_desktop.media.steering import MOST, Steering

FRAMES_OF_AN_HOUR = 180_000


@pytest.mark.parametrize("ppm", [-200.0, 200.0])
def test_three_hours_of_clocks_apart(ppm: float) -> None:
    """Each 20 ms the reader takes what its clock says times the ratio; the level is measured with 3 ms of noise."""
    steering, surplus_ms, chance, ratios = Steering(), 0.0, random.Random(1), []
    for _ in range(3 * FRAMES_OF_AN_HOUR):
        surplus_ms += 20 - 20 * (1 + ppm * 1e-6) * steering.ratio
        steering.update(surplus_ms + chance.uniform(-3, 3))
        ratios.append(steering.ratio)
    steady = ratios[10_000:]
    assert abs(surplus_ms) < 2
    assert max(abs(ratio * (1 + ppm * 1e-6) - 1) for ratio in steady) < 200e-6, "a third of a hundredth of a semitone"


def test_it_never_hurries() -> None:
    steering, ratios = Steering(), []
    for surplus_ms in [50.0] * 1000 + [-50.0] * 1000:
        steering.update(surplus_ms)
        ratios.append(steering.ratio)
    assert max(ratios) <= 1 + MOST
    assert min(ratios) >= 1 - MOST
    assert max(abs(a - b) for a, b in pairwise(ratios)) < MOST / 20, "no sudden change"
    assert ratios[999] > 1 + 0.9 * MOST
    assert ratios[-1] < 1 - 0.9 * MOST
