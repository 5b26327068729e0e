from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.helpers.sound import spoken, tone
from visio_desktop.media.samples import Samples, silence
from visio_desktop.media.stretch import lengthen, shorten

PERIOD = 240


def _pitched(seconds: float) -> Samples:
    return tone(seconds, 200.0, 0.3) + tone(seconds, 600.0, 0.1)


@pytest.mark.parametrize(("change", "sign"), [(shorten, -1), (lengthen, 1)])
def test_a_whole_number_of_periods_goes_or_comes(change: Callable[[Samples], Samples], sign: int) -> None:
    sound = _pitched(0.03)
    changed = change(sound)
    difference = sign * (len(changed) - len(sound))
    assert 120 <= difference <= 720
    assert abs(difference - round(difference / PERIOD) * PERIOD) <= 2
    # The wave goes on as if nothing had happened.
    expected = _pitched(0.05)[: len(changed)]
    assert float(np.abs(changed - expected).max()) < 0.05


@pytest.mark.parametrize("change", [shorten, lengthen])
def test_both_ends_stay(change: Callable[[Samples], Samples]) -> None:
    sound = spoken(1)[24_000:25_440]
    changed = change(sound)
    assert abs(changed[0] - sound[0]) < 1e-6
    assert np.array_equal(changed[-10:], sound[-10:])


@pytest.mark.parametrize("change", [shorten, lengthen])
def test_noise_is_left_alone_unless_forced(change: Callable[..., Samples]) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 1440).astype(np.float32)
    assert len(change(noise)) == len(noise)
    assert len(change(noise, force=True)) != len(noise)


def test_quiet_changes_most() -> None:
    assert len(shorten(silence(1440))) == 720
    assert len(lengthen(silence(1440))) == 2160


def test_too_short_stays() -> None:
    assert len(shorten(silence(300))) == 300
