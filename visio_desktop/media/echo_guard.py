"""Behind the echo canceller: what it lets through although it may be echo is taken down (docs/decisions/0043).

The canceller believes in its filter once that has heard some of the far end, and lets through what the filter was not
taught: other frequencies of the same voice. `EchoPath` knows how unsure it is of each frequency. What is left in the
microphone beyond that is somebody here and passes; the rest is taken down, yet not below the noise of the room.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from visio_desktop.media.echo_path import BINS, PARTS, EchoPath, Powers
from visio_desktop.media.samples import BLOCK, Pcm, Samples, from_pcm, silence, to_pcm

_FRAME: Final = 2 * BLOCK
_QUIET: Final = 16
"""A far end that stays below (-66 dBFS) has no echo."""

_FLOOR: Final = np.float32(10 ** (-36 / 10))
_SURE: Final = 16.0
_FAIR: Final = 2.0
"""How many times the doubtful echo is more than any echo: while nobody here is heard, and while somebody is."""

_SHARE_OF_VOICE: Final = 0.1
"""Somebody here is heard when so much of what the canceller lets through is more than any echo."""

_HANGS_ON: Final = 0.9
_HIGHEST: Final = slice(100, None)
"""From 5 kHz on: what is done there is done above 8 kHz too."""

_RISES: Final = np.float32(1.01)
_TWICE: Final = np.float32(2)
_LEAST: Final = np.float32(1e-10)


class EchoGuard:
    """Takes down what the canceller left of the echo; bit by bit the same sound where nothing is played."""

    def __init__(self) -> None:
        self._path = EchoPath()
        self._silent = PARTS
        self._powers = np.zeros((3, BINS), dtype=np.float32)
        self._near_before = np.zeros((2, BINS), dtype=np.float32)
        self._noise = np.full(BINS, np.inf, dtype=np.float32)
        self._voice = 0.0
        self._clean = silence(_FRAME)
        self._response: NDArray[np.complex64] | None = None
        self._fade = np.linspace(0, 1, BLOCK, endpoint=False, dtype=np.float32)

    def guard(self, near: Pcm, far: Pcm, clean: Pcm) -> Pcm:
        """10 ms of `clean`, which the canceller has made of `near` while `far` was played."""
        self._clean[:BLOCK] = self._clean[BLOCK:]
        self._clean[BLOCK:] = from_pcm(clean)
        response = self._wanted(near, far)
        if response is None and self._response is None:
            return clean
        return to_pcm(self._filtered(response))

    def _wanted(self, near: Pcm, far: Pcm) -> NDArray[np.complex64] | None:
        """What to do to each frequency; None: nothing."""
        if int(np.abs(far).max()) >= _QUIET:
            self._silent = 0
        elif self._silent < PARTS:
            self._silent += 1
            if self._silent == PARTS:
                self._path.silence()
        if self._silent == PARTS:
            return None
        gains = self._gains(*self._path.learn(from_pcm(near), from_pcm(far)))
        return None if float(gains.min()) > 0.99 else _minimum_phase(gains)  # noqa: PLR2004 - nothing is heard of it

    def _gains(self, left: Powers, doubt: Powers) -> Powers:
        """How much of each frequency's power is to pass."""
        clean = self._path.spectrum(self._clean[BLOCK:])
        now = np.stack((left, doubt, np.square(clean.real) + np.square(clean.imag)))
        now[:, 1:-1] = (now[:, :-2] + now[:, 1:-1] + now[:, 2:]) / 3
        self._powers += (now - self._powers) / 2
        left, doubt, through = self._powers
        through = through + _LEAST
        self._noise = np.minimum(self._noise * _RISES, through)
        near: Powers = np.maximum(left - self._beyond(left, doubt, through) * doubt, np.float32(0))
        longer = np.maximum(near, self._near_before.max(axis=0))
        self._near_before[0], self._near_before[1] = self._near_before[1], near
        least = np.maximum(_FLOOR, _TWICE * self._noise / through)
        return np.clip(longer / through, least, 1)

    def _beyond(self, left: Powers, doubt: Powers, through: Powers) -> np.float32:
        """How many times the doubt is more than any echo."""
        surely = np.minimum(np.maximum(left - np.float32(_SURE) * doubt, 0), through)
        share = float(surely.sum() / through.sum())
        self._voice = max(min(share / _SHARE_OF_VOICE, 1.0), _HANGS_ON * self._voice)
        return np.float32(_SURE * (_FAIR / _SURE) ** self._voice)

    def _filtered(self, response: NDArray[np.complex64] | None) -> Samples:
        """From what was done to what is to be done, within these 10 ms."""
        spectrum = np.fft.rfft(self._clean)
        before, after = self._applied(spectrum, self._response), self._applied(spectrum, response)
        self._response = response
        return before + (after - before) * self._fade

    def _applied(self, spectrum: NDArray[np.complex64], response: NDArray[np.complex64] | None) -> Samples:
        if response is None:
            return self._clean[BLOCK:]
        filtered: Samples = np.fft.irfft(spectrum * response)[BLOCK:]
        return filtered


def _minimum_phase(gains: Powers) -> NDArray[np.complex64]:
    """The filter of these gains that is heard soonest: no delay (A. Oppenheim, R. Schafer, 13.5: by the cepstrum)."""
    levels = np.empty(BLOCK + 1, dtype=np.float32)
    np.log(gains, out=levels[:BINS])
    levels[:BINS] /= 2
    levels[BINS:] = levels[:BINS][_HIGHEST].mean()
    cepstrum = np.fft.irfft(levels)
    cepstrum[1:BLOCK] *= 2
    cepstrum[BLOCK + 1 :] = 0
    spectrum = np.fft.rfft(cepstrum)
    response = np.empty_like(spectrum)  # exp() of complex numbers takes ten times as long
    strength = np.exp(spectrum.real)
    np.multiply(strength, np.cos(spectrum.imag), out=response.real)
    np.multiply(strength, np.sin(spectrum.imag), out=response.imag)
    return response
