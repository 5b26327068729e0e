"""What a client showed and played over time, and what is read from it: freezes, gaps, sizes, ages.

All times are epoch milliseconds: publishers, clients and the bench are processes of one machine and share its clock.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from visio_desktop.diagnostics.freeze import FreezeMeter
from visio_desktop.media.frame_clock import age_ms

_MAX_AGE_MS = 30_000
_FEWEST = 2  # of less than two pictures there is no interval: it stands still


@dataclass(frozen=True, slots=True)
class Painted:
    """One picture as it was shown; `code` is the frame clock in it, None where it could not be read."""

    at_ms: float
    code: int | None
    height_px: int


@dataclass(frozen=True, slots=True)
class Heard:
    """Counts of played sound since it began.

    The rest is since last asked, None where unknown: the longest silence, the mean delay in the jitter buffer, and when
    beats began (`bench.beat`).
    """

    played_ms: float = 0.0
    concealed_ms: float = 0.0
    silent_ms: float | None = None
    delay_ms: float | None = None
    onsets_ms: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What a client tells: its pictures since it was last asked, by tile, and the counts of its sound."""

    tiles: Mapping[str, Sequence[Painted]]
    heard: Heard

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Told:
        """From the JSON of a client's process or page."""
        tiles = {key: [Painted(*painted) for painted in rows] for key, rows in raw["tiles"].items()}
        return cls(tiles, Heard(**raw["heard"]))


class Tile:
    """All pictures of one tile. A picture with the clock of the one before is that one shown again: no new frame."""

    def __init__(self) -> None:
        self.painted: list[Painted] = []

    def add(self, rows: Sequence[Painted]) -> None:
        """Take in what was painted since."""
        for row in rows:
            last = self.painted[-1] if self.painted else None
            if last is None or row.code is None or row.code != last.code:
                self.painted.append(row)

    def frozen_ms(self, from_ms: float, until_ms: float) -> float:
        """How long it stood still between two moments; all the time if never painted before the second."""
        freezes = self._freezes(until_ms)
        return sum(max(0.0, min(end, until_ms) - max(begin, from_ms)) for begin, end in freezes)

    def _freezes(self, until_ms: float) -> list[tuple[float, float]]:
        """Beginning and end of each freeze, by the rule of `FreezeMeter`."""
        meter, found, last_ms = FreezeMeter(), [], -math.inf
        for at_ms in (p.at_ms for p in self.painted if p.at_ms <= until_ms):
            count = meter.freeze_count
            meter.painted(at_ms)
            if meter.freeze_count > count:
                found.append((last_ms, at_ms))
            last_ms = at_ms
        if meter.frames_painted < _FEWEST or meter.frozen_until_ms(until_ms) > meter.frozen_ms:
            found.append((last_ms, until_ms))
        return found

    def longest_gap_ms(self, from_ms: float, until_ms: float) -> float:
        """The longest time without a new picture between two moments."""
        times = [from_ms, *(p.at_ms for p in self.painted if from_ms < p.at_ms < until_ms), until_ms]
        return max(b - a for a, b in pairwise(times))

    def first_after_ms(self, moment_ms: float, *, height_px: int = 0) -> float | None:
        """How long after a moment the first new picture (of at least this height) came, None if none did."""
        found = (p.at_ms for p in self.painted if p.at_ms >= moment_ms and p.height_px >= height_px)
        return next((at_ms - moment_ms for at_ms in found), None)

    def settled_ms(self, moment_ms: float, *, height_px: int) -> float | None:
        """How long after a moment pictures were and stayed of at least this height, None if the last is lower."""
        after = [p for p in self.painted if p.at_ms >= moment_ms]
        low = [n for n, p in enumerate(after) if p.height_px < height_px]
        if not after or low[-1:] == [len(after) - 1]:
            return None
        return after[low[-1] + 1].at_ms - moment_ms if low else 0.0

    def ages_ms(self, from_ms: float, until_ms: float) -> list[int]:
        """How old pictures were when painted, by their frame clock."""
        shown = (p for p in self.painted if from_ms <= p.at_ms <= until_ms)
        ages = (age_ms(p.code, p.at_ms) for p in shown if p.code is not None)
        return [age for age in ages if age < _MAX_AGE_MS]

    def fps(self, from_ms: float, until_ms: float) -> float:
        """New pictures each second."""
        return 1000 * sum(from_ms < p.at_ms <= until_ms for p in self.painted) / (until_ms - from_ms)


class RecentMean:
    """A mean of late out of two sums that only grow: as statistics give the delay of the jitter buffer."""

    def __init__(self) -> None:
        self._sum = self._count = 0.0

    def since(self, total: float, count: float) -> float | None:
        """The mean since last asked, None if nothing came."""
        grown, more = total - self._sum, count - self._count
        self._sum, self._count = total, count
        return grown / more if more > 0 else None


def concealed_ratio(before: Heard, after: Heard) -> float | None:
    """The part of the sound between two moments that was made up, None where none was played."""
    played_ms = after.played_ms - before.played_ms
    return None if played_ms <= 0 else max(0.0, after.concealed_ms - before.concealed_ms) / played_ms


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The least value that so many percent do not exceed (nearest rank), None without values."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]
