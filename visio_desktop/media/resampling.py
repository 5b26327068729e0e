"""Sound of any rate to 48 kHz mono and back, through PyAV's resampler."""

from __future__ import annotations

from typing import Any

import numpy as np

from visio_desktop.media.samples import Pcm


class Resampler:
    """From one fixed rate to another, mono; keeps its state between calls."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        import av  # noqa: PLC0415 - slow to import

        self._av: Any = av
        self._from_hz = from_hz
        self._resampler = av.AudioResampler(format="s16", layout="mono", rate=to_hz)

    def run(self, pcm: Pcm) -> Pcm:
        """The samples that are ready after these; their number varies by a few from call to call."""
        frame = self._av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = self._from_hz
        parts = [part.to_ndarray().reshape(-1) for part in self._resampler.resample(frame)]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int16)
