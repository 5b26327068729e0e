"""What the loudspeaker adds to the microphone: a filter that is taught by what is heard, and knows how sure it is.

A Kalman filter over frequencies (G. Enzner, P. Vary: Frequency-domain adaptive Kalman filter for acoustic echo control
in hands-free telephones, Signal Processing 86, 2006), in parts of 10 ms (F. Kuech, E. Mabande, G. Enzner: State-space
architecture of the partitioned-block-based acoustic echo controller, ICASSP 2014). Echoes later than 320 ms and
frequencies above 8 kHz are left out. Few and large operations: it runs in the thread of the sound.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from visio_desktop.media.samples import BLOCK, Samples, silence

type Powers = NDArray[np.float32]
"""Of each of the `BINS` frequencies, 50 Hz apart from 0 on."""

BINS: Final = 161
PARTS: Final = 32
_FRAME: Final = 2 * BLOCK
_NARROW: Final = 2 * (BINS - 1)
"""Samples of a frame that holds the lower frequencies only."""

_PATH_POWER: Final = 0.3
"""How strong an echo is thought to be before anything is heard: 5 dB below what is played."""

_TURNS: Final = 8
_CHANGE: Final = 0.0004 * _TURNS
"""The share of a part that is forgotten at its turn: people and laptops move."""

_WORSE: Final = 2.0
_LEAST: Final = np.float32(1e-8)
_HALF: Final = np.float32(0.5)
_TAUGHT: Final = np.float32(0.25)
"""How much is believed of what was learnt: half of what would be of noise. A vowel says the same again and again."""


class EchoPath:
    """The way of sound from one loudspeaker to one microphone."""

    def __init__(self) -> None:
        both = (2 * PARTS, BINS)
        self._far = np.zeros(both, dtype=np.complex64)
        self._far_conjugate = np.zeros(both, dtype=np.complex64)
        self._far_power = np.zeros(both, dtype=np.float32)
        self._newest = 0
        self._played, self._padded = silence(_FRAME), silence(_FRAME)
        self._turn = 0
        self._products = np.empty((PARTS, BINS), dtype=np.complex64)
        self._shares = np.empty((PARTS, BINS), dtype=np.float32)
        self._begin()

    def _begin(self) -> None:
        self._filter = np.zeros((PARTS, BINS), dtype=np.complex64)
        self._doubt = np.full((PARTS, BINS), _PATH_POWER / PARTS, dtype=np.float32)
        self._others = np.full(BINS, _LEAST, dtype=np.float32)
        self._heard_power = self._left_power = 0.0

    def silence(self) -> None:
        """Nothing has been played for longer than any echo lasts."""
        self._far[:] = self._far_conjugate[:] = self._far_power[:] = 0
        self._played[:] = 0

    def learn(self, near: Samples, far: Samples) -> tuple[Powers, Powers]:
        """The power of what 10 ms of `near` hold beside the echo that is expected, and of the echo it is unsure of."""
        self._add(far)
        late = slice(self._newest, self._newest + PARTS)
        left = near - self._expected(late)
        spectrum = self.spectrum(left)
        power = np.square(spectrum.real) + np.square(spectrum.imag)
        if self._is_lost(near, left):
            self._begin()
        np.multiply(self._doubt, self._far_power[late], out=self._shares)
        doubt = self._shares.sum(axis=0)
        self._correct(late, spectrum, np.reciprocal(doubt + self._others + _LEAST))
        self._others += 0.3 * (power - self._others)
        self._tend()
        return power, doubt * _HALF

    def spectrum(self, block: Samples) -> NDArray[np.complex64]:
        """The lower frequencies of 10 ms."""
        self._padded[BLOCK:] = block
        return np.fft.rfft(self._padded)[:BINS]

    def _add(self, far: Samples) -> None:
        """Two copies, one behind the other, so that from the newest on all lie in one piece."""
        self._newest = (self._newest - 1) % PARTS
        self._played[:BLOCK] = self._played[BLOCK:]
        self._played[BLOCK:] = far
        spectrum = np.fft.rfft(self._played)[:BINS]
        for row in (self._newest, self._newest + PARTS):
            self._far[row] = spectrum
            self._far_conjugate[row] = spectrum.conj()
            self._far_power[row] = np.square(spectrum.real) + np.square(spectrum.imag)

    def _expected(self, late: slice) -> Samples:
        np.multiply(self._filter, self._far[late], out=self._products)
        return np.fft.irfft(self._products.sum(axis=0), _FRAME)[BLOCK:].astype(np.float32, copy=False)

    def _correct(self, late: slice, left: NDArray[np.complex64], weight: Powers) -> None:
        np.multiply(self._doubt, left * weight, out=self._products)
        self._products *= self._far_conjugate[late]
        self._filter += self._products
        self._shares *= weight * _TAUGHT
        self._shares *= self._doubt
        self._doubt -= self._shares

    def _is_lost(self, near: Samples, left: Samples) -> bool:
        """Whether taking the expected echo away makes more of it than there was: the volume was turned down, say."""
        self._heard_power += 0.1 * (float(np.dot(near, near)) - self._heard_power)
        self._left_power += 0.1 * (float(np.dot(left, left)) - self._left_power)
        return not self._left_power <= _WORSE * self._heard_power + _LEAST

    def _tend(self) -> None:
        """An eighth of the parts: no longer than 10 ms each, and nothing is believed for ever."""
        turn = slice(self._turn, None, _TURNS)
        self._turn = (self._turn + 1) % _TURNS
        response = np.fft.irfft(self._filter[turn], _NARROW, axis=1)
        response[:, _NARROW // 2 :] = 0
        part = np.fft.rfft(response, axis=1)
        self._filter[turn] = part
        self._doubt[turn] *= 1 - _CHANGE
        self._doubt[turn] += _CHANGE * (np.square(part.real) + np.square(part.imag))
