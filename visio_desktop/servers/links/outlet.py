"""A source of ours that outlives its connection: another one takes over, and whoever sends on it need not know."""

from __future__ import annotations

from collections.abc import Callable

from visio_desktop.rtc.frames import (
    Codec,
    EncodedFrame,
    Feedback,
    FrameSealer,
    OutboundStatistics,
    OutboundStream,
    SendLayer,
)


class Outlet:
    """See `OutboundStream`. Until it leads somewhere, and after it was shut, frames go nowhere."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._stream: OutboundStream | None = None
        self._listener: Callable[[Feedback], None] | None = None
        self._sealer: FrameSealer | None = None

    def lead_to(self, stream: OutboundStream) -> None:
        """From now on it is sent on this; a picture begins anew there."""
        self.shut()
        self._stream, self._codec = stream, stream.codec
        if self._sealer is not None:
            stream.seal_with(self._sealer)
        if self._listener is not None:
            stream.on_feedback(self._listener)
            self._listener(Feedback(key_frame_wanted=True))

    def shut(self) -> None:
        """Send nothing any more."""
        if self._stream is not None:
            self._stream.on_feedback(None)
            self._stream = None

    @property
    def codec(self) -> Codec:
        """See `OutboundStream`."""
        return self._codec if self._stream is None else self._stream.codec

    @property
    def layers(self) -> tuple[SendLayer, ...]:
        """See `OutboundStream`."""
        return () if self._stream is None else self._stream.layers

    def want_layers(self, wanted: tuple[bool, ...]) -> None:
        """See `OutboundStream`."""
        if self._stream is not None:
            self._stream.want_layers(wanted)

    def send(self, frame: EncodedFrame) -> None:
        """See `OutboundStream`."""
        if self._stream is not None:
            self._stream.send(frame)

    def on_feedback(self, listener: Callable[[Feedback], None] | None) -> None:
        """See `OutboundStream`."""
        self._listener = listener
        if self._stream is not None:
            self._stream.on_feedback(listener)

    def seal_with(self, sealer: FrameSealer) -> None:
        """See `OutboundStream`."""
        self._sealer = sealer
        if self._stream is not None:
            self._stream.seal_with(sealer)

    def statistics(self) -> OutboundStatistics:
        """See `OutboundStream`."""
        return OutboundStatistics() if self._stream is None else self._stream.statistics()
