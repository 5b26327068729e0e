"""A moving picture made here, for tests, measurements and the practice meeting: no device needed.

Written `test`, `test:NUMBER` (somebody else) or `test:slides`. The top rows carry the frame clock in epoch time, except
in `test:plain`, which is to be looked at only.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from visio_desktop.media import frame_clock
from visio_desktop.media.sources.pace import Pace
from visio_desktop.media.sources.port import CaptureSize
from visio_desktop.media.sources.scenes import Scene, Slides, TalkingHead
from visio_desktop.system.clock import Clock, epoch_ms

if TYPE_CHECKING:
    from visio_desktop.media.raw import RawFrame

PLAIN = "plain"


class TestPicture:
    """Draws a scene at its rate. `stamp_clock` None leaves the frame clock out."""

    __test__ = False

    def __init__(
        self, scene: Scene, fps: int, *, clock: Clock, stamp_clock: Clock | None = epoch_ms, pace: Pace | None = None
    ) -> None:
        self._scene = scene
        self._interval_ms = 1000 / fps
        self._fps = fps
        self._stamp_clock = stamp_clock
        self._pace = pace or Pace(clock)
        self._pictures = 0

    @property
    def name(self) -> str:
        """The spec that gives such a picture."""
        return "test"

    def read(self) -> RawFrame:
        """Wait for the next picture's time and draw it."""
        now_ms = self._pace.wait(self._interval_ms)
        frame = self._scene.draw(self._pictures * 30 // self._fps, now_ms)
        self._pictures += 1
        if self._stamp_clock is not None:
            frame_clock.stamp(frame.y, self._stamp_clock())
        return frame

    def close(self) -> None:
        """Nothing is held."""


def scene_for(variant: str, size: CaptureSize) -> Scene:
    """The scene of a variant: empty or `plain`, a number, `slides`, or any word, which stands for a number."""
    if variant.lower() == "slides":
        return Slides(size.width_px, size.height_px)
    seed = int(variant) if variant.isdecimal() else 0 if variant in ("", PLAIN) else zlib.crc32(variant.encode())
    return TalkingHead(size.width_px, size.height_px, seed % 1000)


def open_test(variant: str, size: CaptureSize, clock: Clock) -> TestPicture:
    """The source of `test:variant`."""
    stamp_clock = None if variant == PLAIN else epoch_ms
    return TestPicture(scene_for(variant, size), size.fps, clock=clock, stamp_clock=stamp_clock)
