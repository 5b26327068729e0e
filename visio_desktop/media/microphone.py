"""Where own sound comes from: a device, a file in a loop, or synthetic speech. All are read on the playout clock."""

from __future__ import annotations

from typing import Any, Final, Protocol

import numpy as np

from visio_desktop.media import portaudio, pulse_server
from visio_desktop.media.drift import DriftQueue
from visio_desktop.media.file_sound import FileSound
from visio_desktop.media.resampling import Resampler
from visio_desktop.media.samples import FRAME, RATE_HZ, Samples, from_pcm
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.media.speech import Speech
from visio_desktop.meeting.values import DeviceKind
from visio_desktop.system.clock import Clock

_LATENCY_S: Final = 0.04


class Microphone(Protocol):
    """A source of own sound. `read` never blocks."""

    @property
    def name(self) -> str:
        """What a person knows it by."""

    @property
    def is_acoustic(self) -> bool:
        """Whether it hears the room, so that echo and noise are to be taken out."""

    @property
    def backlog(self) -> int:
        """Samples recorded and not yet read, those inside the system included."""

    @property
    def last_heard_ms(self) -> float | None:
        """When it last delivered, None where that says nothing."""

    @property
    def has_delivered(self) -> bool:
        """Whether it has given anything since it was opened."""

    def read(self) -> Samples:
        """The next 20 ms, of two channels in turn where it was opened for that."""

    def stop(self) -> None:
        """Release the device; may block."""


def open_microphone(spec: Spec, clock: Clock, *, stereo: bool = False) -> Microphone | None:
    """Open what a spec speaks of, None for `none`. May block: never on a loop. Raises `MediaError`."""
    match spec.kind:
        case SpecKind.NONE | SpecKind.NULL:
            return None
        case SpecKind.TEST:
            return TestMicrophone(spec.value)
        case SpecKind.FILE:
            return FileSound(spec.value)
        case _:
            server = pulse_server.server_for(spec, DeviceKind.MICROPHONE, clock)
            if server is not None:
                return server.microphone(spec, stereo=stereo)
            return DeviceMicrophone(spec, clock, stereo=stereo)


class TestMicrophone:
    """Synthetic speech; the variant ("", "1", "anna") makes different people."""

    is_acoustic = False
    backlog = 0
    last_heard_ms = None
    has_delivered = True
    __test__ = False  # no test class, whatever its name

    def __init__(self, variant: str = "") -> None:
        self.name = "test"
        seed = sum(variant.encode())
        self._speech = Speech(seed=seed, pitch_hz=95.0 + seed * 37 % 140)

    def read(self) -> Samples:
        """See `Microphone`."""
        return self._speech.read(FRAME)

    def stop(self) -> None:
        """Nothing to release."""


class DeviceMicrophone:
    """A microphone of this machine through PortAudio."""

    is_acoustic = True

    def __init__(self, spec: Spec, clock: Clock, *, stereo: bool = False) -> None:
        kind = DeviceKind.MICROPHONE
        found = portaudio.find(spec, kind)
        self.name = found.device.name
        self.last_heard_ms: float | None = clock()
        self.has_delivered = False
        self._clock = clock
        self._channels = 2 if stereo else 1
        self._queue = DriftQueue(clock, self._channels)
        self._resamplers: tuple[Resampler, ...] = ()
        self._library = portaudio.load(kind)
        formats = sorted(found.formats, key=lambda format_: format_.channels != self._channels) if stereo else None
        self._stream = portaudio.open_stream(
            found, kind, lambda library, format_: self._make(library, found, format_), formats
        )

    def _make(self, library: Any, found: portaudio.Found, format_: portaudio.Format) -> Any:
        rate_hz = format_.rate_hz
        needed = 0 if rate_hz == RATE_HZ else self._channels
        self._resamplers = tuple(Resampler(rate_hz, RATE_HZ) for _ in range(needed))
        return library.RawInputStream(
            samplerate=rate_hz,
            blocksize=rate_hz // 100,
            device=found.index,
            channels=format_.channels,
            dtype="int16",
            latency=_LATENCY_S,
            callback=lambda data, _frames, _time, _status: self._take(data, format_.channels),
        )

    def _take(self, data: Any, channels: int) -> None:
        """On PortAudio's thread."""
        heard = np.frombuffer(data, dtype=np.int16).reshape(-1, channels)
        wanted = [heard[:, min(channel, channels - 1)].copy() for channel in range(self._channels)]
        if self._resamplers:
            wanted = [resampler.run(pcm) for resampler, pcm in zip(self._resamplers, wanted, strict=True)]
        self.last_heard_ms = self._clock()
        self.has_delivered = True
        self._queue.write(from_pcm(np.stack(wanted, axis=1).reshape(-1)))

    @property
    def backlog(self) -> int:
        """See `Microphone`."""
        return self._queue.backlog + int(self._stream.latency * RATE_HZ)

    def read(self) -> Samples:
        """See `Microphone`."""
        return self._queue.read()

    def stop(self) -> None:
        """See `Microphone`."""
        portaudio.close_stream(self._stream, self._library)
