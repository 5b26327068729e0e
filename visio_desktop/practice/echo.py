"""Gives back what is said, a little later: the practice meeting as an echo test. Pure: time goes in."""

from __future__ import annotations

from collections import deque

from visio_desktop.rtc.frames import EncodedFrame

DELAY_MS = 1_500.0
LONGEST = 500


class Echo:
    """Keeps at most `LONGEST` frames (10 s of sound)."""

    def __init__(self) -> None:
        self._frames: deque[tuple[float, bytes]] = deque(maxlen=LONGEST)
        self.heard = 0

    def hear(self, frame: EncodedFrame, now_ms: float) -> None:
        """Somebody said this."""
        self.heard += 1
        self._frames.append((now_ms + DELAY_MS, frame.payload))

    def due(self, now_ms: float) -> bytes | None:
        """What is to be said again now, one frame at a time."""
        if self._frames and self._frames[0][0] <= now_ms:
            return self._frames.popleft()[1]
        return None
