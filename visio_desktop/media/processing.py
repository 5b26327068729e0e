"""Echo, noise and rumble taken out of the microphone by LiveKit's audio processing module; no room is involved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

import numpy as np

from visio_desktop.media.samples import BLOCK, RATE_HZ, Pcm
from visio_desktop.meeting.values import USUAL_SOUND, SoundWishes
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)

_BYTES: Final = BLOCK * 2


class Processing(Protocol):
    """Cleans captured sound."""

    def process(self, near: Pcm, far: Pcm) -> Pcm:
        """What was captured without noise and without echo of `far`, what the output played in the same blocks."""


class Untouched:
    """Processing where there is none."""

    def process(self, near: Pcm, far: Pcm) -> Pcm:  # noqa: ARG002 - as `Processing`
        """The same sound."""
        return near


class LiveKitProcessing:
    """What is wished of echo cancellation, noise suppression and automatic gain, and high pass, at 48 kHz mono.

    Gain comes last, in a module of its own: so it raises nothing that the guard takes for echo.
    """

    def __init__(self, wishes: SoundWishes = USUAL_SOUND) -> None:
        from livekit.rtc.apm import AudioProcessingModule  # noqa: PLC0415 - slow to import
        from livekit.rtc.audio_frame import AudioFrame  # noqa: PLC0415 - as above

        from visio_desktop.media.echo_guard import EchoGuard  # noqa: PLC0415 - no window waits for it

        self._module: Any = AudioProcessingModule(
            echo_cancellation=wishes.echo, noise_suppression=wishes.noise, high_pass_filter=True
        )
        self._guard = EchoGuard() if wishes.echo else None
        self._gain: Any = AudioProcessingModule(auto_gain_control=True) if wishes.gain else None
        near, far = bytearray(_BYTES), bytearray(_BYTES)
        self._near, self._far = np.frombuffer(near, dtype=np.int16), np.frombuffer(far, dtype=np.int16)
        self._near_frame = AudioFrame(near, RATE_HZ, 1, BLOCK)
        self._far_frame = AudioFrame(far, RATE_HZ, 1, BLOCK)

    def process(self, near: Pcm, far: Pcm) -> Pcm:
        """See `Processing`."""
        clean = np.empty_like(near)
        for start in range(0, len(near), BLOCK):
            block = slice(start, start + BLOCK)
            clean[block] = self._cleaned(near[block], far[block])
        return clean

    def _cleaned(self, near: Pcm, far: Pcm) -> Pcm:
        self._near[:] = near
        if self._guard is None:
            self._module.process_stream(self._near_frame)
        else:
            self._far[:] = far
            self._module.process_reverse_stream(self._far_frame)
            self._module.process_stream(self._near_frame)
            self._near[:] = self._guard.guard(near, far, self._near)
        if self._gain is not None:
            self._gain.process_stream(self._near_frame)
        return self._near


def load_processing(wishes: SoundWishes = USUAL_SOUND, on_lost: Callable[[], None] = lambda: None) -> Processing:
    """The best there is for these wishes; slow (a library is loaded), so never on a loop.

    `on_lost` is called, from any thread, where strong noise suppression does not work, or later no longer.
    """
    if wishes.original:
        return Untouched()
    try:
        if wishes.strong:
            from visio_desktop.media.strong_noise import load_strong  # noqa: PLC0415 - an extra that few have

            return load_strong(wishes, on_lost)
        return LiveKitProcessing(wishes)
    except (ImportError, OSError, RuntimeError) as error:
        _log.warning("sound_processing_unavailable", error=str(error))
        return Untouched()
