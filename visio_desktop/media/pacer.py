"""Holds received pictures back until their time, still encoded: what waits is small and nothing is decoded in vain."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from visio_desktop.media.pacing import Pacing
from visio_desktop.rtc.frames import EncodedFrame
from visio_desktop.system.clock import Clock

MOST_WAITING: Final = 60
_SOON_MS: Final = 1.0
_SMOOTHING: Final = 0.05
_VOICE_KEPT_MS: Final = 60_000.0


class Timer(Protocol):
    """A call that is due later."""

    def cancel(self) -> None:
        """Let it be."""


type CallLater = Callable[[float, Callable[[], None]], Timer]
"""Calls after so many seconds, as `asyncio.AbstractEventLoop.call_later` does."""


def _to_nobody(_frame: EncodedFrame, _shown: bool) -> None:
    """Stands for whoever has stopped: a reference to them would go round in a circle."""


class Pacer:
    """Gives each frame to `release` at its time, in order, and whether it is to be shown. Runs on the loop."""

    def __init__(self, clock: Clock, call_later: CallLater, release: Callable[[EncodedFrame, bool], None]) -> None:
        self._clock = clock
        self._call_later = call_later
        self._release = release
        self._pacing = Pacing()
        self._waiting: deque[tuple[float, EncodedFrame, bool]] = deque()
        self._timer: Timer | None = None
        self._voice: tuple[float, float] | None = None
        self.buffer_ms = 0.0
        """How long frames wait here, lately on average."""

    def put(self, frame: EncodedFrame) -> None:
        """Take the next frame."""
        now_ms = self._clock()
        media_ms = frame.rtp_time * 1000 / frame.codec.clock_rate_hz
        self._pacing.voice_transit_ms = self._voice_transit_ms(frame, media_ms, now_ms)
        slot = self._pacing.place(media_ms, now_ms, is_sure=frame.is_arrival_sure)
        self.buffer_ms += _SMOOTHING * (slot.at_ms - now_ms - self.buffer_ms)
        if not self._waiting and slot.at_ms <= now_ms + _SOON_MS:
            self._release(frame, slot.shown)
            return
        self._waiting.append((slot.at_ms, frame, slot.shown))
        if len(self._waiting) > MOST_WAITING:
            self._let_go(self._waiting[-1][0])
        self._arm()

    def follow(self, voice_transit_ms: float | None) -> None:
        """How much later than captured, by the sender's clock, the voice that belongs to the pictures is heard.

        The sender's NTP time subtracted from ours. None when it is silent: what was known is kept for a while.
        """
        if voice_transit_ms is not None:
            self._voice = (voice_transit_ms, self._clock())

    def stop(self) -> None:
        """Forget what waits, and who it was for; nothing is given from now on."""
        self._waiting.clear()
        self._release = _to_nobody
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _voice_transit_ms(self, frame: EncodedFrame, media_ms: float, now_ms: float) -> float | None:
        if self._voice is None or frame.capture_ms is None:
            return None
        transit_ms, told_ms = self._voice
        return transit_ms + frame.capture_ms - media_ms if now_ms - told_ms < _VOICE_KEPT_MS else None

    def _arm(self) -> None:
        if self._timer is None and self._waiting:
            wait_ms = self._waiting[0][0] - self._clock()
            self._timer = self._call_later(max(wait_ms, 0.0) / 1000, self._due)

    def _due(self) -> None:
        self._timer = None
        self._let_go(self._clock() + _SOON_MS)
        self._arm()

    def _let_go(self, until_ms: float) -> None:
        while self._waiting and self._waiting[0][0] <= until_ms:
            _, frame, shown = self._waiting.popleft()
            self._release(frame, shown)
