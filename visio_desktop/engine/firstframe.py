"""What happens at the first frames of a received stream: they are told of, or kept until somebody can take them."""

from __future__ import annotations

from collections.abc import Callable

from visio_desktop.rtc.frames import EncodedFrame, FrameOpener, InboundStatistics, InboundStream

_MOST_KEPT = 90


class _Through:
    """An `InboundStream` that is another one."""

    def __init__(self, stream: InboundStream) -> None:
        self._stream = stream

    @property
    def id(self) -> str:
        """As the stream's."""
        return self._stream.id

    @property
    def is_video(self) -> bool:
        """As the stream's."""
        return self._stream.is_video

    def open_with(self, opener: FrameOpener) -> None:
        """As the stream's."""
        self._stream.open_with(opener)

    def request_key_frame(self) -> None:
        """As the stream's."""
        self._stream.request_key_frame()

    def statistics(self) -> InboundStatistics:
        """As the stream's."""
        return self._stream.statistics()


class FirstFrame(_Through):
    """Calls `told` once, before its first frame is handed on, and then stands in nobody's way."""

    def __init__(self, stream: InboundStream, told: Callable[[], None]) -> None:
        super().__init__(stream)
        self._told = told

    def on_frame(self, listener: Callable[[EncodedFrame], None] | None) -> None:
        """As the stream's; after the first frame the listener is called by the stream itself."""
        if listener is None:
            self._stream.on_frame(None)
            return

        def first(frame: EncodedFrame) -> None:
            self._stream.on_frame(listener)
            self._told()
            listener(frame)

        self._stream.on_frame(first)


class Held(_Through):
    """Keeps the pictures that come before anybody listens, the first one above all; sound that is late is of no use."""

    def __init__(self, stream: InboundStream) -> None:
        super().__init__(stream)
        self._frames: list[EncodedFrame] = []
        if stream.is_video:
            stream.on_frame(self._keep)

    def on_frame(self, listener: Callable[[EncodedFrame], None] | None) -> None:
        """As the stream's; first the listener is given what was kept."""
        self._stream.on_frame(listener)
        frames, self._frames = self._frames, []
        if listener is None:
            return
        for frame in frames[:_MOST_KEPT]:
            listener(frame)
        if len(frames) > _MOST_KEPT:
            self._stream.request_key_frame()

    def _keep(self, frame: EncodedFrame) -> None:
        if len(self._frames) <= _MOST_KEPT:
            self._frames.append(frame)
