"""The mouse, which is part of no window's picture: fetched by itself and drawn into one."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np

from visio_desktop.media.raw import Plane
from visio_desktop.media.x11.display import Display
from visio_desktop.media.x11.wire import X11Error
from visio_desktop.meeting.areas import Area

_LARGEST_PX: Final = 512
_HEAD_BYTES: Final = 32


@dataclass(frozen=True, slots=True, eq=False)
class Pointer:
    """What the mouse looks like and where; `pixels` is (height, width, 4), blue green red and premultiplied alpha."""

    area: Area
    serial: int
    pixels: Plane

    def looks_like(self, other: Pointer | None) -> bool:
        """Whether both would be drawn alike."""
        return other is not None and (self.area, self.serial) == (other.area, other.serial)


def find_pointer(display: Display) -> Pointer | None:
    """The mouse as it is now; None where it is nowhere to be seen. Raises `X11Error`."""
    if not display.can("XFIXES"):
        return None
    return parse_pointer(display.wire.ask(4, b"", extension="XFIXES"))


def parse_pointer(answer: bytes) -> Pointer | None:
    """Read what XFixes' GetCursorImage answers. Raises `X11Error` where it is cut or far too large."""
    try:
        x, y, width, height, hot_x, hot_y, serial = struct.unpack_from("<hhHHHHI", answer, 8)
    except struct.error as error:
        raise X11Error("the mouse is not understood") from error
    if width == 0 or height == 0:
        return None
    size = width * height * 4
    if max(width, height) > _LARGEST_PX or len(answer) < _HEAD_BYTES + size:
        raise X11Error("the mouse is not understood")
    pixels = np.frombuffer(answer, np.uint8, size, _HEAD_BYTES).reshape(height, width, 4)
    return Pointer(Area(x - hot_x, y - hot_y, width, height), serial, pixels)


def draw_pointer(picture: Plane, picture_area: Area, pointer: Pointer) -> None:
    """Draw the mouse into a (height, width, 4) picture that shows this area of the display."""
    seen = pointer.area.within(picture_area)
    if seen.is_empty:
        return
    mine = seen.moved(-pointer.area.left, -pointer.area.top)
    theirs = seen.moved(-picture_area.left, -picture_area.top)
    drawn = pointer.pixels[mine.top : mine.top + mine.height, mine.left : mine.left + mine.width]
    under = picture[theirs.top : theirs.top + theirs.height, theirs.left : theirs.left + theirs.width, :3]
    rest = 255 - drawn[:, :, 3:].astype(np.uint16)
    under[:] = np.minimum(255, drawn[:, :, :3] + under.astype(np.uint16) * rest // 255).astype(np.uint8)
