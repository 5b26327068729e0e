"""How a shared screen is looked at: as a whole, or a part of it, larger. Pure geometry."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

LARGEST: Final = 8.0
STEP: Final = 1.25
_NEARLY_ONE: Final = 1.001


@dataclass(frozen=True, slots=True)
class Box:
    """Where the whole picture lies, in px of the tile; parts of it may be outside."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Zoom:
    """`factor` 1 shows the whole picture; the point `x`, `y` of it (0 to 1) is in the middle of the tile."""

    factor: float = 1.0
    x: float = 0.5
    y: float = 0.5

    @property
    def is_whole(self) -> bool:
        """Whether the whole picture is seen."""
        return self.factor < _NEARLY_ONE

    def to(
        self, factor: float, area: tuple[float, float], picture: tuple[float, float], at: tuple[float, float]
    ) -> Zoom:
        """Zoomed to `factor`, the point `at` of the tile staying where it is. `area` and `picture` are sizes in px."""
        factor = min(LARGEST, max(1.0, factor))
        if factor < _NEARLY_ONE:
            return Zoom()
        before, after = self.box(area, picture), replace(self, factor=factor).box(area, picture)
        share = ((at[0] - before.x) / before.width, (at[1] - before.y) / before.height)
        x = share[0] - (at[0] - area[0] / 2) / after.width
        y = share[1] - (at[1] - area[1] / 2) / after.height
        return Zoom(factor, x, y).held(area, picture)

    def moved(self, by: tuple[float, float], area: tuple[float, float], picture: tuple[float, float]) -> Zoom:
        """The picture moved by so many px."""
        box = self.box(area, picture)
        return replace(self, x=self.x - by[0] / box.width, y=self.y - by[1] / box.height).held(area, picture)

    def held(self, area: tuple[float, float], picture: tuple[float, float]) -> Zoom:
        """No further aside than the picture's edge."""
        fitted = _fitted(area, picture)
        return replace(
            self,
            x=_within(self.x, area[0] / (fitted[0] * self.factor) / 2),
            y=_within(self.y, area[1] / (fitted[1] * self.factor) / 2),
        )

    def box(self, area: tuple[float, float], picture: tuple[float, float]) -> Box:
        """Where the whole picture lies."""
        width, height = (side * self.factor for side in _fitted(area, picture))
        return Box(area[0] / 2 - self.x * width, area[1] / 2 - self.y * height, width, height)


def actual_size(area: tuple[float, float], picture: tuple[float, float]) -> float:
    """The factor at which one px of the picture is one px of the tile, where that is an enlargement."""
    return min(LARGEST, max(1.0, picture[0] / _fitted(area, picture)[0]))


def _fitted(area: tuple[float, float], picture: tuple[float, float]) -> tuple[float, float]:
    scale = min(area[0] / picture[0], area[1] / picture[1])
    return picture[0] * scale, picture[1] * scale


def _within(centre: float, half: float) -> float:
    return 0.5 if half >= 0.5 else min(max(centre, half), 1 - half)  # noqa: PLR2004 - the middle
