"""Figures of sound: what was measured, and what it must reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.far_end import Spread
from visio_desktop.media.samples import FRAME, Samples, level_db

LOUD_DB = -45.0
"""From here on somebody, or an echo, counts as heard."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; `bar` is what it must reach, at least or (`most`) at most."""

    what: str
    value: float
    unit: str
    bar: float | None = None
    most: bool = False

    @property
    def holds(self) -> bool:
        """Whether the bar is reached."""
        return self.bar is None or (self.value <= self.bar if self.most else self.value >= self.bar)


def of_voices(what: str, unit: str, found: Spread, bar: float | None, worst_bar: float | None = None) -> list[Figure]:
    """The median, which has the bar, and the worst, which may have one."""
    whose, worst = found.worst
    several = f"of {len(found.by_voice)} voices"
    return [
        Figure(f"{what}, median {several}", found.median, unit, bar, most=found.most),
        Figure(f"{what}, worst {several} ({whose})", worst, unit, worst_bar, most=found.most),
    ]


def begin(samples: Samples) -> int:
    """Where it is first heard."""
    return int(np.argmax(np.abs(samples) > 0.01))


def loss_db(before: Samples, after: Samples) -> float:
    """How much quieter it became."""
    return level_db(before) - level_db(after)


def near_loss_db(voice: Samples, echo: Samples, alone: Samples, both: Samples, begin: int) -> float:
    """How much quieter a voice came out with an echo than alone, over the frames in which both are loud."""
    powers = []
    for at in range(begin, min(len(voice), len(echo), len(alone), len(both)) - FRAME, FRAME):
        part = slice(at, at + FRAME)
        if min(level_db(voice[part]), level_db(echo[part])) > LOUD_DB:
            powers.append((float(np.square(alone[part]).sum()), float(np.square(both[part]).sum())))
    before, after = np.sum(powers, axis=0)
    return 10 * float(np.log10(before / after))
