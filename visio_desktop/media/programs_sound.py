"""What other programs of this machine play, ours left out: each is listened to by itself, and they are added up.

The sound server (PulseAudio, or PipeWire in its place) gives the sound of one playing stream before it is mixed with
others. So nothing of the meeting comes back, and nothing has to be cancelled. One thread does all of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from visio_desktop.media import pulse_library as pulse
from visio_desktop.media.drift import DriftQueue
from visio_desktop.media.errors import DeviceError
from visio_desktop.media.pulse_streams import Handle, read_fragment
from visio_desktop.media.samples import FRAME, RATE_HZ, Samples, from_pcm
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)

CHANNELS: Final = 2
_FRAGMENT_BYTES: Final = RATE_HZ // 100 * CHANNELS * 2
_ANY: Final = 0xFFFFFFFF
_CONNECTED_MS: Final = 2_000.0
_STEP_US: Final = 10_000
_MOST_PROGRAMS: Final = 32
_OWN: Final = b"application.process.id"


def failed(detail: str) -> DeviceError:
    """The sound of this machine cannot be had."""
    return DeviceError(Problem(ProblemCode.SCREEN_SOUND_FAILED), detail)


class Tap:
    """The sound of one program, brought onto the reader's clock."""

    def __init__(self, stream: Any, clock: Clock) -> None:
        self.stream = stream
        self._queue = DriftQueue(clock, CHANNELS)

    def write(self, pcm: NDArray[np.int16]) -> None:
        """Interleaved samples as they come."""
        self._queue.write(from_pcm(pcm))

    def read(self) -> Samples:
        """The next 20 ms, interleaved."""
        return self._queue.read()


class ProgramsSound:
    """A connection to the sound server; every call is made on one thread. `wait` lets it work for 10 ms."""

    def __init__(self, clock: Clock, own_id: int) -> None:
        """Connect. Raises `DeviceError`; takes two seconds at most."""
        loaded = pulse.load()
        if loaded is None:
            raise failed("no libpulse")
        self._ffi, self._library = loaded
        self._clock = clock
        self._own = str(own_id).encode()
        self._taps: dict[int, Tap] = {}
        self._playing: set[int] = set()
        self._stale, self._listing = True, False
        self._listed = self._ffi.callback("pa_sink_input_info_cb_t", self._take_program)
        self._changed = self._ffi.callback("pa_context_subscribe_cb_t", self._take_change)
        self._loop = self._library.pa_mainloop_new()
        self._context = self._library.pa_context_new(self._library.pa_mainloop_get_api(self._loop), b"visio-desktop")
        try:
            self._connect()
        except DeviceError:
            self.close()
            raise

    @property
    def programs(self) -> int:
        """How many are listened to."""
        return len(self._taps)

    def wait(self) -> None:
        """Take in what comes within 10 ms. Raises `DeviceError` once the server is gone."""
        self._run()
        if self._library.pa_context_get_state(self._context) != pulse.READY:
            raise failed("the sound server is gone")
        if self._stale and not self._listing:
            self._stale, self._listing = False, True
            self._playing.clear()
            self._done(self._library.pa_context_get_sink_input_info_list(self._context, self._listed, self._ffi.NULL))
        for number, tap in tuple(self._taps.items()):
            self._collect(number, tap)

    def read(self) -> Samples:
        """The next 20 ms of all of them, 960 pairs of left and right."""
        total = np.zeros(FRAME * CHANNELS, dtype=np.float32)
        for tap in self._taps.values():
            total += tap.read()
        return np.clip(total, -1.0, 1.0, out=total)

    def close(self) -> None:
        """Leave the server."""
        for number in tuple(self._taps):
            self._release(number)
        self._library.pa_context_disconnect(self._context)
        self._library.pa_context_unref(self._context)
        self._library.pa_mainloop_free(self._loop)

    def _connect(self) -> None:
        if self._library.pa_context_connect(self._context, self._ffi.NULL, pulse.NO_AUTOSPAWN, self._ffi.NULL) < 0:
            raise failed("no sound server")
        until_ms = self._clock() + _CONNECTED_MS
        while (state := self._library.pa_context_get_state(self._context)) != pulse.READY:
            if state in pulse.FAILED or self._clock() > until_ms:
                raise failed("no sound server")
            self._run()
        self._library.pa_context_set_subscribe_callback(self._context, self._changed, self._ffi.NULL)
        nobody = self._ffi.NULL
        self._done(self._library.pa_context_subscribe(self._context, pulse.PROGRAM_OUTPUTS, nobody, nobody))

    def _run(self) -> None:
        library, loop = self._library, self._loop
        if library.pa_mainloop_prepare(loop, _STEP_US) >= 0 and library.pa_mainloop_poll(loop) >= 0:
            library.pa_mainloop_dispatch(loop)

    def _done(self, operation: Any) -> None:
        if operation != self._ffi.NULL:
            self._library.pa_operation_unref(operation)

    def _take_change(self, _context: Any, _kind: int, _index: int, _data: Any) -> None:
        self._stale = True

    def _take_program(self, _context: Any, info: Any, end: int, _data: Any) -> None:
        """One playing stream, or the end of the list."""
        if end:
            self._listing = False
            for number in set(self._taps) - self._playing:
                self._release(number)
            return
        self._playing.add(info.index)
        if info.index not in self._taps and len(self._taps) < _MOST_PROGRAMS and not self._is_own(info):
            self._listen(info.index)

    def _is_own(self, info: Any) -> bool:
        told = self._library.pa_proplist_gets(info.proplist, _OWN)
        return told != self._ffi.NULL and bool(self._ffi.string(told) == self._own)

    def _listen(self, number: int) -> None:
        spec = self._ffi.new("pa_sample_spec *", (pulse.SAMPLES_S16LE, RATE_HZ, CHANNELS))
        stream = self._library.pa_stream_new(self._context, b"shared sound", spec, self._ffi.NULL)
        if stream == self._ffi.NULL:
            return
        buffers = self._ffi.new("pa_buffer_attr *", (_ANY, _ANY, _ANY, _ANY, _FRAGMENT_BYTES))
        library = self._library
        if (
            library.pa_stream_set_monitor_stream(stream, number) < 0
            or library.pa_stream_connect_record(stream, self._ffi.NULL, buffers, pulse.ADJUST_LATENCY) < 0
        ):
            library.pa_stream_unref(stream)
            return
        self._taps[number] = Tap(stream, self._clock)

    def _collect(self, number: int, tap: Tap) -> None:
        library, state = self._library, self._library.pa_stream_get_state(tap.stream)
        if state in pulse.STREAM_FAILED:
            self._release(number)
            return
        if state != pulse.STREAM_READY:
            return
        data, size = self._ffi.new("void **"), self._ffi.new("size_t *")
        handle = Handle(self._ffi, library, tap.stream)
        while (heard := read_fragment(handle, data, size)) is not None:
            tap.write(heard)

    def _release(self, number: int) -> None:
        tap = self._taps.pop(number)
        self._library.pa_stream_disconnect(tap.stream)
        self._library.pa_stream_unref(tap.stream)


def is_possible(clock: Clock) -> bool:
    """Whether there is a sound server to ask; may take two seconds: never on a loop."""
    try:
        with opened(clock):
            return True
    except DeviceError:
        return False


@contextmanager
def opened(clock: Clock) -> Iterator[ProgramsSound]:
    """For as long as this lasts. Raises `DeviceError`."""
    sound = ProgramsSound(clock, os.getpid())
    try:
        yield sound
    finally:
        sound.close()
