"""One heard voice: frames come in on the loop, blocks go out on the sound thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from visio_desktop.media.delay import DelayTarget
from visio_desktop.media.meter import Meter
from visio_desktop.media.opus import new_decoder
from visio_desktop.media.playout import Playout, VoiceStatistics
from visio_desktop.media.samples import Samples
from visio_desktop.rtc.frames import EncodedFrame, InboundStream
from visio_desktop.system.clock import Clock

_MOST_WAITING: Final = 200


class Voice:
    """Listens to a stream until `stop`."""

    def __init__(self, stream: InboundStream, clock: Clock) -> None:
        self.gain = 1.0
        self.meter = Meter()
        self.capture_ms: float | None = None
        self._begun: Callable[[], None] | None = None
        self.stream = stream
        self._clock = clock
        self._inbox: deque[tuple[EncodedFrame, float]] = deque(maxlen=_MOST_WAITING)
        self._playout: Playout | None = None
        self._delay = DelayTarget()
        stream.on_frame(self._take)

    def _take(self, frame: EncodedFrame) -> None:
        self._inbox.append((frame, self._clock()))

    def pull(self, now_ms: float) -> Samples:
        """The next 10 ms, for the sound thread only."""
        # Made on this thread: loading the codec takes a while.
        playout = self._playout = self._playout or Playout(new_decoder(), self._delay)
        while self._inbox:
            frame, arrived_ms = self._inbox.popleft()
            playout.put(frame, arrived_ms)
        block = playout.pull(now_ms)
        self.meter.update(block)
        self.capture_ms = playout.capture_ms
        if self._begun is not None and playout.has_begun:
            self._begun()
            self._begun = None
        return block

    def hold(self, hold_ms: float) -> None:
        """Let it be heard so much later than the network makes it; it is stretched until it is."""
        self._delay.hold_ms = hold_ms

    def on_begun(self, listener: Callable[[], None]) -> None:
        """Call once, on the sound thread, when the first frame is played."""
        self._begun = listener

    def statistics(self) -> VoiceStatistics:
        """The figures so far."""
        return VoiceStatistics() if self._playout is None else self._playout.statistics()

    def stop(self) -> None:
        """Listen no more; on the loop."""
        self.stream.on_frame(None)
        self.meter.clear()
