"""What comes over the data channels, put into events: chat, captions, and what the dialect understands."""

from __future__ import annotations

from livekit.protocol.models import DataPacket

from visio_desktop.meeting.events import Captioned, ChatReceived, NoticeReceived, Reacted, ServerEvent
from visio_desktop.meeting.values import ChatMessage
from visio_desktop.servers.livekit.captions import CaptionReader
from visio_desktop.servers.livekit.chat import LEGACY_TOPIC, ChatLine, ChatReader
from visio_desktop.servers.livekit.dialect import Dialect, Sender
from visio_desktop.servers.livekit.reactions import Floodgate
from visio_desktop.servers.livekit.roster import Roster
from visio_desktop.system.clock import Clock


class PacketReader:
    """Reads packets of one session. What comes in our own name is passed over: we said it."""

    def __init__(self, roster: Roster, dialect: Dialect, epoch: Clock) -> None:
        self._roster = roster
        self._dialect = dialect
        self._epoch = epoch
        self._chat = ChatReader()
        self._captions = CaptionReader(self._name_of, roster.is_ordinary)
        self._floodgate = Floodgate()

    def read(self, packet: DataPacket) -> list[ServerEvent]:
        """What a packet says."""
        now_ms = self._epoch()
        identity = self._sender(packet)
        if not identity and packet.user.participant_sid:
            return []  # somebody who is not known (yet), and above all not the server
        captions = self._captions.read(packet, identity, now_ms)
        if captions:
            return [Captioned(caption) for caption in captions]
        if identity == self._roster.my_id:
            return []
        line = self._chat.read(packet, identity, now_ms) if identity else None
        if line is not None:
            return [ChatReceived(self._message(line))]
        if packet.WhichOneof("value") != "user" or packet.user.topic == LEGACY_TOPIC:
            return []
        sender = Sender(identity, self._roster.participant(identity))
        events = self._dialect.packet(sender, packet.user.topic, packet.user.payload)
        return [event for event in events if self._is_calm(event, now_ms)]

    def _is_calm(self, event: ServerEvent, now_ms: float) -> bool:
        """Whether it is no flood; what the server itself says is none."""
        if not isinstance(event, Reacted | NoticeReceived) or not event.participant_id:
            return True
        return self._floodgate.lets_through(event.participant_id, now_ms)

    def _name_of(self, identity: str) -> str | None:
        person = self._roster.participant(identity)
        return person.name if person is not None else None

    def _sender(self, packet: DataPacket) -> str:
        user = packet.user
        return packet.participant_identity or user.participant_identity or self._roster.identity(user.participant_sid)

    def _message(self, line: ChatLine) -> ChatMessage:
        """The sender's own id is unique only beside their identity, and must not overwrite somebody else's line."""
        name = self._name_of(line.identity) or line.identity
        return ChatMessage(f"{line.identity}/{line.id}", line.identity, name, line.text, line.at_ms, edited=line.edited)
