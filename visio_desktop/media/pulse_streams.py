"""Streams to and from devices of the sound server. Their calls into the library come from the server's thread only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from visio_desktop.media import pulse_library as pulse
from visio_desktop.media.drift import DriftQueue
from visio_desktop.media.ring import BlockRing
from visio_desktop.media.samples import BLOCK, RATE_HZ, Samples, from_pcm
from visio_desktop.system.clock import Clock

if TYPE_CHECKING:
    from cffi import FFI

_BLOCK_BYTES: Final = BLOCK * 2
_AHEAD_BLOCKS: Final = 5
"""What is handed over ahead of playing, in blocks of 10 ms."""
_FIRST_LATENCY_MS: Final = 60.0
_LATENCY_EVERY: Final = 50
_NOTHING: Final = (0, 2**64 - 1)
"""How much can be read or written: nothing, and (size_t) -1 for a stream that has failed."""


class Owner(Protocol):
    """The connection a stream belongs to."""

    def release(self, stream: PulseStream) -> None:
        """Give it up; from any thread."""


@dataclass(frozen=True, slots=True)
class Handle:
    """The library and a stream of it."""

    ffi: FFI
    library: Any
    stream: Any


class PulseStream:
    """What both directions have in common; `serve` is called whenever something may have come."""

    def __init__(self, handle: Handle, name: str, owner: Owner) -> None:
        self.handle = handle
        self.name = name
        self.latency_ms = _FIRST_LATENCY_MS
        self.settled = Event()
        """The stream works, or never will."""
        self.is_ready = False
        self._owner = owner
        self._served = 0

    def serve(self) -> bool:
        """Do what there is to do; False once the stream is gone."""
        state = self.handle.library.pa_stream_get_state(self.handle.stream)
        if state in pulse.STREAM_FAILED:
            self.settled.set()
            return False
        if state != pulse.STREAM_READY:
            return True
        self.is_ready = True
        self.settled.set()
        if self._served % _LATENCY_EVERY == 0:
            self._ask_latency()
        self._served += 1
        self._carry()
        return True

    def stop(self) -> None:
        """Release the device; may block."""
        self._owner.release(self)

    def _carry(self) -> None:
        raise NotImplementedError

    def _ask_latency(self) -> None:
        usec, negative = self.handle.ffi.new("uint64_t *"), self.handle.ffi.new("int *")
        told = self.handle.library.pa_stream_get_latency(self.handle.stream, usec, negative) >= 0
        if told and not negative[0]:
            self.latency_ms = usec[0] / 1000


class PulseMicrophone(PulseStream):
    """See `microphone.Microphone`."""

    is_acoustic = True

    def __init__(self, handle: Handle, name: str, owner: Owner, clock: Clock, channels: int) -> None:
        super().__init__(handle, name, owner)
        self.last_heard_ms: float | None = clock()
        self.has_delivered = False
        self.is_muted: Callable[[], bool] = lambda: False
        """Whether the system keeps it silent."""
        self._clock = clock
        self._queue = DriftQueue(clock, channels)
        self._data, self._size = handle.ffi.new("void **"), handle.ffi.new("size_t *")

    @property
    def backlog(self) -> int:
        """See `Microphone`."""
        return self._queue.backlog + int(self.latency_ms * RATE_HZ / 1000)

    def read(self) -> Samples:
        """See `Microphone`."""
        return self._queue.read()

    def _carry(self) -> None:
        while (heard := read_fragment(self.handle, self._data, self._size)) is not None:
            self.last_heard_ms = self._clock()
            self.has_delivered = True
            self._queue.write(from_pcm(heard))


class PulseSpeaker(PulseStream):
    """See `speaker.Speaker`."""

    def __init__(self, handle: Handle, name: str, owner: Owner, tick: Callable[[], None]) -> None:
        super().__init__(handle, name, owner)
        self.ring = BlockRing()
        self._tick = tick
        self._block = np.zeros(BLOCK, dtype=np.int16)

    def _carry(self) -> None:
        library, stream = self.handle.library, self.handle.stream
        room = library.pa_stream_writable_size(stream)
        if room in _NOTHING:
            return
        for _ in range(min(room // _BLOCK_BYTES, _AHEAD_BLOCKS)):
            self.ring.read_into(self._block)
            self._tick()
            data = self.handle.ffi.from_buffer(self._block)
            if library.pa_stream_write(stream, data, _BLOCK_BYTES, self.handle.ffi.NULL, 0, 0) < 0:
                return


def read_fragment(handle: Handle, data: Any, size: Any) -> NDArray[np.int16] | None:
    """What has been recorded next, interleaved; None for nothing. `data` and `size` are room for the answer."""
    library, stream = handle.library, handle.stream
    if library.pa_stream_readable_size(stream) in _NOTHING:
        return None
    if library.pa_stream_peek(stream, data, size) < 0 or not size[0]:
        return None
    if data[0] != handle.ffi.NULL:
        heard = np.frombuffer(handle.ffi.buffer(data[0], size[0]), dtype=np.int16).copy()
    else:  # a hole: time that passed without sound
        heard = np.zeros(size[0] // 2, dtype=np.int16)
    library.pa_stream_drop(stream)
    return heard


def recording(handle: Handle, device: str, channels: int) -> bool:
    """Connect a new stream to a microphone, 10 ms at a time."""
    size = _BLOCK_BYTES * channels
    like = pulse.NO_DEVICE
    buffers = handle.ffi.new("pa_buffer_attr *", (like, like, like, like, size))
    flags = pulse.ADJUST_LATENCY | pulse.TIMED
    return bool(handle.library.pa_stream_connect_record(handle.stream, device.encode(), buffers, flags) >= 0)


def playing(handle: Handle, device: str) -> bool:
    """Connect a new stream to a loudspeaker."""
    like = pulse.NO_DEVICE
    buffers = handle.ffi.new("pa_buffer_attr *", (like, _AHEAD_BLOCKS * _BLOCK_BYTES, like, _BLOCK_BYTES, like))
    flags = pulse.ADJUST_LATENCY | pulse.TIMED
    nothing = handle.ffi.NULL
    connect = handle.library.pa_stream_connect_playback
    return bool(connect(handle.stream, device.encode(), buffers, flags, nothing, nothing) >= 0)
