"""Texts that come in pieces: a header, chunks, a trailer (LiveKit's data streams, `livekit_models.proto`)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from livekit.protocol.models import DataPacket, DataStream

MAX_TEXT_BYTES = 32_768
_MAX_CHUNKS = 2_000
_MAX_OPEN_STREAMS = 64
MAX_OPEN_OF_ONE = 8
"""Of one sender: whoever begins more pushes out their own, and nobody else's."""
_MAX_ATTRIBUTES = 32
_STREAM_LIFE_MS = 30_000.0
# Streams of the newer one-packet form come only to those who say they read it; packed ones are not read here.
_PLAIN = DataStream.CompressionType.NONE


@dataclass(slots=True)
class TextStream:
    """A text that has begun; `is_whole` once it has ended in order."""

    id: str
    topic: str
    at_ms: float
    began_ms: float
    attributes: Mapping[str, str]
    chunks: list[bytes] = field(default_factory=list)
    size: int = 0
    is_whole: bool = False

    def text(self) -> str:
        """What has come of it."""
        return b"".join(self.chunks).decode("utf-8", "replace")


class TextStreams:
    """Puts texts of these topics together. Whatever is too long, out of order or incomplete is forgotten."""

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self._open: OrderedDict[tuple[str, str], TextStream] = OrderedDict()

    def __len__(self) -> int:
        return len(self._open)

    def read(self, packet: DataPacket, identity: str, now_ms: float) -> TextStream | None:
        """The text this packet begins, goes on with or ends. `identity` is the sender's."""
        match packet.WhichOneof("value"):
            case "stream_header":
                return self._begin(packet.stream_header, identity, now_ms)
            case "stream_chunk":
                return self._continue(packet.stream_chunk, identity)
            case "stream_trailer":
                return self._end(packet.stream_trailer, identity)
            case _:
                return None

    def _begin(self, header: DataStream.Header, identity: str, now_ms: float) -> TextStream | None:
        self._forget_stale(now_ms)
        self._forget_own(identity)
        is_text = header.WhichOneof("content_header") == "text_header"
        too_much = header.total_length > MAX_TEXT_BYTES or len(header.attributes) > _MAX_ATTRIBUTES
        if header.topic != self._topic or not is_text or too_much:
            return None
        at_ms = float(header.timestamp) or now_ms
        stream = TextStream(header.stream_id, header.topic, at_ms, now_ms, dict(header.attributes))
        if header.inline_content:
            stream.is_whole = header.compression == _PLAIN and len(header.inline_content) <= MAX_TEXT_BYTES
            stream.chunks.append(header.inline_content)
            return stream if stream.is_whole else None
        self._open[identity, header.stream_id] = stream
        return stream

    def _continue(self, chunk: DataStream.Chunk, identity: str) -> TextStream | None:
        stream = self._open.get((identity, chunk.stream_id))
        if stream is None:
            return None
        stream.size += len(chunk.content)
        too_much = stream.size > MAX_TEXT_BYTES or len(stream.chunks) >= _MAX_CHUNKS
        if too_much or chunk.chunk_index != len(stream.chunks) or not chunk.content:
            del self._open[identity, chunk.stream_id]
            return None
        stream.chunks.append(chunk.content)
        return stream

    def _end(self, trailer: DataStream.Trailer, identity: str) -> TextStream | None:
        stream = self._open.pop((identity, trailer.stream_id), None)
        if stream is None or trailer.reason or len(trailer.attributes) > _MAX_ATTRIBUTES:
            return None
        stream.attributes = {**stream.attributes, **trailer.attributes}
        stream.is_whole = True
        return stream

    def _forget_own(self, identity: str) -> None:
        own = [key for key in self._open if key[0] == identity]
        if len(own) >= MAX_OPEN_OF_ONE:
            del self._open[own[0]]

    def _forget_stale(self, now_ms: float) -> None:
        while self._open:
            key, oldest = next(iter(self._open.items()))
            if len(self._open) < _MAX_OPEN_STREAMS and now_ms - oldest.began_ms < _STREAM_LIFE_MS:
                return
            del self._open[key]
