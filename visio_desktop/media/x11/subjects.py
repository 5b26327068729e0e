"""What of an X display is shared: a whole screen, or one window whatever lies over it."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from visio_desktop.media.raw import Plane
from visio_desktop.media.x11.display import Changes, Display
from visio_desktop.media.x11.grabbing import Grabber
from visio_desktop.media.x11.wire import X11Error
from visio_desktop.meeting.areas import Area

_EDGES = 4


class Subject(Protocol):
    """Looked at by one thread. All raise `X11Error` where it is not there any more."""

    area: Area | None
    """Where it is on the display; None while it is minimised."""

    tells: bool
    """Whether `look` tells of what is painted."""

    def look(self) -> Changes:
        """What happened since; `painted` counts from its own upper left corner."""

    def grab(self, part: Area) -> Plane:
        """The pixels of a part of it, counted from its own upper left corner; gone with the next call."""

    def is_there(self) -> bool:
        """Whether it still is, after an error: it may have been put away or made smaller just then."""


class WholeScreen:
    """A screen: an area of the root window."""

    def __init__(self, display: Display, area: Area) -> None:
        self._display = display
        self._grabber = Grabber(display)
        self._area = area
        self.area: Area | None = area
        self.tells = display.watch(display.root)

    def look(self) -> Changes:
        """What happened on this screen."""
        changes = self._display.changes(self._display.root)
        if changes.painted is None:
            return changes
        painted = changes.painted.within(self._area)
        painted = painted.moved(-self._area.left, -self._area.top)
        return replace(changes, painted=None if painted.is_empty else painted)

    def grab(self, part: Area) -> Plane:
        """As it is seen."""
        return self._grabber.grab(self._display.root, part.moved(self._area.left, self._area.top))

    def is_there(self) -> bool:
        """A screen does not change by itself."""
        return False


class OneWindow:
    """A window, without the shadow that some draw around themselves."""

    def __init__(self, display: Display, window: int) -> None:
        self._display = display
        self._grabber = Grabber(display)
        self._window = window
        self._shadow = (0, 0)
        self.area: Area | None = None
        display.draw_aside(window)
        self.tells = display.watch(window)
        self._find()

    def look(self) -> Changes:
        """What happened in this window; where it is now stands in `area`."""
        changes = self._display.changes(self._window)
        if changes.gone:
            return changes
        if changes.moved:
            self._find()
        if changes.painted is None or self.area is None:
            return replace(changes, painted=None)
        whole = Area(0, 0, self.area.width, self.area.height)
        painted = changes.painted.moved(-self._shadow[0], -self._shadow[1]).within(whole)
        return replace(changes, painted=None if painted.is_empty else painted)

    def grab(self, part: Area) -> Plane:
        """As it is by itself."""
        picture = self._display.picture_of(self._window)
        try:
            return self._grabber.grab(picture, part.moved(*self._shadow))
        finally:
            self._display.give_back(picture)

    def is_there(self) -> bool:
        """Whether it is not closed."""
        try:
            self._find()
        except X11Error:
            return False
        return True

    def _find(self) -> None:
        if not self._display.is_seen(self._window):
            self.area = None
            return
        place = self._display.place(self._window)
        edges = self._display.numbers(self._window, "_GTK_FRAME_EXTENTS")
        left, right, top, foot = edges if len(edges) == _EDGES else (0, 0, 0, 0)
        inner = Area(place.left + left, place.top + top, place.width - left - right, place.height - top - foot)
        sound = inner.within(place) == inner and not inner.is_empty
        self._shadow = (left, top) if sound else (0, 0)
        self.area = inner if sound else place
