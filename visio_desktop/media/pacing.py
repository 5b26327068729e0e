"""When each frame of a picture stream is shown: smooth over jitter and late repairs, together with the voice.

Nothing is delayed on a path without jitter. Where frames come late, all are shown so late that most of them are only
about a frame behind, so that a bunch freed by one repaired packet plays on instead of jumping. Somewhat late frames
delay nobody: a busy machine makes them too, and age is worse than unrest. Time is passed in; nothing here knows of
pixels.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

WINDOW: Final = 300
"""Frames looked back on: 10 s at 30 per second."""

MAX_DELAY_MS: Final = 450.0
_QUANTILE: Final = 0.95
_TOLERATED_MS: Final = 40.0
_EVERY: Final = 10
_SLEW: Final = 0.15
_CLOSEST_MS: Final = 11.0
_TOO_LATE_MS: Final = 200.0
_JUMP_MS: Final = 2_000.0
_EARLY_MS: Final = 25.0
_LATE_MS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Slot:
    """When to show a frame; one too late for that is only decoded."""

    at_ms: float
    shown: bool


class Pacing:
    """The schedule of one stream. Frames come in order."""

    def __init__(self) -> None:
        self.voice_transit_ms: float | None = None
        """From the capture to the ear of the voice that belongs to the pictures, on the pictures' own time: the clock's
        time when what was said at media time 0 would be heard. None where there is none."""
        self._restart()

    def _restart(self) -> None:
        self._transits: deque[float] = deque(maxlen=WINDOW)
        self._fastest_ms = 0.0
        self._jitter_ms = 0.0
        self._delay_ms = 0.0
        self._count = 0
        self._media_ms: float | None = None
        self._last_ms = 0.0

    @property
    def delay_ms(self) -> float:
        """How much later than the fastest frames came pictures are shown now."""
        return self._delay_ms

    def place(self, media_ms: float, now_ms: float, *, is_sure: bool = True) -> Slot:
        """The slot of a frame that came now; `media_ms` is its RTP time in milliseconds.

        With `is_sure` False it may have come earlier, and its lateness says nothing of the path.
        """
        if self._media_ms is None or not 0 <= media_ms - self._media_ms < _JUMP_MS:
            self._restart()
        if is_sure or not self._transits or now_ms - media_ms < self._fastest_ms:
            self._observe(now_ms - media_ms)
        since_ms = 0.0 if self._media_ms is None else media_ms - self._media_ms
        self._media_ms = media_ms
        self._steer(since_ms)
        due_ms = media_ms + self._fastest_ms + self._delay_ms
        # After a standstill only the newest are worth seeing, but something is shown even if all stay late.
        if now_ms - due_ms > _TOO_LATE_MS and now_ms - self._last_ms < _TOO_LATE_MS:
            return Slot(now_ms, shown=False)
        at_ms = max(now_ms, due_ms, self._last_ms + min(_CLOSEST_MS, since_ms))
        self._last_ms = at_ms
        return Slot(at_ms, shown=True)

    def _observe(self, transit_ms: float) -> None:
        transits = self._transits
        forgotten = transits[0] if len(transits) == WINDOW else None
        transits.append(transit_ms)
        if len(transits) == 1 or transit_ms < self._fastest_ms:
            self._fastest_ms = transit_ms
        elif forgotten == self._fastest_ms:
            self._fastest_ms = min(transits)
        self._count += 1
        if self._count % _EVERY == 0:
            late_ms = sorted(transits)[int(_QUANTILE * (len(transits) - 1))] - self._fastest_ms
            self._jitter_ms = max(0.0, late_ms - _TOLERATED_MS)

    def _steer(self, since_ms: float) -> None:
        """Towards the delay wanted, a little with each frame."""
        wanted_ms = min(self._jitter_ms, MAX_DELAY_MS)
        if self.voice_transit_ms is not None:
            behind_ms = self.voice_transit_ms - self._fastest_ms
            wanted_ms = min(max(wanted_ms, behind_ms - _EARLY_MS), max(behind_ms + _LATE_MS, 0.0), MAX_DELAY_MS)
        step_ms = _SLEW * since_ms
        self._delay_ms += min(max(wanted_ms - self._delay_ms, -step_ms), step_ms)
