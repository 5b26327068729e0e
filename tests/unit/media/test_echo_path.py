"""The echo's path, as it is learnt."""

from __future__ import annotations

import numpy as np

from tests.helpers.acoustics import Way
from tests.helpers.sound import spoken
from visio_desktop.media.echo_path import BINS, EchoPath
from visio_desktop.media.samples import BLOCK, RATE_HZ, Samples


def _noise(seconds: int) -> Samples:
    return np.random.default_rng(1).normal(0, 0.1, seconds * RATE_HZ).astype(np.float32)


def _echo(far: Samples) -> Samples:
    way = Way()
    return np.concatenate([way.hear(block) for block in far.reshape(-1, BLOCK)])


def _taught(path: EchoPath, near: Samples, far: Samples) -> tuple[Samples, Samples]:
    """What was left and what was doubtful, a row for each 10 ms."""
    found = [path.learn(*blocks) for blocks in zip(near.reshape(-1, BLOCK), far.reshape(-1, BLOCK), strict=True)]
    left, doubt = (np.stack(rows) for rows in zip(*found, strict=True))
    return left, doubt


def _db(powers: Samples) -> float:
    return 10 * float(np.log10(powers.mean()))


def _heard(path: EchoPath, near: Samples) -> Samples:
    return np.stack([np.square(np.abs(path.spectrum(block))) for block in near.reshape(-1, BLOCK)])


def test_an_echo_is_learnt_and_then_no_longer_doubtful() -> None:
    path, far = EchoPath(), _noise(3)
    near = _echo(far)
    left, doubt = _taught(path, near, far)
    late = slice(250, None)
    heard_db = _db(_heard(path, near)[late])
    assert left.shape == doubt.shape == (300, BINS)
    assert heard_db - _db(left[late]) > 15
    assert heard_db - _db(doubt[late]) > 5
    assert _db(doubt[10:20]) > _db(doubt[late]) + 3


def test_before_it_has_learnt_an_echo_the_doubt_is_as_large() -> None:
    far = spoken(2, pitch_hz=200)
    left, doubt = _taught(EchoPath(), _echo(far), far)
    spoke = left.sum(axis=1) > 1e-2
    assert spoke.sum() > 50
    assert (left.sum(axis=1) < 16 * doubt.sum(axis=1))[spoke].mean() > 0.9


def test_somebody_here_is_left_whole_and_teaches_nothing() -> None:
    path, far = EchoPath(), _noise(3)
    voice = spoken(3, seed=4)
    left, _doubt = _taught(path, _echo(far) + voice, far)
    late = slice(150, None)
    assert abs(_db(left[late, :80]) - _db(_heard(path, voice)[late, :80])) < 1.5


def test_a_volume_that_is_turned_down_is_learnt_anew() -> None:
    path, far = EchoPath(), _noise(4)
    near = _echo(far)
    near[2 * RATE_HZ :] /= 10
    left, _doubt = _taught(path, near, far)
    heard_db = _db(_heard(path, near)[-50:])
    assert _db(left[202:206]) > heard_db + 10
    assert _db(left[-50:]) < heard_db - 6


def test_after_silence_nothing_is_doubtful() -> None:
    path, far = EchoPath(), _noise(1)
    _taught(path, _echo(far), far)
    path.silence()
    voice = spoken(0.2)
    left, doubt = _taught(path, voice, np.zeros_like(voice))
    assert doubt.max() == 0
    assert np.allclose(left, _heard(path, voice), rtol=1e-4, atol=1e-6)
