"""Tells of the first frame a received stream delivers, and then stands in nobody's way."""

from __future__ import annotations

from collections.abc import Callable

from visio_desktop.rtc.frames import EncodedFrame, InboundStatistics, InboundStream


class FirstFrame:
    """An `InboundStream` that is another one, and calls `told` once, before its first frame is handed on."""

    def __init__(self, stream: InboundStream, told: Callable[[], None]) -> None:
        self._stream = stream
        self._told = told

    @property
    def id(self) -> str:
        """As the stream's."""
        return self._stream.id

    @property
    def is_video(self) -> bool:
        """As the stream's."""
        return self._stream.is_video

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

    def request_key_frame(self) -> None:
        """As the stream's."""
        self._stream.request_key_frame()

    def statistics(self) -> InboundStatistics:
        """As the stream's."""
        return self._stream.statistics()
