"""A whole screen: on X11 by what changes on it (`sources.x11`), elsewhere through mss.

Through mss a picture equal to the one before is left out most of the time: comparing costs a fifth of encoding.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import mss
import numpy as np
from mss.exception import ScreenShotError

from visio_desktop.media.errors import DeviceError
from visio_desktop.media.raw import Plane, RawFrame
from visio_desktop.media.sources.pace import Pace
from visio_desktop.media.sources.port import CaptureSize, VideoSource
from visio_desktop.media.sources.settling import Settling
from visio_desktop.media.sources.x11 import X11Source, open_x11_screen, shrunk
from visio_desktop.meeting.areas import Area
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)


def open_screen(key: str, size: CaptureSize, clock: Clock) -> VideoSource:
    """Open the screen numbered `key`, from 1. Raises `DeviceError` without such a screen or any display."""
    through_mss = ScreenSource(key, size, clock=clock)
    if sys.platform != "linux":
        return through_mss
    try:
        found: X11Source = open_x11_screen(through_mss.name, through_mss.area, size, clock)
    except DeviceError as error:
        _log.info("screen_through_mss", reason=str(error))
        return through_mss
    through_mss.close()
    return found


class ScreenSource:
    """The screen numbered `key`, from 1. Raises `DeviceError` without such a screen or any display."""

    def __init__(self, key: str, size: CaptureSize, *, clock: Clock, pace: Pace | None = None) -> None:
        self._key = key
        self._size = size
        self._interval_ms = 1000 / size.fps
        self._pace = pace or Pace(clock)
        self._before: Plane | None = None
        self._given: RawFrame | None = None
        self._settling = Settling()
        try:
            self._grabber = mss.MSS(with_cursor=True)
            screens = self._grabber.monitors[1:]
        except (ScreenShotError, OSError) as error:
            raise self._failed(str(error)) from error
        if not key.isdecimal() or not 0 < int(key) <= len(screens):
            self._grabber.close()
            raise self._failed(f"{len(screens)} screens, not this one")
        self._area = screens[int(key) - 1]
        self.area = Area(self._area["left"], self._area["top"], self._area["width"], self._area["height"])

    @property
    def name(self) -> str:
        """The spec of this screen."""
        return f"screen:{self._key}"

    def read(self) -> RawFrame:
        """Wait until something has changed on the screen, at most a second."""
        while True:
            now_ms = self._pace.wait(self._interval_ms)
            pixels = self._grab()
            same = self._before is not None and np.array_equal(pixels, self._before)
            if not same or self._settling.is_due(now_ms):
                self._settling.given(now_ms, changed=not same)
                if same and self._given is not None:
                    return replace(self._given, capture_ms=now_ms, again=True)
                self._before = pixels
                self._given = frame = shrunk(pixels, self._size, now_ms)
                return frame

    def close(self) -> None:
        """Let go of the display."""
        self._grabber.close()

    def _grab(self) -> Plane:
        try:
            shot = self._grabber.grab(self._area)
        except (ScreenShotError, OSError) as error:
            raise self._failed(str(error)) from error
        return np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)

    def _failed(self, detail: str) -> DeviceError:
        return DeviceError(Problem(ProblemCode.SCREEN_FAILED, self.name), detail)
