"""Whether pictures go out more than once: where the way loses packets whatever is sent, and has room for it.

A lost packet holds up all pictures after it until it was asked for and came again. A server asks when the next packet
of the stream shows the hole and 20 ms have passed, so that takes at least a picture's interval and a round trip; one
picture in two is hit at 10 % loss. A copy sent at once costs bits instead, which are there.
"""

from __future__ import annotations

_WORTH_IT = 0.04
_NO_LONGER = 0.02
_TWICE_WORTH_IT = 0.15
_TWICE_NO_LONGER = 0.1
_ROOM = 1.3
_SMOOTHING_MS = 2_000.0


class Doubling:
    """`times` is how often a picture is sent besides the first time."""

    def __init__(self) -> None:
        self.times = 0
        self._loss = 0.0

    def judge(self, loss_fraction: float, room: float, since_ms: float) -> int:
        """Time has passed: how much is lost, and how often all that is sent would fit at its lowest rate."""
        self._loss += min(1.0, since_ms / _SMOOTHING_MS) * (loss_fraction - self._loss)
        worth = self._worth()
        while worth > 0 and room < (1 + worth) * (1 if worth <= self.times else _ROOM):
            worth -= 1
        self.times = worth
        return worth

    def _worth(self) -> int:
        if self._loss > (_TWICE_NO_LONGER if self.times > 1 else _TWICE_WORTH_IT):
            return 2
        return 1 if self._loss > (_NO_LONGER if self.times else _WORTH_IT) else 0
