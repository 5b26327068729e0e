"""Chat between LiveKit clients.

Written as a text stream on topic `lk.chat` (header, chunks, trailer), followed by the older form on topic
`lk-chat-topic` marked `ignoreLegacy`, so that clients of both ages show a line once. Read in both forms, and as
`ChatMessage` packets.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass

from livekit.protocol.models import DataPacket, DataStream, UserPacket

from visio_desktop.servers.livekit.textstreams import MAX_TEXT_BYTES, TextStreams

STREAM_TOPIC = "lk.chat"
LEGACY_TOPIC = "lk-chat-topic"
_CHUNK_BYTES = 15_000
_MAX_LEGACY_BYTES = 60_000
_MAX_ID_CHARACTERS = 128
_MAX_REMEMBERED = 500
_END_OF_TIME_MS = 1e14  # the year 5138


@dataclass(frozen=True, slots=True)
class ChatLine:
    """A line as it came: `id` is the sender's own, so only unique beside `identity`. `at_ms` is epoch time.

    `edited`: it takes the place of the line of the same sender and id.
    """

    identity: str
    id: str
    text: str
    at_ms: float
    edited: bool = False


class ChatReader:
    """Puts lines together out of packets. Whatever is too long, out of order or incomplete is forgotten."""

    def __init__(self) -> None:
        self._streams = TextStreams(STREAM_TOPIC)
        self._seen: OrderedDict[tuple[str, str], str] = OrderedDict()

    def read(self, packet: DataPacket, identity: str, now_ms: float) -> ChatLine | None:
        """The line this packet completes. `identity` is the sender; `now_ms` stands in for missing times."""
        match packet.WhichOneof("value"):
            case "chat_message":
                line = packet.chat_message
                at_ms = _when(line.edit_timestamp or line.timestamp, now_ms)
                return self._line(identity, line.id, line.message, at_ms)
            case "user" if packet.user.topic == LEGACY_TOPIC:
                return self._legacy(packet.user.payload, identity, now_ms)
            case _:
                stream = self._streams.read(packet, identity, now_ms)
                if stream is None or not stream.is_whole:
                    return None
                return self._line(identity, stream.id, stream.text(), _when(stream.at_ms, now_ms))

    def _legacy(self, payload: bytes, identity: str, now_ms: float) -> ChatLine | None:
        fields = json_object(payload)
        text, line_id, at_ms = fields.get("message"), fields.get("id"), fields.get("timestamp")
        if fields.get("ignoreLegacy") is True or not isinstance(text, str) or not isinstance(line_id, str):
            return None
        return self._line(identity, line_id, text, _when(at_ms, now_ms))

    def _line(self, identity: str, line_id: str, text: str, at_ms: float) -> ChatLine | None:
        """The line, unless it is empty, too long, or the same line in another form."""
        key = (identity, line_id)
        usable = text.strip() and len(text.encode("utf-8", "replace")) <= MAX_TEXT_BYTES
        if not usable or not 0 < len(line_id) <= _MAX_ID_CHARACTERS or self._seen.get(key) == text:
            return None
        edited = key in self._seen
        self._seen[key] = text
        if len(self._seen) > _MAX_REMEMBERED:
            self._seen.popitem(last=False)
        return ChatLine(identity, line_id, text, at_ms, edited)


def _when(at_ms: object, now_ms: float) -> float:
    """The time a sender gives, now for one that no calendar knows."""
    return float(at_ms) if isinstance(at_ms, int | float) and 0 < at_ms < _END_OF_TIME_MS else now_ms


def print_chat(message_id: str, text: str, at_ms: float) -> list[DataPacket]:
    """The packets that carry a line to clients of every age, in order."""
    body = text.encode("utf-8", "replace")
    text = body.decode()
    header = DataStream.Header(
        stream_id=message_id,
        timestamp=int(at_ms),
        topic=STREAM_TOPIC,
        mime_type="text/plain",
        total_length=len(body),
        text_header=DataStream.TextHeader(),
    )
    chunks = [
        DataStream.Chunk(stream_id=message_id, chunk_index=index, content=body[start : start + _CHUNK_BYTES])
        for index, start in enumerate(range(0, len(body), _CHUNK_BYTES))
    ]
    old_form = {"id": message_id, "timestamp": int(at_ms), "message": text, "ignoreLegacy": True}
    legacy = json.dumps(old_form, ensure_ascii=False).encode()
    packets = [
        DataPacket(stream_header=header),
        *(DataPacket(stream_chunk=chunk) for chunk in chunks),
        DataPacket(stream_trailer=DataStream.Trailer(stream_id=message_id)),
    ]
    if len(legacy) <= _MAX_LEGACY_BYTES:
        packets.append(DataPacket(user=UserPacket(topic=LEGACY_TOPIC, payload=legacy)))
    return packets


def json_object(payload: bytes | str) -> dict[str, object]:
    """The JSON object in a payload, empty for whatever else it is."""
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
