"""Between the display's own pixels and those Qt counts in, which are larger on a screen that is scaled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect
from PySide6.QtGui import QScreen

from visio_desktop.meeting.areas import Area


@dataclass(frozen=True, slots=True)
class Place:
    """A screen: its upper left corner, which Qt leaves where the display has it, its size as Qt counts, its scale."""

    left: int
    top: int
    width: int
    height: int
    ratio: float

    @property
    def area(self) -> Area:
        """The same in the display's pixels."""
        return Area(self.left, self.top, round(self.width * self.ratio), round(self.height * self.ratio))


def places_of(screens: Iterable[QScreen]) -> tuple[Place, ...]:
    """The screens as they are now."""
    seen = ((screen.geometry(), screen.devicePixelRatio()) for screen in screens)
    return tuple(Place(rect.x(), rect.y(), rect.width(), rect.height(), ratio) for rect, ratio in seen)


def place_of(area: Area, places: Sequence[Place]) -> Place | None:
    """The screen that most of an area is on; None where it is on none."""
    best = max(places, key=lambda place: _shared_px(area, place), default=None)
    return best if best is not None and _shared_px(area, best) > 0 else None


def to_logical(area: Area, places: Sequence[Place]) -> QRect | None:
    """Where Qt would put a window over this area of the display; None where it is on no screen."""
    place = place_of(area, places)
    if place is None:
        return None
    left, top = (area.left - place.left) / place.ratio, (area.top - place.top) / place.ratio
    right, foot = left + area.width / place.ratio, top + area.height / place.ratio
    return QRect(place.left + round(left), place.top + round(top), round(right) - round(left), round(foot) - round(top))


def _shared_px(area: Area, place: Place) -> int:
    part = area.within(place.area)
    return 0 if part.is_empty else part.width * part.height
