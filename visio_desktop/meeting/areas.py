"""Rectangles of a display, in its own pixels."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle in px; `width` and `height` of 0 or less hold nothing."""

    left: int
    top: int
    width: int
    height: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in it."""
        return self.width <= 0 or self.height <= 0

    def within(self, other: Area) -> Area:
        """The part of it that lies in another; empty where there is none."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right = min(self.left + self.width, other.left + other.width)
        foot = min(self.top + self.height, other.top + other.height)
        return Area(left, top, right - left, foot - top)

    def moved(self, left: int, top: int) -> Area:
        """The same elsewhere, by so many px to the right and down."""
        return Area(self.left + left, self.top + top, self.width, self.height)
