"""Stands between one's camera and everything that shows or sends its pictures.

Whoever chose a background trusts that nobody sees the room. So a picture goes through only as it was chosen, or not at
all: where the network that finds the person cannot be used a curtain is drawn, where a chosen picture cannot be used
the room is blurred instead, and where this machine cannot keep up even at the least of its steps, `on_trouble` says so
with `BACKGROUND_TOO_SLOW` and the curtain stays until somebody acts on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from visio_desktop.media.errors import EffectError
from visio_desktop.media.look.behind import SLIGHT, STRONG, Behind, Blurred, Still, blend
from visio_desktop.media.look.images import open_image
from visio_desktop.media.look.light import Light
from visio_desktop.media.look.segmenter import Mask, Segmenter
from visio_desktop.media.look.steady import Steady
from visio_desktop.media.overload import Overload
from visio_desktop.media.raw import RawFrame, blank, even_up
from visio_desktop.media.scale import Fit, scale
from visio_desktop.media.sources.drawing import Ellipse, colour, fill_ellipse
from visio_desktop.meeting.look import BLUR, PLAIN, SLIGHT_BLUR, Look
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger

_FINEST: Final = 3
_SMOOTHING: Final = 0.05
_log = get_logger(__name__)


class Finder(Protocol):
    """What finds the person."""

    def find(self, frame: RawFrame) -> Mask:
        """Where they are. Raises `EffectError`."""


class Veil:
    """One look on one camera. `show` is for the camera's thread alone; `on_trouble` is called on it, once a trouble."""

    def __init__(
        self,
        look: Look,
        *,
        interval_ms: float,
        clock: Clock,
        on_trouble: Callable[[Problem], None],
        finder: Callable[[], Finder] = Segmenter,
    ) -> None:
        self._look, self._clock, self._on_trouble, self._make_finder = look, clock, on_trouble, finder
        self._light = Light() if look.brighten else None
        self._finder: Finder | None = None
        self._behind: Behind | None = None
        self._steady = Steady()
        self._mask: Mask | None = None
        self._overload = Overload(interval_ms, _FINEST)
        self._pictures = self._found = 0
        self._curtain: RawFrame | None = None
        self._closed = False
        self.cost_ms = 0.0
        """What a picture costs of late, in milliseconds of this thread's time; any thread may read it."""

    def show(self, frame: RawFrame) -> RawFrame | None:
        """The picture as it may be seen; None where it is left out, to save work."""
        if self._light is not None:
            frame = self._light.lift(frame)
        if self._look.background == PLAIN:
            return frame
        if self._closed:
            return self._drawn(frame)
        self._pictures += 1
        if self._overload.allowed == 1 and self._pictures % 2:
            return None
        began_ms = self._clock()
        try:
            shown = self._hidden(_even(frame))
        except EffectError as error:
            self._close(error.problem, str(error))
            return self._drawn(frame)
        self._took(self._clock() - began_ms)
        return shown

    def _hidden(self, frame: RawFrame) -> RawFrame:
        mask = self._mask_of(frame)
        if self._behind is None:
            self._behind = self._made()
        return blend(frame, self._behind.behind(frame, mask), mask)

    def _mask_of(self, frame: RawFrame) -> Mask:
        """Looked for in every second picture, in every third where time is short."""
        if self._finder is None:
            self._finder = self._make_finder()
        every = 2 if self._overload.allowed == _FINEST else 3
        if self._mask is None or self._found % every == 0:
            self._mask = self._steady.follow(self._finder.find(frame))
        self._found += 1
        return self._mask

    def _made(self) -> Behind:
        match self._look.background:
            case name if name == SLIGHT_BLUR:
                return Blurred(SLIGHT)
            case name if name == BLUR:
                return Blurred(STRONG)
            case name:
                try:
                    return Still(open_image(name))
                except EffectError as error:
                    _log.info("background_refused", reason=str(error))
                    self._on_trouble(error.problem)
                    return Blurred(STRONG)

    def _took(self, spent_ms: float) -> None:
        self.cost_ms += _SMOOTHING * (spent_ms - self.cost_ms)
        before = self._overload.allowed
        # At the least step there is twice the time: every second picture is left out.
        self._overload.took(spent_ms / 2 if before == 1 else spent_ms, self._clock())
        if self._overload.allowed != before:
            _log.info("background_load", cost_ms=round(self.cost_ms, 1), step=self._overload.allowed)
        if self._overload.exhausted:
            self._close(Problem(ProblemCode.BACKGROUND_TOO_SLOW), f"{self.cost_ms:.0f} ms a picture")

    def _close(self, problem: Problem, detail: str) -> None:
        _log.warning("background_given_up", reason=detail)
        self._closed = True
        self._on_trouble(problem)

    def _drawn(self, frame: RawFrame) -> RawFrame:
        """The curtain, in the picture's size: a figure nobody is."""
        curtain = self._curtain
        size_px = (even_up(frame.width_px), even_up(frame.height_px))
        if curtain is None or (curtain.width_px, curtain.height_px) != size_px:
            self._curtain = curtain = draw_curtain(*size_px)
        return replace(curtain, capture_ms=frame.capture_ms)


def draw_curtain(width_px: int, height_px: int) -> RawFrame:
    """What is seen where the room must not be and the person cannot."""
    frame = blank(width_px, height_px)
    ground, figure = colour("#2a2a38"), colour("#3d3d50")
    for plane, value in ((frame.y, ground.y), (frame.u, ground.u), (frame.v, ground.v)):
        plane[:] = value
    centre = width_px / 2
    fill_ellipse(frame, Ellipse((centre, 0.40 * height_px), (0.13 * height_px, 0.13 * height_px)), figure)
    fill_ellipse(frame, Ellipse((centre, 0.88 * height_px), (0.26 * height_px, 0.26 * height_px)), figure)
    return frame


def _even(frame: RawFrame) -> RawFrame:
    width, height = frame.width_px, frame.height_px
    return scale(frame, Fit(0, 0, width, height, even_up(width), even_up(height)))
