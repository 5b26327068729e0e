"""What the echo canceller left is taken down, and nobody here with it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.acoustics import Way
from tests.helpers.sound import spoken, tone
from visio_desktop.media.echo_guard import EchoGuard
from visio_desktop.media.samples import BLOCK, RATE_HZ, Pcm, Samples, from_pcm, level_db, to_pcm


def _echo(far: Samples) -> Samples:
    way = Way()
    return np.concatenate([way.hear(block) for block in far.reshape(-1, BLOCK)])


def _guarded(guard: EchoGuard, near: Samples, far: Samples, clean: Samples) -> Samples:
    blocks = (to_pcm(sound).reshape(-1, BLOCK) for sound in (near, far, clean))
    return from_pcm(np.concatenate([guard.guard(*three) for three in zip(*blocks, strict=True)]))


def _hiss(samples: int, level: float) -> Samples:
    return np.random.default_rng(7).normal(0, level, samples).astype(np.float32)


@pytest.mark.parametrize("pitch_hz", [110.0, 206.0])
def test_an_echo_that_is_let_through_is_taken_down_from_its_beginning(pitch_hz: float) -> None:
    far = spoken(3, pitch_hz=pitch_hz)
    echo = _echo(far)
    out = _guarded(EchoGuard(), echo, far, echo)
    first = int(np.argmax(np.abs(echo) > 0.01))
    for part in (slice(first, first + RATE_HZ), slice(first + RATE_HZ, None)):
        assert level_db(echo[part]) - level_db(out[part]) > 12


def test_where_nothing_is_played_not_a_bit_is_changed() -> None:
    guard, block = EchoGuard(), to_pcm(spoken(0.01))
    assert guard.guard(block, 0 * block, block) is block


def test_soon_after_the_far_end_falls_silent_not_a_bit_is_changed() -> None:
    far = spoken(3)
    far[2 * RATE_HZ :] = 0
    echo, voice = _echo(far), spoken(3, seed=5)
    out = _guarded(EchoGuard(), echo + voice, far, voice)
    late = slice(int(2.4 * RATE_HZ), None)
    assert np.array_equal(to_pcm(out[late]), to_pcm(from_pcm(to_pcm(voice[late]))))


@pytest.mark.parametrize("loudness", [0.0, 1.0], ids=["headphones", "loudspeaker"])
def test_somebody_who_speaks_here_is_heard(loudness: float) -> None:
    far, voice = spoken(5, pitch_hz=120), spoken(5, seed=5, pitch_hz=190)
    out = _guarded(EchoGuard(), loudness * _echo(far) + voice, far, voice)
    late = slice(2 * RATE_HZ, None)
    assert abs(level_db(voice[late]) - level_db(out[late])) < 1


def test_the_noise_of_the_room_stays() -> None:
    far = spoken(4)
    echo, noise = _echo(far), _hiss(4 * RATE_HZ, 0.003)
    clean = noise.copy()
    clean[RATE_HZ : RATE_HZ + RATE_HZ // 5] += echo[RATE_HZ : RATE_HZ + RATE_HZ // 5]
    out = _guarded(EchoGuard(), echo + noise, far, clean)
    late = slice(2 * RATE_HZ, None)
    assert abs(level_db(noise[late]) - level_db(out[late])) < 3


def test_what_is_above_8_khz_goes_with_what_is_just_below() -> None:
    far = 0.3 * _hiss(2 * RATE_HZ, 0.3)
    echo = _echo(far)
    out = _guarded(EchoGuard(), echo, far, echo)
    late = slice(RATE_HZ, RATE_HZ + RATE_HZ // 2)
    highest = slice(5_000, 10_000)
    before, after = (np.square(np.abs(np.fft.rfft(sound[late])[highest])).sum() for sound in (echo, out))
    assert 10 * np.log10(before / after) > 12


def test_nothing_comes_later() -> None:
    """Where half of the frequencies are taken down, the other half still comes at once."""
    far = tone(2, 3_000, 0.2)
    echo = _echo(far)
    click = np.zeros_like(echo)
    click[RATE_HZ + 100 :: RATE_HZ // 4] = 0.9
    out = _guarded(EchoGuard(), echo + click, far, click)
    assert np.array_equal(np.flatnonzero(np.abs(out) > 0.5), np.flatnonzero(click))


def _extremes(seed: int) -> Pcm:
    return np.random.default_rng(seed).choice(np.array([-32768, 0, 32767], dtype=np.int16), BLOCK)


def test_the_loudest_sound_there_is_stays_sound() -> None:
    guard = EchoGuard()
    for beat in range(60):
        out = guard.guard(_extremes(beat), _extremes(beat + 100), _extremes(beat + 200))
        assert out.dtype == np.int16
        assert out.shape == (BLOCK,)
    for _ in range(40):
        quiet = np.zeros(BLOCK, dtype=np.int16)
        out = guard.guard(quiet, quiet, quiet)
    assert not out.any()
