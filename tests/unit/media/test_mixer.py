from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.sound import blocks, spoken, tone
from visio_desktop.media.mixer import Mixer
from visio_desktop.media.samples import BLOCK, from_pcm, silence


def test_one_voice_passes_unchanged() -> None:
    mixer = Mixer()
    for block in blocks(tone(0.5, amplitude=0.5)):
        assert float(np.abs(from_pcm(mixer.mix([(block, 1.0)])) - block).max()) < 1e-3


def test_voices_add_up_with_their_gains() -> None:
    a, b = tone(0.01, 500, 0.2), tone(0.01, 900, 0.2)
    mixed = from_pcm(Mixer().mix([(a, 0.5), (b, 1.5)]))
    assert float(np.abs(mixed - (0.5 * a + 1.5 * b)).max()) < 1e-3


def test_no_voice_is_silence() -> None:
    assert not Mixer().mix([]).any()


def test_after_loudness_the_gain_comes_back() -> None:
    mixer = Mixer()
    mixer.mix([(np.full(BLOCK, 3.0, dtype=np.float32), 1.0)])
    for _ in range(100):
        mixer.mix([(silence(), 1.0)])
    quiet = tone(0.01, amplitude=0.1)
    assert float(np.abs(from_pcm(mixer.mix([(quiet, 1.0)])) - quiet).max()) < 1e-3


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 4), min_size=1, max_size=12), st.integers(0, 40))
def test_the_limiter_never_clips(gains: list[float], offset: int) -> None:
    mixer = Mixer()
    voices = [blocks(spoken(0.5, seed=i, pitch_hz=100 + 20 * i)) for i in range(len(gains))]
    for at in range(offset, min(offset + 8, 50)):
        mixed = mixer.mix([(voice[at % len(voice)], gain) for voice, gain in zip(voices, gains, strict=True)])
        assert int(np.abs(mixed.astype(np.int32)).max()) < 32_767


def test_a_sudden_peak_is_bent_not_cut() -> None:
    wave = tone(0.01, 1000, 5.0)
    mixed = Mixer().mix([(wave, 1.0)]).astype(np.int32)
    assert int(np.abs(mixed).max()) < 32_767
    assert len(np.unique(np.abs(mixed))) > 50
