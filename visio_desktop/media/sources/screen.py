"""A whole screen through mss: X11, Windows and macOS; where the window system offers a portal, that comes first.

A picture equal to the one before is left out, except once a second: comparing costs a fifth of encoding.
"""

from __future__ import annotations

import mss
import numpy as np
from mss.exception import ScreenShotError

from visio_desktop.media.errors import DeviceError
from visio_desktop.media.opencv import cv2
from visio_desktop.media.raw import Plane, RawFrame, blank
from visio_desktop.media.scale import within
from visio_desktop.media.sources.pace import Pace
from visio_desktop.media.sources.port import CaptureSize
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.system.clock import Clock

_REPEAT_MS = 900.0


class ScreenSource:
    """The screen numbered `key`, from 1. Raises `DeviceError` without such a screen or any display."""

    def __init__(self, key: str, size: CaptureSize, *, clock: Clock, pace: Pace | None = None) -> None:
        self._key = key
        self._size = size
        self._interval_ms = 1000 / size.fps
        self._pace = pace or Pace(clock)
        self._before: Plane | None = None
        self._given_ms = float("-inf")
        try:
            self._grabber = mss.MSS(with_cursor=True)
            screens = self._grabber.monitors[1:]
        except (ScreenShotError, OSError) as error:
            raise self._failed(str(error)) from error
        if not key.isdecimal() or not 0 < int(key) <= len(screens):
            self._grabber.close()
            raise self._failed(f"{len(screens)} screens, not this one")
        self._area = screens[int(key) - 1]

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
            if not same or now_ms - self._given_ms >= _REPEAT_MS:
                self._before, self._given_ms = pixels, now_ms
                return self._frame(pixels, now_ms)

    def close(self) -> None:
        """Let go of the display."""
        self._grabber.close()

    def _grab(self) -> Plane:
        try:
            shot = self._grabber.grab(self._area)
        except (ScreenShotError, OSError) as error:
            raise self._failed(str(error)) from error
        return np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)

    def _frame(self, pixels: Plane, now_ms: float) -> RawFrame:
        height, width = pixels.shape[:2]
        fit = within((width, height), (self._size.width_px, self._size.height_px))
        frame = blank(fit.width_px, fit.height_px, now_ms)
        if (fit.width_px, fit.height_px) != (width, height):
            pixels = np.asarray(
                cv2.resize(pixels, (fit.width_px, fit.height_px), interpolation=cv2.INTER_AREA), np.uint8
            )
        cv2.cvtColor(pixels, cv2.COLOR_BGRA2YUV_I420, dst=np.asarray(frame.stacked))
        return frame

    def _failed(self, detail: str) -> DeviceError:
        return DeviceError(Problem(ProblemCode.SCREEN_FAILED, self.name), detail)
