"""What is asked of the practice meeting, in its words."""

from __future__ import annotations

from visio_desktop.meeting.requests import (
    Admit,
    AdmitEveryone,
    EditChat,
    LowerHand,
    MuteEveryone,
    MuteOther,
    React,
    RemovePerson,
    Rename,
    Request,
    StartCaptions,
)
from visio_desktop.servers.port import RequestFailed
from visio_desktop.servers.practice import wire

EVERYBODY = ""


def words_for(request: Request, me: str) -> wire.Message:  # noqa: PLR0911, C901 - a table of one line each
    """The word that asks for it. Raises `RequestFailed` for what no practice meeting does."""
    match request:
        case React(emoji):
            return wire.Reaction(me, emoji.value)
        case Rename(name):
            return wire.Renamed(name)
        case EditChat(message_id, text):
            return wire.Edited(message_id, text)
        case LowerHand(person):
            return wire.Lowered(person)
        case MuteOther(person):
            return wire.Silenced(person)
        case MuteEveryone():
            return wire.Silenced(EVERYBODY)
        case RemovePerson(person):
            return wire.PutOut(person)
        case Admit(person, allowed):
            return wire.Answered(person, allowed)
        case AdmitEveryone():
            return wire.Answered(EVERYBODY, allowed=True)
        case StartCaptions():
            return wire.WriteDown()
        case _:
            raise RequestFailed(f"the practice meeting has no {type(request).__name__}")
