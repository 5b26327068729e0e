"""Where decoded pictures go: a mailbox that keeps the latest one only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture as 32-bit pixels, bytes in the order B, G, R, unused (Qt's Format_RGB32 on little-endian machines).

    `pixels` holds `height_px` rows of `width_px * 4` bytes without padding and is never written to again.
    `source_width_px` and `source_height_px` are the size before any scaling; `capture_ms` is the sender's capture
    time on the receiver's monotonic clock, None while unknown.
    """

    pixels: memoryview | bytes
    width_px: int
    height_px: int
    source_width_px: int
    source_height_px: int
    capture_ms: float | None = None


@dataclass(frozen=True, slots=True)
class PictureTarget:
    """The size in device pixels in which a sink paints; `cover` crops to fill, else the whole picture is kept."""

    width_px: int
    height_px: int
    cover: bool = True


class FrameSink(Protocol):
    """A mailbox for pictures. Both may be called from any thread and must not block."""

    def put(self, picture: Picture) -> None:
        """Take the newest picture, dropping one not yet painted."""

    def target(self) -> PictureTarget | None:
        """The size pictures are wanted in, None while nothing is shown: then nothing need be decoded into pixels."""
