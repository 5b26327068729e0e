"""What other programs play, encoded and sent beside a shared screen: stereo, for music, with a gate of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import Final, Protocol

from visio_desktop.media.errors import DeviceError
from visio_desktop.media.gate import Gate
from visio_desktop.media.opus import new_music_encoder
from visio_desktop.media.samples import Samples
from visio_desktop.media.uplink import Uplink
from visio_desktop.meeting.values import Problem
from visio_desktop.rtc.frames import EncodedFrame, OutboundStream
from visio_desktop.system.clock import Clock

BITRATE_BPS: Final = 96_000
_FRAME_MS: Final = 20.0
_TOO_LATE_MS: Final = 500.0
_HELD_BACK: Final = 9
"""Frames that may hold sound from before the gate was opened."""


class Heard(Protocol):
    """The sound of this machine, as `programs_sound` hears it; `wait` lasts some milliseconds, `read` gives 20."""

    def wait(self) -> None:
        """Take in what comes. Raises `DeviceError`."""

    def read(self) -> Samples:
        """960 pairs of left and right."""

    def close(self) -> None:
        """Listen no more."""


class SoundShare:
    """Listens from `start` to `stop`; sends only between `send_on(stream)` and `send_on(None)`.

    `heard` is given every 20 ms of it, on the thread that listens.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        clock: Clock,
        listen: Callable[[], Heard],
        on_failed: Callable[[Problem], None],
        heard: Callable[[Samples], None] = lambda _samples: None,
    ) -> None:
        self._loop = loop
        self._clock = clock
        self._listen = listen
        self._on_failed = on_failed
        self._heard = heard
        self._gate = Gate()
        self._uplink = Uplink(partial(new_music_encoder, BITRATE_BPS), BITRATE_BPS, channels=2)
        self._stream: OutboundStream | None = None
        self._opening: int | None = None
        self._hold_back = 0
        self._stopping = False
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to listen; may block for seconds. Raises `MediaError`."""
        heard = self._listen()
        self._thread = Thread(target=self._run, args=(heard,), name="shared sound", daemon=True)
        self._thread.start()

    def send_on(self, stream: OutboundStream | None) -> None:
        """Send what is heard from now on, on the loop; None: nothing leaves any more once this returns."""
        self._gate.set_open(False)
        if self._stream is not None:
            self._stream.on_feedback(None)
        self._stream = stream
        if stream is not None:
            stream.on_feedback(self._uplink.follow)
            self._gate.set_open(True)

    def stop(self) -> None:
        """Listen no more; may wait a moment."""
        self._gate.set_open(False)
        self._stopping = True
        if self._thread is not None:
            self._thread.join(2)

    def _run(self, heard: Heard) -> None:
        next_ms = self._clock()
        try:
            while not self._stopping:
                heard.wait()
                now_ms = self._clock()
                if now_ms - next_ms > _TOO_LATE_MS:
                    next_ms = now_ms
                while now_ms >= next_ms:
                    next_ms += _FRAME_MS
                    self.take(heard.read())
        except DeviceError as error:
            self._on_loop(partial(self._on_failed, error.problem))
        finally:
            heard.close()

    def take(self, samples: Samples) -> None:
        """The next 20 ms, on the thread that listens."""
        self._heard(samples)
        opening = self._gate.opening
        if opening is None:
            self._uplink.skip()
            return
        if opening != self._opening:
            self._opening = opening
            self._hold_back = _HELD_BACK
            self._uplink.restart()
        if self._hold_back > 0:
            self._hold_back -= 1
            self._uplink.skip()
            return
        frame = self._uplink.add(samples)
        if frame is not None:
            self._on_loop(partial(self._send, frame, opening))

    def _send(self, frame: EncodedFrame, opening: int) -> None:
        stream = self._stream
        if stream is not None:
            self._gate.pass_through(opening, lambda: stream.send(frame))

    def _on_loop(self, call: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # the loop has ended: nobody listens any more
            self._loop.call_soon_threadsafe(call)
