"""Whether a picture moves fast enough for sign language and with its voice, and how small it has to be for that."""

from __future__ import annotations

from typing import Final

LEAST_FPS: Final = 20.0
MOST_SKEW_MS: Final = 100.0
SIZES_PX: Final = ((0, 0), (640, 360), (320, 180), (320, 180))
"""The largest to ask for at each step; 0 whatever is painted. At the last one no other face is asked for."""
_SLOW_LOOKS: Final = 3
_SETTLING_LOOKS: Final = 6  # a full queue has to drain before anything changes
_FIRST_PATIENCE: Final = 20
_LONGEST_PATIENCE: Final = 320
_GOOD_LOOKS: Final = 5


class Fluency:
    """One picture stream, looked at once a second.

    Signs need motion before detail: where fewer than 20 pictures a second come, the next smaller size is asked for, and
    in the end the other faces are left out. What was before is tried again once all has been well for a while, later
    after each try that failed.
    """

    def __init__(self) -> None:
        self._step = 0
        self._slow = self._good = self._settling = 0
        self._patience = _FIRST_PATIENCE
        self._tried_larger = False
        self.poor = False
        """Even the smallest does not come fast enough, and alone."""
        self.apart = False
        """Signs and voice are more than a tenth of a second apart, and have been for some seconds."""
        self._apart_looks = 0

    @property
    def size_px(self) -> tuple[int, int]:
        """The largest size to ask for."""
        return SIZES_PX[self._step]

    @property
    def is_short(self) -> bool:
        """Whether there is not enough for everything."""
        return self._step > 0

    @property
    def is_alone(self) -> bool:
        """Whether the other faces are to be left out for it."""
        return self._step == len(SIZES_PX) - 1

    def look(self, fps: float | None, skew_ms: float | None = None, *, voice_can_wait: bool = False) -> None:
        """So many pictures came in the last second, so much later than their voice; None while that is not known.

        Where they come later than a voice that cannot wait any longer, a smaller picture may come sooner.
        """
        self._compare(skew_ms)
        if fps is None:
            return
        if self._settling:
            self._settling -= 1
            return
        late = skew_ms is not None and skew_ms > MOST_SKEW_MS and not voice_can_wait
        if fps < LEAST_FPS or late:
            self._slow, self._good = self._slow + 1, 0
            if self._slow >= _SLOW_LOOKS:
                self._give_way(slow=fps < LEAST_FPS)
        else:
            self._slow, self._good = 0, self._good + 1
            if self._good >= _GOOD_LOOKS:
                self.poor = False
            if self._good >= self._patience and self._step:
                self._go(self._step - 1)
                self._tried_larger = True

    def _compare(self, skew_ms: float | None) -> None:
        """Several looks agree before anything is said, or taken back."""
        apart = skew_ms is not None and abs(skew_ms) > MOST_SKEW_MS
        self._apart_looks = self._apart_looks + 1 if apart != self.apart else 0
        if self._apart_looks == _GOOD_LOOKS:
            self.apart, self._apart_looks = apart, 0

    def _give_way(self, *, slow: bool) -> None:
        if self._tried_larger:
            self._patience = min(2 * self._patience, _LONGEST_PATIENCE)
            self._tried_larger = False
        if self._step < len(SIZES_PX) - 1:
            self._go(self._step + 1)
        else:
            self.poor = slow

    def _go(self, step: int) -> None:
        self._step = step
        self._slow = self._good = 0
        self._settling = _SETTLING_LOOKS
