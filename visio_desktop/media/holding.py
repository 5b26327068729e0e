"""How much sound waits between two clocks, held where it was: an echo then comes back as late as it always did.

An echo canceller learns how late what is played comes back to the microphone. That is constant only while the queue
between the two is: each of its samples more or less is a sample of delay. So its length is measured as exactly as the
devices' bursts let it be, the clocks' difference is followed slowly, and what an interruption left too long or too
short is put right at once (docs/decisions/0044).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from statistics import median
from typing import Final

from visio_desktop.media.samples import BLOCK, FRAME, RATE_HZ

MOST_DRIFT: Final = 0.003
"""What two clocks may differ by."""

WINDOW: Final = 15
"""Lengths that are judged together: of 0.3 s."""

_WINDOW_S: Final = WINDOW * FRAME / RATE_HZ
_OUTLIERS: Final = 3
_FIRST: Final = 3
_STEADY: Final = 120
_LONGEST_WAIT: Final = 20
_JUMP: Final = 300
_ENOUGH: Final = FRAME + BLOCK + 120
_MOST: Final = FRAME + 15 * BLOCK
_BARE: Final = FRAME + BLOCK
_QUICK_S: Final = 4.0
_SLOW_S: Final = 20.0
_DAMPING: Final = 4.0
_MOST_PULL: Final = 0.0003
_STEP: Final = 2.0
_LONG_AGO: Final = 100
_MOST_SPREAD_STEP: Final = 10.0


@dataclass(frozen=True, slots=True)
class _Seen:
    """The lengths of a window: the shortest and longest, and the mean without outliers."""

    low: float
    middle: float
    high: float


class Holding:
    """Told of the length at each reading of 20 ms, it says how fast to read and what to cut or to fill in."""

    def __init__(self) -> None:
        self.ratio = 1.0
        """Samples of the writer's to make one of the reader's."""
        self._window: list[float] = []
        self._first: list[_Seen] = []
        self._waited = 0
        self._goal: float | None = None
        self._below = self._above = 0.0
        self._lows: deque[float] = deque(maxlen=_LONG_AGO)
        self._jumped = 0.0
        self._drift = 0.0
        self._held_s = 0.0

    @property
    def is_held(self) -> bool:
        """Whether it is known by now how much is to wait."""
        return self._goal is not None

    def update(self, length: float) -> int:
        """Judge what waits to be read, with what the writer has and has not given yet.

        Returns how many samples are too many now, negative: too few.
        """
        self._window.append(length)
        if len(self._window) < WINDOW:
            return 0
        ordered = sorted(self._window)
        self._window.clear()
        middle = ordered[_OUTLIERS:-_OUTLIERS]
        seen = _Seen(ordered[0], sum(middle) / len(middle), ordered[-1])
        return self._begin(seen) if self._goal is None else self._hold(seen, self._goal)

    def interrupt(self) -> None:
        """Something is amiss: what was seen of this window says nothing."""
        self._window.clear()
        self._jumped = 0.0

    def allow(self, samples: int) -> None:
        """What waits has not been enough again and again: let so many more wait from now on."""
        if self._goal is not None:
            self._goal = min(self._goal + samples, _MOST)

    def _begin(self, seen: _Seen) -> int:
        """As much is to wait as is needed with bursts as they were so far."""
        self._first = [*self._first[1 - _FIRST :], seen]
        self._waited += 1
        middles = [each.middle for each in self._first]
        is_steady = len(middles) == _FIRST and max(middles) - min(middles) < _STEADY
        if not is_steady and self._waited < _LONGEST_WAIT:
            return 0
        self._goal = median(middles)
        self._below = self._goal - median(each.low for each in self._first)
        self._above = median(each.high for each in self._first) - self._goal
        surplus = round(self._goal - self._below) - _ENOUGH
        self._goal -= surplus
        return surplus

    def _hold(self, seen: _Seen, goal: float) -> int:
        low, high = seen.low - (goal - self._below), seen.high - (goal + self._above)
        jumped = low if low > _JUMP else min(high + _JUMP, 0.0)
        if jumped:
            is_sure = jumped * self._jumped > 0
            self._jumped = 0.0 if is_sure else jumped
            return round(seen.middle - goal) if is_sure else 0
        self._jumped = 0.0
        self._below += _step(seen.middle - seen.low - self._below, _MOST_SPREAD_STEP)
        self._above += _step(seen.high - seen.middle - self._above, _MOST_SPREAD_STEP)
        self._follow(_step(seen.middle - goal, _JUMP))
        self._fit(seen.low, goal)
        return 0

    def _follow(self, error: float) -> None:
        """The slower the longer it goes on: at first the difference of the clocks is to be found."""
        self._held_s += _WINDOW_S
        gain = 1 / min(max(self._held_s, _QUICK_S), _SLOW_S)
        self._drift += gain * gain / _DAMPING * _WINDOW_S * error / RATE_HZ
        self._drift = _step(self._drift, MOST_DRIFT)
        self.ratio = 1 + self._drift + _step(gain * error / RATE_HZ, _MOST_PULL)

    def _fit(self, low: float, goal: float) -> None:
        """What has not been needed for half a minute is given up, slowly enough for a canceller to follow."""
        self._lows.append(low)
        if low < _BARE:
            self._goal = goal + _STEP
        elif len(self._lows) == _LONG_AGO and min(self._lows) > _ENOUGH + BLOCK / 2:
            self._goal = goal - _STEP


def _step(wanted: float, most: float) -> float:
    return min(max(wanted, -most), most)
