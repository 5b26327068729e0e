"""What a Wayland desktop lets us see of a screen or a window, of which the person has told it (`system/screencast`).

The desktop gives a picture only when something has changed. Whatever it gives is compared all the same: some give as
many as are asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

import numpy as np

from visio_desktop.media.errors import DeviceError
from visio_desktop.media.opencv import cv2
from visio_desktop.media.pipewire import pods
from visio_desktop.media.pipewire.stream import PictureStream, PipeWireError
from visio_desktop.media.raw import Plane, RawFrame, blank
from visio_desktop.media.sources.pace import Pace
from visio_desktop.media.sources.port import CaptureSize, Granted
from visio_desktop.media.sources.settling import Settling
from visio_desktop.media.sources.x11 import shrunk
from visio_desktop.meeting.areas import Area
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.system.clock import Clock

_CONVERSIONS: Final = {
    pods.BGRX: cv2.COLOR_BGRA2YUV_I420,
    pods.BGRA: cv2.COLOR_BGRA2YUV_I420,
    pods.RGBX: cv2.COLOR_RGBA2YUV_I420,
    pods.RGBA: cv2.COLOR_RGBA2YUV_I420,
    pods.RGB: cv2.COLOR_RGB2YUV_I420,
    pods.BGR: cv2.COLOR_BGR2YUV_I420,
}
_FIRST_S: Final = 1.5
_GREY: Final = 128


class Pictures(Protocol):
    """As `PictureStream`."""

    def wait(self, longest_s: float) -> bool:
        """Whether a newer picture came."""

    def look[T](self, use: Callable[[Plane, int], T]) -> T | None:
        """What is made of it."""

    def close(self) -> None:
        """Leave."""


def open_cast(granted: Granted, size: CaptureSize, clock: Clock) -> CastSource:
    """Begin to look. Raises `DeviceError`."""
    try:
        stream = PictureStream(granted.remote, granted.node, size.fps)
    except PipeWireError as error:
        raise DeviceError(Problem(ProblemCode.SCREEN_WAYLAND), str(error)) from error
    return CastSource(stream, size, clock=clock)


class CastSource:
    """What comes out of a stream of pictures."""

    name = "portal"
    area: Area | None = None
    """Nobody may know where on the display it is."""

    def __init__(self, stream: Pictures, size: CaptureSize, *, clock: Clock, pace: Pace | None = None) -> None:
        self._stream, self._size, self._clock = stream, size, clock
        self._pace = pace or Pace(clock)
        self._settling = Settling()
        self._given: RawFrame | None = None
        self._forgotten = False

    def read(self) -> RawFrame:
        """Wait until something has changed, at most a second and a half."""
        while True:
            now_ms = self._pace.wait(1000 / self._size.fps)
            try:
                waits_s = _FIRST_S if self._given is None else self._settling.wait_ms / 1000
                frame = self._newest() if self._stream.wait(waits_s) or self._given is None else None
            except PipeWireError as error:
                raise DeviceError(Problem(ProblemCode.SCREEN_STOPPED), str(error)) from error
            now_ms = max(now_ms, self._clock())
            if frame is not None or self._forgotten or self._settling.is_due(now_ms):
                return self._give(frame, now_ms)

    def forget(self) -> None:
        """What is given next counts as new: it is what is to be seen now, whatever came before."""
        self._forgotten = True

    def close(self) -> None:
        """Leave the desktop's stream."""
        self._stream.close()

    def _newest(self) -> RawFrame | None:
        """The newest picture if it is another than that before; a grey one while there was none yet."""
        frame = self._stream.look(self._converted)
        if frame is None:
            return _nothing(self._size) if self._given is None else None
        given = self._given
        same = given is not None and np.array_equal(np.asarray(given.stacked), np.asarray(frame.stacked))
        return None if same else frame

    def _give(self, frame: RawFrame | None, now_ms: float) -> RawFrame:
        changed, self._forgotten = frame is not None or self._forgotten, False
        self._settling.given(now_ms, changed=changed)
        newest = frame or self._given or _nothing(self._size)
        self._given = replace(newest, capture_ms=now_ms, again=False)
        return replace(self._given, again=not changed)

    def _converted(self, pixels: Plane, order: int) -> RawFrame:
        rows, columns = pixels.shape[:2]
        if rows % 2 or columns % 2:  # filled up: scaled by one pixel, text would be blurred
            pixels = np.asarray(cv2.copyMakeBorder(pixels, 0, rows % 2, 0, columns % 2, cv2.BORDER_REPLICATE), np.uint8)
        return shrunk(pixels, self._size, 0.0, _CONVERSIONS[order])


def _nothing(size: CaptureSize) -> RawFrame:
    frame = blank(size.width_px // 2, size.height_px // 2)
    np.asarray(frame.stacked)[:] = _GREY
    return frame
