"""What lies between a loudspeaker and a microphone: a way that takes time, a room that rings, a box that bends."""

from __future__ import annotations

from typing import Final

import numpy as np

from visio_desktop.media.samples import BLOCK, RATE_HZ, Samples

DELAY_MS: Final = 60.0
ECHO: Final = 0.5
"""How loud what was played comes back."""

RINGS_S: Final = 0.25
"""How long the room rings: until its echo is 60 dB down."""

_SEED: Final = 3
_HEARD: Final = RATE_HZ * 12 // 100


def response(rings_s: float = RINGS_S, seed: int = _SEED) -> Samples:
    """What a click in the room sounds like, all of its sound together as strong as the click; another `seed` makes
    another room."""
    at_s = np.arange(_HEARD) / RATE_HZ
    ringing = np.random.default_rng(seed).normal(0, 1, _HEARD) * np.exp(-6.9 * at_s / rings_s) * 0.12
    ringing[0] = 1
    heard: Samples = (ringing / np.sqrt(np.square(ringing).sum())).astype(np.float32)
    return heard


class Way:
    """From one loudspeaker to the microphone, 10 ms at a time."""

    def __init__(self, delay_ms: float = DELAY_MS, *, echo: float = ECHO, ringing: Samples | None = None) -> None:
        ringing = response() if ringing is None else ringing
        self._late = np.zeros(int(delay_ms * RATE_HZ / 1000), dtype=np.float32)
        self._past = np.zeros(len(ringing) - 1, dtype=np.float32)
        self._size = 1 << (len(self._past) + BLOCK - 1).bit_length()
        self._spectrum = np.fft.rfft(echo * ringing, self._size)

    def hear(self, played: Samples) -> Samples:
        """What the microphone hears while a block is played: of earlier ones. Loudspeakers bend what is loud."""
        bent = (np.tanh(1.5 * played.astype(np.float64)) / 1.5).astype(np.float32)
        late = np.concatenate((self._late, bent))
        come, self._late = late[: len(played)], late[len(played) :]
        window = np.concatenate((self._past, come))
        self._past = window[len(played) :]
        heard = np.fft.irfft(np.fft.rfft(window, self._size) * self._spectrum, self._size)
        return heard[len(window) - len(played) : len(window)].astype(np.float32)
