"""A screen or a window of an X display, by what changes on it: what stands still is neither fetched nor converted.

The display tells what was painted (Damage); only that part is fetched and converted. Not every way to paint is told of:
about once a second an eighth of it is fetched and compared, after a surprise all of it, and all of it at every look
where the display tells nothing. A window is fetched from the picture the
display keeps of it (Composite): nothing of what lies over it is ever in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from visio_desktop.media.errors import DeviceError
from visio_desktop.media.opencv import cv2
from visio_desktop.media.raw import Plane, RawFrame, blank, even_up, unstack
from visio_desktop.media.scale import within
from visio_desktop.media.sources.pace import Pace
from visio_desktop.media.sources.port import CaptureSize
from visio_desktop.media.sources.settling import REPEAT_MS, Settling
from visio_desktop.media.x11.display import Display
from visio_desktop.media.x11.pointer import Pointer, draw_pointer, find_pointer
from visio_desktop.media.x11.subjects import OneWindow, Subject, WholeScreen
from visio_desktop.media.x11.wire import X11Error
from visio_desktop.meeting.areas import Area
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.system.clock import Clock

_MOST_PX_A_SECOND: Final = 1920 * 1080 * 30
_SURPRISES: Final = 3
_PARTS: Final = 8
_CALM_S: Final = 0.25
_TROUBLES: Final = 10
_GREY: Final = 128

type Open = Callable[[Display], Subject]


def open_x11_screen(name: str, area: Area, size: CaptureSize, clock: Clock, pace: Pace | None = None) -> X11Source:
    """Open this area of the display. Raises `DeviceError`."""
    failed = Problem(ProblemCode.SCREEN_FAILED, name)
    return X11Source(name, lambda display: WholeScreen(display, area), failed, size, clock=clock, pace=pace)


def open_x11_window(key: str, size: CaptureSize, clock: Clock, pace: Pace | None = None) -> X11Source:
    """Open the window of this number, written as in `window:0x1200003`. Raises `DeviceError` once it is closed."""
    name = f"window:{key}"
    closed = Problem(ProblemCode.WINDOW_CLOSED)
    try:
        number = int(key, 16)
    except ValueError as error:
        raise DeviceError(closed, f"{key} is no window") from error
    return X11Source(name, lambda display: OneWindow(display, number), closed, size, clock=clock, pace=pace)


class X11Source:
    """What `open_subject` finds on the display; `failed` is what its end is told as. Raises `DeviceError`."""

    def __init__(
        self,
        name: str,
        open_subject: Open,
        failed: Problem,
        size: CaptureSize,
        *,
        clock: Clock,
        pace: Pace | None = None,
        open_display: Callable[[], Display] = Display,
    ) -> None:
        self._name, self._failed, self._size = name, failed, size
        self._pace = pace or Pace(clock)
        self._settling = Settling()
        self._compared_ms = float("-inf")
        self._surprises = self._troubles = self._part = 0
        self._outdated = False
        self._pixels: Plane | None = None
        self._canvas: RawFrame | None = None
        self._given: RawFrame | None = None
        self._pointer: Pointer | None = None
        self._whole = Area(0, 0, 0, 0)
        self._display: Display | None = None
        try:
            self._display = open_display()
            self._subject = open_subject(self._display)
            self._tells = self._subject.tells
        except X11Error as error:
            self.close()
            raise DeviceError(failed, str(error)) from error

    @property
    def name(self) -> str:
        """Its spec."""
        return self._name

    @property
    def area(self) -> Area | None:
        """Where it is on the display; None while it is minimised."""
        return self._subject.area

    def read(self) -> RawFrame:
        """Wait until something has changed, at most a second."""
        while True:
            if self._tells and self._display is not None and self._settling.is_calm:
                # Only the mouse is not told of: it is looked for less often until it, or anything, moves again.
                self._display.wait(_CALM_S)
            now_ms = self._pace.wait(self._interval_ms())
            try:
                changed = self._look(now_ms)
                self._troubles = 0
            except X11Error as error:
                self._troubles += 1
                if self._troubles == _TROUBLES or not self._subject.is_there():
                    raise DeviceError(self._failed, str(error)) from error
                changed, self._outdated = False, True
            if changed or self._settling.is_due(now_ms):
                self._settling.given(now_ms, changed=changed)
                return self._frame(now_ms) if changed or self._given is None else self._once_more(self._given, now_ms)

    def forget(self) -> None:
        """Fetch all anew next time: nothing that was seen until now may be in what is given then."""
        self._pixels = None

    def close(self) -> None:
        """Let go of the display."""
        if self._display is not None:
            self._display.close()

    def _interval_ms(self) -> float:
        """As often as asked for, less often what is larger than two million pixels."""
        limit_px = (self._size.width_px, self._size.height_px)
        fit = within((max(1, self._whole.width), max(1, self._whole.height)), limit_px)
        return max(1000 / self._size.fps, 1000 * fit.width_px * fit.height_px / _MOST_PX_A_SECOND)

    def _look(self, now_ms: float) -> bool:
        """Bring the pixels up to date; whether anything is other than before."""
        changes = self._subject.look()
        if changes.gone:
            raise X11Error("closed")
        area = self._subject.area
        if area is None:
            return False
        if (
            self._pixels is None
            or self._outdated
            or (area.width, area.height) != (self._whole.width, self._whole.height)
        ):
            self._begin(area)
            self._compared_ms = now_ms
            return True
        changed = self._point(area)
        if changes.painted is not None:
            self._fetch(changes.painted)
            self._compared_ms = now_ms
            return True
        if now_ms - self._compared_ms >= REPEAT_MS or not self._tells:
            self._compared_ms = now_ms
            return self._compare() or changed
        return changed

    def _begin(self, area: Area) -> None:
        """Fetch all, in this size from now on."""
        self._outdated = False
        self._whole = Area(0, 0, area.width, area.height)
        self._pixels = np.zeros((even_up(area.height), even_up(area.width), 4), np.uint8)
        fits = area.width <= self._size.width_px and area.height <= self._size.height_px
        self._canvas = blank(area.width, area.height) if fits else None
        self._pointer = self._find_pointer(area)
        self._fetch(self._whole)

    def _compare(self) -> bool:
        """Fetch the next part of it, or all after a surprise; whether it is other than it was thought to be."""
        if not self._is_other(self._next_part() if self._tells and not self._surprises else self._whole):
            self._surprises = 0
            return False
        self._surprises += 1
        if self._surprises == _SURPRISES:
            self._tells = False  # painted by ways the display does not tell of
        self._fetch(self._whole)
        return True

    def _next_part(self) -> Area:
        self._part = (self._part + 1) % _PARTS
        top, foot = (self._whole.height * at // _PARTS for at in (self._part, self._part + 1))
        return Area(0, top, self._whole.width, max(1, foot - top))

    def _is_other(self, part: Area) -> bool:
        assert self._pixels is not None  # noqa: S101 - only called once there are some
        known = self._pixels[part.top : part.top + part.height, : part.width]
        return not np.array_equal(self._subject.grab(part), known)

    def _point(self, area: Area) -> bool:
        """Follow the mouse; whether it is drawn otherwise now."""
        before, self._pointer = self._pointer, self._find_pointer(area)
        if before is self._pointer or (self._pointer is not None and self._pointer.looks_like(before)):
            return False
        for pointer in (before, self._pointer):
            if pointer is not None:
                self._paint(pointer.area)
        return True

    def _find_pointer(self, area: Area) -> Pointer | None:
        """The mouse, counted from the subject's corner; None where it is elsewhere."""
        assert self._display is not None  # noqa: S101 - opened with the source
        pointer = find_pointer(self._display)
        if pointer is None:
            return None
        here = pointer.area.moved(-area.left, -area.top)
        return None if here.within(self._whole).is_empty else Pointer(here, pointer.serial, pointer.pixels)

    def _fetch(self, part: Area) -> None:
        self._keep(part, self._subject.grab(part))

    def _keep(self, part: Area, pixels: Plane) -> None:
        assert self._pixels is not None  # noqa: S101 - made with the size
        right, foot = part.left + part.width, part.top + part.height
        self._pixels[part.top : foot, part.left : right] = pixels
        # An odd size is filled up with its last column and row: scaled by one pixel, text would be blurred.
        if right == self._whole.width < self._pixels.shape[1]:
            self._pixels[part.top : foot, right] = self._pixels[part.top : foot, right - 1]
        if foot == self._whole.height < self._pixels.shape[0]:
            self._pixels[foot] = self._pixels[foot - 1]
        self._paint(part)

    def _paint(self, part: Area) -> None:
        """Convert a part, with the mouse on it; what is scaled is converted as a whole."""
        if self._canvas is None or self._pixels is None:
            return
        rows, columns = self._pixels.shape[:2]
        left, top = max(0, part.left) & ~1, max(0, part.top) & ~1
        right, foot = min(columns, part.left + part.width + 1 & ~1), min(rows, part.top + part.height + 1 & ~1)
        if right <= left or foot <= top:
            return
        drawn = self._drawn(Area(left, top, right - left, foot - top))
        small = unstack(np.asarray(cv2.cvtColor(drawn, cv2.COLOR_BGRA2YUV_I420), np.uint8), 0.0)
        self._canvas.y[top:foot, left:right] = small.y
        half = (slice(top // 2, foot // 2), slice(left // 2, right // 2))
        self._canvas.u[half], self._canvas.v[half] = small.u, small.v

    def _drawn(self, part: Area) -> Plane:
        """A part of the pixels, with the mouse on it."""
        assert self._pixels is not None  # noqa: S101 - as above
        pixels = self._pixels[part.top : part.top + part.height, part.left : part.left + part.width]
        if self._pointer is None or self._pointer.area.within(part).is_empty:
            return pixels
        drawn = pixels.copy()
        draw_pointer(drawn, part, self._pointer)
        return drawn

    def _once_more(self, given: RawFrame, now_ms: float) -> RawFrame:
        return replace(given, capture_ms=now_ms, again=True)

    def _frame(self, now_ms: float) -> RawFrame:
        self._given = frame = self._made(now_ms)
        return frame

    def _made(self, now_ms: float) -> RawFrame:
        if self._pixels is None:
            frame = blank(self._size.width_px // 2, self._size.height_px // 2, now_ms)
            np.asarray(frame.stacked)[:] = _GREY
            return frame
        if self._canvas is not None:
            return unstack(np.asarray(self._canvas.stacked).copy(), now_ms)
        rows, columns = self._pixels.shape[:2]
        return shrunk(self._drawn(Area(0, 0, columns, rows)), self._size, now_ms)


def shrunk(pixels: Plane, size: CaptureSize, now_ms: float, conversion: int = cv2.COLOR_BGRA2YUV_I420) -> RawFrame:
    """The frame of (height, width, colours) pixels, four with blue first, in the size asked for at most."""
    height, width = pixels.shape[:2]
    fit = within((width, height), (size.width_px, size.height_px))
    frame = blank(fit.width_px, fit.height_px, now_ms)
    if (fit.width_px, fit.height_px) != (width, height):
        small = cv2.resize(pixels, (fit.width_px, fit.height_px), interpolation=cv2.INTER_AREA)
        pixels = np.asarray(small, np.uint8)
    cv2.cvtColor(pixels, conversion, dst=np.asarray(frame.stacked))
    return frame
