"""Small working stand-ins for the engine's surroundings: they keep what was done to them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from visio_desktop.meeting.frames import FrameSink
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import (
    Codec,
    EncodedFrame,
    Feedback,
    InboundStatistics,
    InboundStream,
    OutboundStatistics,
    OutboundStream,
)
from visio_desktop.servers.port import PublishRequest, Wanted


class FakeOutbound:
    """A stream to send on."""

    def __init__(self, codec: Codec) -> None:
        self.codec = codec
        self.frames: list[EncodedFrame] = []

    def send(self, frame: EncodedFrame) -> None:
        self.frames.append(frame)

    def on_feedback(self, listener: Callable[[Feedback], None] | None) -> None:
        pass

    def statistics(self) -> OutboundStatistics:
        return OutboundStatistics(key_frames=2)


class FakeInbound:
    """A received stream; `deliver` gives a frame to whoever listens."""

    def __init__(self, stream_id: str, *, is_video: bool = True) -> None:
        self.id = stream_id
        self.is_video = is_video
        self._listener: Callable[[EncodedFrame], None] | None = None

    def on_frame(self, listener: Callable[[EncodedFrame], None] | None) -> None:
        self._listener = listener

    def deliver(self, frame: EncodedFrame) -> None:
        if self._listener is not None:
            self._listener(frame)

    def request_key_frame(self) -> None:
        pass

    def statistics(self) -> InboundStatistics:
        return InboundStatistics(packets_lost=3, packets_recovered=1)


class FakeSession:
    """A session that keeps what it was asked; every answer takes one turn of the loop."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, object]] = []
        self.left = False

    async def publish(self, request: PublishRequest) -> OutboundStream:
        await asyncio.sleep(0)
        self.asked.append(("publish", request.source))
        return FakeOutbound(request.codecs[0])

    async def unpublish(self, source: Source) -> None:
        await asyncio.sleep(0)
        self.asked.append(("unpublish", source))

    async def set_muted(self, source: Source, muted: bool) -> None:
        await asyncio.sleep(0)
        self.asked.append(("muted" if muted else "unmuted", source))

    async def set_wanted(self, publication_id: str, wanted: Wanted) -> None:
        self.asked.append(("wanted", (publication_id, wanted)))

    async def send_chat(self, message_id: str, text: str) -> None:
        self.asked.append(("chat", text))

    async def set_hand(self, raised: bool, at_ms: float) -> None:
        self.asked.append(("hand", raised))

    async def leave(self) -> None:
        self.left = True

    def path(self) -> dict[str, str]:
        return {"protocol": "udp", "candidate": "host", "proxy": ""}


class FakeSound:
    """The sound path's gate, streams and voices."""

    def __init__(self) -> None:
        self.gate_open = False
        self.outbound: OutboundStream | None = None
        self.voices: dict[str, InboundStream] = {}

    def set_gate(self, open: bool) -> None:  # noqa: A002 - the name of the real one
        self.gate_open = open

    def attach_outbound(self, stream: OutboundStream | None) -> None:
        self.outbound = stream

    def add_voice(self, voice_id: str, stream: InboundStream) -> None:
        self.voices[voice_id] = stream

    def remove_voice(self, voice_id: str) -> None:
        del self.voices[voice_id]


class FakePublisher:
    """Encodes nothing."""

    def __init__(self) -> None:
        self.running = False

    def start(self) -> None:
        self.running = True

    def stop(self) -> None:
        self.running = False


class FakeSubscription:
    """Decodes nothing; keeps its sink."""

    def __init__(self, stream: InboundStream) -> None:
        self.stream = stream
        self.sink: FrameSink | None = None
        self.stopped = False

    def set_sink(self, sink: FrameSink | None) -> None:
        self.sink = sink

    def on_first_frame(self, listener: Callable[[], None]) -> None:
        self.first = listener

    def stop(self) -> None:
        self.stopped = True


class FakeKit:
    """Gives out the fakes above and keeps them."""

    def __init__(self) -> None:
        self.sound = FakeSound()
        self.publishers: list[FakePublisher] = []
        self.previews: list[tuple[object, FrameSink]] = []

    def publisher(self, *_: object) -> FakePublisher:
        self.publishers.append(FakePublisher())
        return self.publishers[-1]

    def subscription(self, stream: InboundStream) -> FakeSubscription:
        return FakeSubscription(stream)

    def preview(self, capture: object, sink: FrameSink) -> Callable[[], None]:
        shown = (capture, sink)
        self.previews.append(shown)
        return lambda: self.previews.remove(shown)
