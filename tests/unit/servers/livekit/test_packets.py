from __future__ import annotations

from livekit.protocol.models import (
    ChatMessage,
    DataPacket,
    ParticipantInfo,
    Transcription,
    TranscriptionSegment,
    UserPacket,
)
from livekit.protocol.rtc import JoinResponse

from visio_desktop.meeting.events import Captioned, ChatReceived, DataReceived, Reacted, ServerEvent
from visio_desktop.meeting.rooms import Emoji
from visio_desktop.servers.livekit.dialect import Dialect
from visio_desktop.servers.livekit.packets import PacketReader
from visio_desktop.servers.livekit.reactions import print_reaction
from visio_desktop.servers.livekit.roster import Roster

ADA = ParticipantInfo(sid="PA_ada", identity="ada", name="Ada")
ME = ParticipantInfo(sid="PA_me", identity="me", name="Me")
THUMB = UserPacket(payload=print_reaction(Emoji.THUMBS_UP))


def reader() -> PacketReader:
    roster = Roster()
    roster.join(JoinResponse(participant=ME, other_participants=[ADA]), 0.0)
    return PacketReader(roster, Dialect(), lambda: 5.0)


def line(text: str, sender: str = "ada") -> DataPacket:
    return DataPacket(participant_identity=sender, chat_message=ChatMessage(id="m", timestamp=7, message=text))


def test_a_line_and_its_edit() -> None:
    packets = reader()
    (first,) = packets.read(line("tea?"))
    (second,) = packets.read(line("coffee?"))
    assert isinstance(first, ChatReceived)
    assert isinstance(second, ChatReceived)
    assert (first.message.id, first.message.sender_name, first.message.edited) == ("ada/m", "Ada", False)
    assert (second.message.id, second.message.text, second.message.edited) == ("ada/m", "coffee?", True)


def test_what_comes_in_our_name_or_in_nobodys_is_no_line() -> None:
    assert reader().read(line("tea?", sender="me")) == []
    assert reader().read(line("tea?", sender="")) == []


def test_reactions_up_to_a_flood() -> None:
    packets = reader()
    seen: list[ServerEvent] = []
    for _ in range(100):
        seen += packets.read(DataPacket(participant_identity="ada", user=THUMB))
    assert seen == [Reacted("ada", Emoji.THUMBS_UP)] * 10
    assert packets.read(DataPacket(participant_identity="me", user=THUMB)) == []


def test_senders_are_found_by_their_sid_too() -> None:
    old = UserPacket(participant_sid="PA_ada", topic="poll", payload=b"x")
    assert reader().read(DataPacket(user=old)) == [DataReceived("ada", "poll", b"x")]


def test_whose_sid_is_not_known_is_not_the_server() -> None:
    unknown = UserPacket(participant_sid="PA_eve", topic="poll", payload=b"x")
    assert reader().read(DataPacket(user=unknown)) == []
    server = UserPacket(topic="poll", payload=b"x")
    assert reader().read(DataPacket(user=server)) == [DataReceived("", "poll", b"x")]


def test_captions_of_oneself_are_shown() -> None:
    words = Transcription(transcribed_participant_identity="me", segments=[TranscriptionSegment(id="1", text="hi")])
    (captioned,) = reader().read(DataPacket(participant_identity="me", transcription=words))
    assert isinstance(captioned, Captioned)
    assert (captioned.caption.name, captioned.caption.text) == ("Me", "hi")


def test_the_older_chat_is_for_nobody_else() -> None:
    assert reader().read(DataPacket(participant_identity="ada", user=UserPacket(topic="lk-chat-topic"))) == []
