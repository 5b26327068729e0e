"""Where sound is played: its callback is the one clock of all sound."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

import numpy as np

from visio_desktop.media import portaudio, pulse_server
from visio_desktop.media.resampling import Resampler
from visio_desktop.media.ring import BlockRing
from visio_desktop.media.samples import BLOCK, RATE_HZ, Pcm
from visio_desktop.media.specs import Spec
from visio_desktop.meeting.values import DeviceKind
from visio_desktop.system.clock import Clock

_LATENCY_S: Final = 0.04


class Speaker(Protocol):
    """An open device: takes blocks out of `ring` and calls its `tick` after each."""

    name: str
    ring: BlockRing

    @property
    def latency_ms(self) -> float:
        """How long a block takes from the ring to the ear, as the device tells."""

    def stop(self) -> None:
        """Release the device; may block."""


def open_speaker(spec: Spec, tick: Callable[[], None], clock: Clock) -> Speaker:
    """Open the device a spec speaks of; `tick` is called on a thread of its own. May block. Raises `MediaError`."""
    server = pulse_server.server_for(spec, DeviceKind.SPEAKER, clock)
    return DeviceSpeaker(spec, tick) if server is None else server.speaker(spec, tick)


class DeviceSpeaker:
    """A device of PortAudio's: takes blocks out of `ring` and calls `tick` (on PortAudio's thread) after each."""

    def __init__(self, spec: Spec, tick: Callable[[], None]) -> None:
        kind = DeviceKind.SPEAKER
        found = portaudio.find(spec, kind)
        self.name = found.device.name
        self.ring = BlockRing()
        self._tick = tick
        self._block = np.zeros(BLOCK, dtype=np.int16)
        self._rest = self._block[:0]
        self._resampler: Resampler | None = None
        self._library = portaudio.load(kind)
        self._stream = portaudio.open_stream(found, kind, lambda library, format_: self._make(library, found, format_))

    def _make(self, library: Any, found: portaudio.Found, format_: portaudio.Format) -> Any:
        rate_hz = format_.rate_hz
        self._resampler = None if rate_hz == RATE_HZ else Resampler(RATE_HZ, rate_hz)
        return library.RawOutputStream(
            samplerate=rate_hz,
            blocksize=rate_hz // 100,
            device=found.index,
            channels=format_.channels,
            dtype="int16",
            latency=_LATENCY_S,
            callback=lambda data, frames, _time, _status: self._give(data, frames, format_.channels),
        )

    def _give(self, data: Any, frames: int, channels: int) -> None:
        """On PortAudio's thread."""
        target = np.frombuffer(data, dtype=np.int16).reshape(frames, channels)
        target[:] = self._samples(frames)[:, np.newaxis]

    def _samples(self, frames: int) -> Pcm:
        """The next samples at the device's rate."""
        while len(self._rest) < frames:
            self.ring.read_into(self._block)
            self._tick()
            ready = self._block.copy() if self._resampler is None else self._resampler.run(self._block)
            self._rest = np.concatenate((self._rest, ready))
        out, self._rest = self._rest[:frames], self._rest[frames:]
        return out

    @property
    def latency_ms(self) -> float:
        """See `Speaker`."""
        return 1000 * float(self._stream.latency)

    def stop(self) -> None:
        """See `Speaker`."""
        portaudio.close_stream(self._stream, self._library)
