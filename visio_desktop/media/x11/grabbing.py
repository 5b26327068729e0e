"""Pixels of a display, through memory both sides see where that can be had, else in the display's answer."""

from __future__ import annotations

import mmap
import os
import struct
from typing import Final

import numpy as np

from visio_desktop.media.raw import Plane
from visio_desktop.media.x11.display import Display
from visio_desktop.media.x11.wire import X11Error
from visio_desktop.meeting.areas import Area

_WHOLE_PIXELS: Final = 2
_ALL_PLANES: Final = 0xFFFFFFFF
_DEPTHS: Final = (24, 32)
_MOST_PX: Final = 16_384


class Grabber:
    """Fetches parts of windows. Used by one thread; the memory grows with what is fetched."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._memory: mmap.mmap | None = None
        self._segment = 0
        self._shares = display.wire.has("MIT-SHM") and hasattr(os, "memfd_create")

    def grab(self, drawable: int, area: Area) -> Plane:
        """The pixels of an area of it, (height, width, 4), blue first; gone with the next call. Raises `X11Error`."""
        if area.is_empty or max(area.width, area.height) > _MOST_PX:
            raise X11Error(f"cannot fetch {area.width}x{area.height} pixels")
        size = area.width * area.height * 4
        if self._shares and self._fits(size):
            body = struct.pack("<IhhHHIB3xII", drawable, *_place(area), _ALL_PLANES, _WHOLE_PIXELS, self._segment, 0)
            answer = self._display.wire.ask(4, body, extension="MIT-SHM")
            pixels: bytes | mmap.mmap | None = self._memory
            start = 0
        else:
            body = struct.pack("<IhhHHI", drawable, *_place(area), _ALL_PLANES)
            answer = self._display.wire.ask(73, body, detail=_WHOLE_PIXELS)
            pixels, start = answer, 32
        if answer[1] not in _DEPTHS or pixels is None or len(pixels) < start + size:
            raise X11Error(f"cannot read pixels of {answer[1]} bits")
        return np.frombuffer(pixels, np.uint8, size, start).reshape(area.height, area.width, 4)

    def _fits(self, size: int) -> bool:
        """Whether the shared memory is large enough, or could be made so."""
        if self._memory is not None and len(self._memory) >= size:
            return True
        self._display.wire.ask(0, b"", extension="MIT-SHM")
        file = os.memfd_create("screen", os.MFD_CLOEXEC)
        os.ftruncate(file, size)
        memory = mmap.mmap(file, size)
        segment = self._display.wire.new_id()
        try:
            # libxcb closes the file once it is sent.
            self._display.wire.demand(6, struct.pack("<IB3x", segment, 0), extension="MIT-SHM", file=file)
        except X11Error:
            self._shares = False  # a display on another machine
            return False
        if self._segment:
            self._display.wire.demand(2, struct.pack("<I", self._segment), extension="MIT-SHM")
        self._memory, self._segment = memory, segment
        return True


def _place(area: Area) -> tuple[int, int, int, int]:
    return area.left, area.top, area.width, area.height
