"""What we tell the others of: chat lines, reactions, another name. Each answers with the events it is for ourselves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from livekit.protocol.models import DataPacket, UserPacket
from livekit.protocol.rtc import UpdateParticipantMetadata

from visio_desktop.meeting.events import ChatReceived, Reacted, ServerEvent
from visio_desktop.meeting.requests import EditChat, React, Rename, Request
from visio_desktop.meeting.values import ChatMessage
from visio_desktop.servers.livekit.chat import print_chat
from visio_desktop.servers.livekit.reactions import print_reaction
from visio_desktop.servers.livekit.roster import Roster
from visio_desktop.servers.livekit.subscriber import SendRequest
from visio_desktop.servers.livekit.textstreams import MAX_TEXT_BYTES
from visio_desktop.servers.port import RequestFailed
from visio_desktop.system.clock import Clock

type SendPacket = Callable[[DataPacket], Awaitable[None]]


class Telling:
    """Sends over the data channel what LiveKit carries, by signalling what it keeps. Raises `RequestFailed`."""

    def __init__(self, roster: Roster, epoch: Clock, *, send: SendRequest, send_packet: SendPacket) -> None:
        self._roster = roster
        self._epoch = epoch
        self._send = send
        self._send_packet = send_packet

    async def request(self, request: Request) -> list[ServerEvent]:
        """What LiveKit can do by itself."""
        match request:
            case React(emoji):
                await self._send_packet(DataPacket(user=UserPacket(payload=print_reaction(emoji))))
                return [Reacted(self._roster.my_id, emoji)]
            case EditChat(message_id, text):
                return await self.chat(message_id, text, edited=True)
            case Rename(name):
                await self._send(update_metadata=UpdateParticipantMetadata(name=name))
                return []
            case _:
                raise RequestFailed(f"this server has no {type(request).__name__}")

    async def chat(self, message_id: str, text: str, *, edited: bool = False) -> list[ServerEvent]:
        """Write to everybody; the same id once more puts another text in the place of the first."""
        if len(text.encode("utf-8", "replace")) > MAX_TEXT_BYTES:
            raise RequestFailed("the text is too long")
        at_ms = self._epoch()
        for packet in print_chat(message_id, text, at_ms):
            await self._send_packet(packet)
        me = self._roster.participant(self._roster.my_id)
        name = me.name if me is not None else ""
        line = ChatMessage(message_id, self._roster.my_id, name, text, at_ms, is_mine=True, edited=edited)
        return [ChatReceived(line)]
