"""What sources are sent on: one m-line for pictures and one for sound, given to one source after the other.

Where there is no negotiating anew an m-line outlives what is sent on it. RTP time goes on from one source to the next
as the clock does: to the other side it is one stream with a pause in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from visio_desktop.rtc.frames import (
    Codec,
    EncodedFrame,
    Feedback,
    FrameSealer,
    OutboundStatistics,
    OutboundStream,
    SendLayer,
)
from visio_desktop.system.clock import Clock


class Line:
    """An agreed m-line; `outlet` is what is sent on it now, None without. `heard` is told of each frame."""

    def __init__(
        self, stream: OutboundStream, clock: Clock, heard: Callable[[EncodedFrame], None] | None = None
    ) -> None:
        self.stream = stream
        self.outlet: Turn | None = None
        self._clock = clock
        self._heard = heard
        self._last: tuple[int, float] | None = None

    def open(self) -> Turn:
        """Give it to a source; the one before sends nothing any more."""
        self.shut()
        self.outlet = Turn(self)
        return self.outlet

    def shut(self) -> None:
        """Take it back."""
        if self.outlet is not None:
            self.outlet.line = None
            self.outlet = None
            self.stream.on_feedback(None)

    def now(self) -> int:
        """The RTP time of this moment, on from what was sent last."""
        if self._last is None:
            return 0
        sent, at_ms = self._last
        return sent + max(1, int((self._clock() - at_ms) * self.stream.codec.clock_rate_hz / 1000))

    def send(self, frame: EncodedFrame) -> None:
        """Send, and remember when it was."""
        self._last = (frame.rtp_time, self._clock())
        self.stream.send(frame)
        if self._heard is not None:
            self._heard(frame)


class Turn:
    """The `OutboundStream` of one source, for as long as it has the m-line."""

    def __init__(self, line: Line) -> None:
        self.line: Line | None = line
        self._stream = line.stream
        self._offset: int | None = None

    @property
    def codec(self) -> Codec:
        """See `OutboundStream`."""
        return self._stream.codec

    @property
    def layers(self) -> tuple[SendLayer, ...]:
        """See `OutboundStream`."""
        return self._stream.layers

    def want_layers(self, wanted: tuple[bool, ...]) -> None:
        """See `OutboundStream`."""
        self._stream.want_layers(wanted)

    def send(self, frame: EncodedFrame) -> None:
        """See `OutboundStream`."""
        if self.line is None:
            return
        if self._offset is None:
            self._offset = self.line.now() - frame.rtp_time
        self.line.send(replace(frame, rtp_time=frame.rtp_time + self._offset))

    def on_feedback(self, listener: Callable[[Feedback], None] | None) -> None:
        """See `OutboundStream`."""
        if self.line is not None:
            self._stream.on_feedback(listener)

    def seal_with(self, sealer: FrameSealer) -> None:
        """See `OutboundStream`."""
        self._stream.seal_with(sealer)

    def statistics(self) -> OutboundStatistics:
        """See `OutboundStream`."""
        return self._stream.statistics()
