"""Where decoded pictures meet the window: mailboxes that keep the latest one and wake the window seldom."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from visio_desktop.diagnostics.freeze import FreezeMeter
from visio_desktop.meeting.frames import Picture, PictureTarget
from visio_desktop.system.clock import Clock, monotonic_ms


class VideoSurface(Protocol):
    """What shows the pictures of one mailbox; another kind of surface (OpenGL, RHI) can take its place."""

    def picture_changed(self) -> None:
        """There is a newer picture in the mailbox."""


class WakeUp(QObject):
    """Wakes all surfaces that have something new, at most once per `INTERVAL_MS`, from however many threads it comes.

    The first picture after a pause is shown at once; while pictures flow, one timer serves every tile of the window.
    """

    INTERVAL_MS = 16
    PAUSE_MS = 100.0
    _called = Signal()

    def __init__(self, parent: QObject | None = None, *, clock: Clock = monotonic_ms) -> None:
        super().__init__(parent)
        self._clock = clock
        self._woke_ms = float("-inf")
        self._lock = threading.Lock()
        self._waiting: list[FrameMailbox] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(self.INTERVAL_MS)
        self._timer.timeout.connect(self._wake)
        self._called.connect(self._begin)

    def call(self, mailbox: FrameMailbox) -> None:
        """A mailbox has something new. From any thread."""
        with self._lock:
            self._waiting.append(mailbox)
            first = len(self._waiting) == 1
        if first:
            self._called.emit()

    def _begin(self) -> None:
        if self._timer.isActive():
            return
        if self._clock() - self._woke_ms > self.PAUSE_MS:
            self._wake()
        else:
            self._timer.start()

    def _wake(self) -> None:
        self._woke_ms = self._clock()
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for mailbox in waiting:
            mailbox.wake()


class FrameMailbox:
    """A `FrameSink`: keeps the latest picture. `put` and `target` from any thread, the rest on the window's."""

    def __init__(self, wake_up: WakeUp, surface: VideoSurface, *, clock: Clock = monotonic_ms) -> None:
        self._wake_up = wake_up
        self._surface: VideoSurface | None = surface
        self._clock = clock
        self._lock = threading.Lock()
        self._picture: Picture | None = None
        self._called = False
        self._target: PictureTarget | None = None
        self._first_painted: Callable[[], None] | None = None
        self.meter = FreezeMeter()

    def put(self, picture: Picture) -> None:
        """Take the newest picture."""
        with self._lock:
            self._picture = picture
            called, self._called = self._called, True
        if not called:
            self._wake_up.call(self)

    def target(self) -> PictureTarget | None:
        """The size wanted."""
        return self._target

    def aim(self, target: PictureTarget | None) -> None:
        """Want another size, or nothing."""
        if target is None and self._target is not None:
            self.meter.paused()
        self._target = target

    def latest(self) -> Picture | None:
        """The newest picture."""
        return self._picture

    def clear(self) -> None:
        """Forget the picture: nothing is sent any more."""
        with self._lock:
            self._picture = None
        self.meter.paused()

    def wake(self) -> None:
        """Tell the surface."""
        with self._lock:
            self._called = False
        if self._surface is not None:
            self._surface.picture_changed()

    def painted(self) -> None:
        """The surface has painted a new picture."""
        self.meter.painted(self._clock())
        if self._first_painted is not None:
            tell, self._first_painted = self._first_painted, None
            tell()

    def on_first_painted(self, listener: Callable[[], None]) -> None:
        """Call `listener` when the first picture has been painted."""
        self._first_painted = listener

    def close(self) -> None:
        """The surface is gone."""
        self._surface = None
        self._target = None
