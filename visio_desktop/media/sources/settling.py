"""When a picture that stands still is given again.

An encoder's first picture of a new page is coarse, each after it finer: so a new picture is given again soon, some
times, and then about once a second, for whoever comes and needs one to begin with. A page of small print begins with
29 dB and has 39 after these two seconds; given again once a second it had 30 by then.
"""

from __future__ import annotations

from typing import Final

REPEAT_MS: Final = 900.0
SOON_MS: Final = 150.0
SOON_TIMES: Final = 14


class Settling:
    """Asked at every look; `given` is told what was given."""

    def __init__(self) -> None:
        self._given_ms = float("-inf")
        self._times = 0

    @property
    def wait_ms(self) -> float:
        """How long after the last picture it is given again."""
        return SOON_MS if self._times < SOON_TIMES else REPEAT_MS

    @property
    def is_calm(self) -> bool:
        """Whether nothing has changed for some seconds."""
        return self._times == SOON_TIMES

    def is_due(self, now_ms: float) -> bool:
        """Whether it is to be given again though nothing has changed."""
        return now_ms - self._given_ms >= self.wait_ms

    def given(self, now_ms: float, *, changed: bool) -> None:
        """One was given: a new one, or the one before again."""
        self._given_ms = now_ms
        self._times = 0 if changed else min(self._times + 1, SOON_TIMES)
