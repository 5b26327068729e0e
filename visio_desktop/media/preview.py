"""One's own picture as it is captured, not encoded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from visio_desktop.meeting.frames import FrameSink

if TYPE_CHECKING:
    from visio_desktop.media.capture import VideoCapture
    from visio_desktop.media.raw import RawFrame


def show_capture(capture: VideoCapture, sink: FrameSink) -> Callable[[], None]:
    """Put each captured picture into `sink`, on the capture's thread, until the answer is called."""
    from visio_desktop.media.convert import Converter  # noqa: PLC0415 - OpenCV is imported late

    converter = Converter()

    def tap(frame: RawFrame) -> None:
        target = sink.target()
        if target is not None:
            sink.put(converter.convert(frame, target, frame.capture_ms))

    capture.add_tap(tap)
    return lambda: capture.remove_tap(tap)
