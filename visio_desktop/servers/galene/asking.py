"""What is asked of a group beyond media and chat, and who may ask it (`galene-protocol.md`)."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from visio_desktop.meeting.requests import (
    ClearChat,
    LetSpeak,
    MuteEveryone,
    MuteOther,
    RemovePerson,
    Request,
    SetLock,
    SetRole,
    StartCaptions,
    StartRecording,
    StopRecording,
)
from visio_desktop.meeting.rooms import RecordingKind
from visio_desktop.meeting.values import Capability, Role, Source

ALWAYS = (
    Capability.PUBLISH
    | Capability.SUBSCRIBE
    | Capability.SCREEN_SHARE
    | Capability.HAND
    | Capability.LAYERS
    | Capability.CAPTIONS
)
_BY_PERMISSION = {
    "message": Capability.CHAT,
    "op": (
        Capability.MUTE_OTHERS
        | Capability.REMOVE
        | Capability.ROLES
        | Capability.SPEECH
        | Capability.LOCK
        | Capability.CLEAR_CHAT
    ),
    "record": Capability.RECORD,
}
PRESENTS = "present"
_ROLES = {Role.ADMINISTRATOR: "op", Role.MEMBER: "unop"}
ABLE = reduce(or_, _BY_PERMISSION.values(), ALWAYS)

type Words = tuple[str, dict[str, Any]]
"""The type of a message and the rest of it."""


def capabilities(permissions: frozenset[str]) -> Capability:
    """What one may do there."""
    able = ALWAYS
    for permission, more in _BY_PERMISSION.items():
        if permission in permissions:
            able |= more
    return able


def sendable(permissions: frozenset[str]) -> frozenset[Source]:
    """What one may send."""
    return frozenset(Source) if PRESENTS in permissions else frozenset()


def words_for(request: Request) -> Words | None:
    """How a request is said, None for what nobody can ask of Galene.

    A mute is only asked for: whether others obey is their client's decision.
    """
    match request:
        case MuteOther(person):
            words: Words | None = ("usermessage", {"kind": "mute", "dest": person})
        case MuteEveryone():
            words = ("usermessage", {"kind": "mute", "dest": "", "noecho": True})
        case RemovePerson(person):
            words = ("useraction", {"kind": "kick", "dest": person, "value": ""})
        case SetRole(person, role) if role in _ROLES:
            words = ("useraction", {"kind": _ROLES[role], "dest": person})
        case LetSpeak(person, allowed):
            words = ("useraction", {"kind": PRESENTS if allowed else f"un{PRESENTS}", "dest": person})
        case ClearChat():
            words = ("groupaction", {"kind": "clearchat"})
        case SetLock(locked):
            words = ("groupaction", {"kind": "lock" if locked else "unlock"})
        case StartRecording(RecordingKind.SCREEN):
            words = ("groupaction", {"kind": "record"})
        case StopRecording():
            words = ("groupaction", {"kind": "unrecord"})
        case _:
            words = None
    return words


def asks_nothing(request: Request) -> bool:
    """What comes without being asked for: whoever may write captions does."""
    return isinstance(request, StartCaptions)
