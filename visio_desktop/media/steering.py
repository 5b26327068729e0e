"""How fast a voice is played so that its buffer stays where it should, although two clocks never run alike.

The level is steered by a rate nobody hears: 0.2 % for 10 ms too much, at most 0.3 % (a twentieth of a semitone), and no
sudden change of it. Clocks that are 200 millionths apart so cost 1 ms. What jumps is not for this: `stretch.py`.
"""

from __future__ import annotations

from typing import Final

MOST: Final = 0.003
_PER_MS: Final = 0.0002
_SMOOTHING: Final = 0.02


class Steering:
    """`ratio` is how many samples are used up for each that is played."""

    def __init__(self) -> None:
        self.ratio = 1.0

    def update(self, surplus_ms: float) -> None:
        """So much more than wanted waits, less where negative; for each 20 ms of sound."""
        wanted = 1 + min(max(_PER_MS * surplus_ms, -MOST), MOST)
        self.ratio += _SMOOTHING * (wanted - self.ratio)
