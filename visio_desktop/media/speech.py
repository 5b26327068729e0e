"""Speech-like sound without a voice: syllables of a buzz shaped by moving formants, phrases and pauses between them."""

from __future__ import annotations

import random
from typing import Final

import numpy as np

from visio_desktop.media.samples import BLOCK, RATE_HZ, Samples, silence

_VOWELS: Final = ((730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410), (300, 870, 2240))
_WIDTHS: Final = (80.0, 110.0, 160.0)
_SYLLABLES: Final = 24
_PAUSE_S: Final = (0.25, 0.9)


class Speech:
    """An endless speaker: the same `seed` says the same; `pitch_hz` (80 to 260) makes different people."""

    def __init__(self, seed: int = 0, pitch_hz: float = 120.0, loudness: float = 0.25) -> None:
        self._random = random.Random(seed)  # noqa: S311 - sound, not secrets
        self._pitch_hz = pitch_hz
        self._loudness = loudness
        self._ready = silence(0)
        self._vocabulary: list[Samples] = []
        self._left_in_phrase = 0

    def read(self, samples: int = BLOCK) -> Samples:
        """The next samples."""
        while len(self._ready) < samples:
            self._ready = np.concatenate((self._ready, self._next_part()))
        out, self._ready = self._ready[:samples], self._ready[samples:]
        return out

    def _next_part(self) -> Samples:
        if self._left_in_phrase == 0:
            self._left_in_phrase = self._random.randint(5, 14)
            return silence(int(self._random.uniform(*_PAUSE_S) * RATE_HZ))
        self._left_in_phrase -= 1
        if len(self._vocabulary) < _SYLLABLES:
            self._vocabulary.append(self._syllable())
            return self._vocabulary[-1]
        return self._random.choice(self._vocabulary)

    def _syllable(self) -> Samples:
        length = int(self._random.uniform(0.12, 0.26) * RATE_HZ)
        time_s = np.arange(length) / RATE_HZ
        glide = self._random.uniform(-0.12, 0.12)
        pitch_hz = self._pitch_hz * self._random.uniform(0.88, 1.15) * (1 + glide * time_s * RATE_HZ / length)
        phase = 2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ
        formants_hz = self._random.choice(_VOWELS)
        sound = np.zeros(length)
        for harmonic in range(1, int(4000 / self._pitch_hz)):
            sound += _formant_gain(harmonic * self._pitch_hz, formants_hz) / harmonic**0.5 * np.sin(harmonic * phase)
        envelope = np.sin(np.pi * np.arange(length) / length) ** 0.6
        peak = float(np.abs(sound).max()) or 1.0
        return (self._loudness * envelope * sound / peak).astype(np.float32)


def _formant_gain(frequency_hz: float, formants_hz: tuple[int, ...]) -> float:
    return sum(
        1 / (1 + ((frequency_hz - formant) / width) ** 2) for formant, width in zip(formants_hz, _WIDTHS, strict=True)
    )
