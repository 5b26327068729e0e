"""What is said, written down by an agent: `Transcription` packets, and text streams on `lk.transcription`.

LiveKit lets agents alone begin a stream in the name of others; what follows of it comes in the agent's own name, and so
do `Transcription` packets (livekit-server, `participant.go`). An ordinary participant writes down nobody's words but
their own.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping

from livekit.protocol.models import DataPacket, Transcription

from visio_desktop.meeting.rooms import Caption
from visio_desktop.servers.livekit.textstreams import MAX_OPEN_OF_ONE, TextStream, TextStreams

TOPIC = "lk.transcription"
MAX_CHARACTERS = 2_000
_MAX_ID_CHARACTERS = 128
_MAX_SEGMENTS = 50
_MAX_SPEAKERS = 64
_SEGMENT = "lk.segment_id"
_FINAL = "lk.transcription_final"

type NameOf = Callable[[str], str | None]
type IsOrdinary = Callable[[str], bool]


class CaptionReader:
    """Reads both forms; the same words in both have the same id.

    `name_of` gives None for nobody in the meeting; `is_ordinary` is false for agents, hidden ones too.
    """

    def __init__(self, name_of: NameOf, is_ordinary: IsOrdinary) -> None:
        self._name_of = name_of
        self._is_ordinary = is_ordinary
        self._streams = TextStreams(TOPIC)
        self._speakers: OrderedDict[str, str] = OrderedDict()

    def read(self, packet: DataPacket, identity: str, now_ms: float) -> list[Caption]:
        """The captions a packet holds; `identity` is the sender's."""
        if packet.WhichOneof("value") == "transcription":
            return self._transcribed(packet.transcription, identity)
        speaker = self._speaker(packet, identity)
        stream = self._streams.read(packet, speaker, now_ms)
        caption = self._streamed(stream, speaker) if stream is not None else None
        return [caption] if caption is not None else []

    def _speaker(self, packet: DataPacket, sender: str) -> str:
        """Whose words a piece of a stream is part of: those of its header, whichever agent sends it."""
        match packet.WhichOneof("value"):
            case "stream_header" if packet.stream_header.topic == TOPIC:
                # Whoever begins it first: others have read its id, and do not get its words by saying it again.
                self._speakers.setdefault(packet.stream_header.stream_id, sender)
                self._forget_some(sender)
                return sender
            case "stream_chunk" if not self._is_ordinary(sender):
                return self._speakers.get(packet.stream_chunk.stream_id, sender)
            case "stream_trailer" if not self._is_ordinary(sender):
                return self._speakers.pop(packet.stream_trailer.stream_id, sender)
            case _:
                return sender

    def _forget_some(self, sender: str) -> None:
        own = [stream for stream, speaker in self._speakers.items() if speaker == sender]
        if len(own) > MAX_OPEN_OF_ONE:
            del self._speakers[own[0]]
        if len(self._speakers) > _MAX_SPEAKERS:
            self._speakers.popitem(last=False)

    def _transcribed(self, said: Transcription, sender: str) -> list[Caption]:
        speaker = said.transcribed_participant_identity
        if sender != speaker and self._is_ordinary(sender):
            return []
        captions = (
            self._caption(speaker, segment.id, segment.text, final=segment.final)
            for segment in list(said.segments)[:_MAX_SEGMENTS]
        )
        return [caption for caption in captions if caption is not None]

    def _streamed(self, stream: TextStream, speaker: str) -> Caption | None:
        """Agents of older libraries do not name segments; then each stream is one."""
        segment = stream.attributes.get(_SEGMENT, "") or stream.id
        return self._caption(speaker, segment, stream.text(), final=_is_final(stream.attributes, stream.is_whole))

    def _caption(self, speaker: str, segment: str, text: str, *, final: bool) -> Caption | None:
        name = self._name_of(speaker)
        text = text.strip()
        if name is None or not text or len(text) > MAX_CHARACTERS or not 0 < len(segment) <= _MAX_ID_CHARACTERS:
            return None
        return Caption(f"{speaker}/{segment}", speaker, name, text, final)


def _is_final(attributes: Mapping[str, str], is_whole: bool) -> bool:
    return is_whole and attributes.get(_FINAL, "true") == "true"
