from __future__ import annotations

import json
from typing import Any

import pytest
from livekit.protocol.models import DataPacket, ParticipantInfo
from livekit.protocol.rtc import JoinResponse

from visio_desktop.meeting.events import ChatReceived, Reacted
from visio_desktop.meeting.requests import EditChat, MuteEveryone, React, Rename
from visio_desktop.meeting.rooms import Emoji
from visio_desktop.servers.livekit.chat import ChatReader
from visio_desktop.servers.livekit.roster import Roster
from visio_desktop.servers.livekit.telling import Telling
from visio_desktop.servers.port import RequestFailed


class Wire:
    """Keeps what is sent."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.packets: list[DataPacket] = []

    async def send(self, **request: Any) -> None:
        self.requests.append(request)

    async def send_packet(self, packet: DataPacket) -> None:
        self.packets.append(packet)


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def telling(wire: Wire) -> Telling:
    roster = Roster()
    me = ParticipantInfo(sid="PA_me", identity="me", name="Me")
    roster.join(JoinResponse(participant=me), 0.0)
    return Telling(roster, lambda: 5.0, send=wire.send, send_packet=wire.send_packet)


async def test_a_reaction_is_sent_and_shown(telling: Telling, wire: Wire) -> None:
    assert await telling.request(React(Emoji.RED_HEART)) == [Reacted("me", Emoji.RED_HEART)]
    (packet,) = wire.packets
    assert json.loads(packet.user.payload)["data"] == {"emoji": "red-heart"}
    assert packet.user.topic == ""


async def test_an_edit_is_the_same_line_with_other_words(telling: Telling, wire: Wire) -> None:
    (first,) = await telling.chat("m1", "tea?")
    (second,) = await telling.request(EditChat("m1", "coffee?"))
    assert isinstance(first, ChatReceived)
    assert isinstance(second, ChatReceived)
    assert (first.message.edited, second.message.edited, second.message.is_mine) == (False, True, True)
    reader = ChatReader()
    lines = [line for packet in wire.packets if (line := reader.read(packet, "me", 5.0)) is not None]
    assert [(line.id, line.text, line.edited) for line in lines] == [("m1", "tea?", False), ("m1", "coffee?", True)]


async def test_another_name_goes_by_signalling(telling: Telling, wire: Wire) -> None:
    assert await telling.request(Rename("Ada")) == []
    assert wire.requests[0]["update_metadata"].name == "Ada"


async def test_what_livekit_cannot_do_is_refused(telling: Telling) -> None:
    with pytest.raises(RequestFailed):
        await telling.request(MuteEveryone())
    with pytest.raises(RequestFailed):
        await telling.chat("m1", "x" * 99_999)
