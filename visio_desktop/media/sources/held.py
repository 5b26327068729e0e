"""A shared screen that can be held: the others keep its last picture, and nothing newer leaves.

Held, the screen is not even looked at. The picture is given again now and then (`settling`): it becomes sharp, and
whoever comes has one to begin with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from visio_desktop.media.gate import Gate
from visio_desktop.media.sources.port import CaptureSize, VideoSource
from visio_desktop.media.sources.settling import Settling
from visio_desktop.meeting.areas import Area
from visio_desktop.system.clock import Clock

if TYPE_CHECKING:
    from visio_desktop.media.raw import RawFrame

_GREY: Final = 128


@runtime_checkable
class Forgetful(Protocol):
    """A source whose next picture is made of earlier ones too."""

    def forget(self) -> None:
        """Make it of nothing that was seen until now."""


class Hold:
    """What the engine and the thread that captures a screen tell each other. Thread-safe.

    `area` is where what is shared stands on the display, as it was when last looked at; None where that is unknown,
    or it is minimised.
    """

    def __init__(self, *, held: bool = False) -> None:
        self._gate = Gate()
        self._let_go = Event()
        self.area: Area | None = None
        self.hold(held)

    @property
    def is_held(self) -> bool:
        """Whether only what was captured before leaves."""
        return self._gate.opening is None

    @property
    def opening(self) -> int | None:
        """How many times it was let go so far, None while held."""
        return self._gate.opening

    def hold(self, on: bool) -> None:
        """Once this returns with `on`, nothing that is captured from then on leaves, until it is let go again."""
        self._gate.set_open(not on)
        if on:
            self._let_go.clear()
        else:
            self._let_go.set()

    def pass_through(self, opening: int, keep: Callable[[], None]) -> bool:
        """Call `keep` if it has not been held since that opening."""
        return self._gate.pass_through(opening, keep)

    def wait(self, longest_s: float) -> None:
        """Wait until it is let go, not longer than that."""
        self._let_go.wait(longest_s)


class HeldSource:
    """Another source of pictures of a screen, with a hold on it. `wait` waits on the hold, at most so many seconds."""

    def __init__(
        self,
        source: VideoSource,
        hold: Hold,
        size: CaptureSize,
        *,
        clock: Clock,
        wait: Callable[[float], None] | None = None,
    ) -> None:
        self._source, self._hold, self._size, self._clock = source, hold, size, clock
        self._wait = wait or hold.wait
        self._last: RawFrame | None = None
        self._settling = Settling()

    @property
    def name(self) -> str:
        """The name of what is shared."""
        return self._source.name

    def read(self) -> RawFrame:
        """Wait for the next picture, or for the time to give the last one again."""
        while (opening := self._hold.opening) is not None:
            frame = self._source.read()
            area = getattr(self._source, "area", None)
            self._hold.area = area if isinstance(area, Area) else None
            # What was captured in one opening and comes in another may show what happened in between.
            if self._hold.pass_through(opening, lambda frame=frame: self._keep(frame)):  # type: ignore[misc]
                return frame
            if isinstance(self._source, Forgetful):
                self._source.forget()
        self._wait(self._settling.wait_ms / 1000)
        if self._last is None:
            self._last = self._nothing()
        now_ms = self._clock()
        self._settling.given(now_ms, changed=False)
        return replace(self._last, capture_ms=now_ms, again=True)

    def close(self) -> None:
        """Let go of the screen."""
        self._source.close()

    def _keep(self, frame: RawFrame) -> None:
        self._last = frame
        self._settling.given(frame.capture_ms, changed=True)

    def _nothing(self) -> RawFrame:
        """A grey picture, where it was held before there was one."""
        from visio_desktop.media.raw import blank  # noqa: PLC0415 - NumPy is imported late

        frame = blank(self._size.width_px // 2, self._size.height_px // 2)
        for plane in (frame.y, frame.u, frame.v):
            plane[:] = _GREY
        return frame
