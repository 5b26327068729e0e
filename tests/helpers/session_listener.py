"""A session's listener that keeps what it is told."""

from __future__ import annotations

from visio_desktop.meeting.events import ServerEvent
from visio_desktop.rtc.frames import EncodedFrame, InboundStream


class Listening:
    """Events, marks, streams and their frames, in the order they came."""

    def __init__(self) -> None:
        self.events: list[ServerEvent] = []
        self.marks: list[str] = []
        self.streams: dict[str, InboundStream] = {}
        self.frames: dict[str, list[EncodedFrame]] = {}

    def on_event(self, event: ServerEvent) -> None:
        self.events.append(event)

    def on_stream(self, publication_id: str, stream: InboundStream) -> None:
        self.streams[publication_id] = stream
        stream.on_frame(self.frames.setdefault(publication_id, []).append)

    def on_stream_ended(self, publication_id: str) -> None:
        self.streams.pop(publication_id, None)

    def on_mark(self, name: str) -> None:
        self.marks.append(name)

    def of[T: ServerEvent](self, kind: type[T]) -> list[T]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]
