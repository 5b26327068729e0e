"""What Nextcloud knows: one conversation, who belongs to it, and their sessions."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

TOKEN = "x4mp1etk"
PASSWORD = "letmein"
OWNER_TYPE, USER_TYPE, GUEST_TYPE = 1, 3, 4
IN_CALL = 1
EVERYTHING = 2 | 4 | 16 | 32 | 64 | 128 | 256
"""Attendee permissions (Talk's constants.md): all but that the lobby is open to one."""
_MODERATES = {1, 2, 6}
_PERMISSIONS = {16: "publish-audio", 32: "publish-video", 64: "publish-screen"}


@dataclass
class Account:
    """Somebody with a login."""

    id: str
    name: str
    app_password: str


MODERATOR = Account("grace", "Grace Hopper", "moderator-app-password")


@dataclass
class Attendee:
    """Somebody who belongs to the conversation."""

    number: int
    actor_type: str
    actor_id: str
    name: str
    kind: int
    permissions: int = EVERYTHING

    @property
    def moderates(self) -> bool:
        """Whether they have moderators' rights."""
        return self.kind in _MODERATES


@dataclass
class Seat:
    """Somebody's session in the conversation; `flags` are those of the call."""

    id: str
    attendee: Attendee
    flags: int = 0


@dataclass
class Visitor:
    """A browser session: who it is logged in as, and its seat."""

    account: Account | None = None
    seat: Seat | None = None
    ticket: str = field(default_factory=lambda: secrets.token_hex(16))


@dataclass
class Conversation:
    """The one conversation there is."""

    token: str = TOKEN
    name: str = "Weekly"
    password: str = PASSWORD
    lobby: bool = False
    consent: bool = False
    is_gone: bool = False
    attendees: dict[int, Attendee] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)

    def attend(self, account: Account | None) -> Attendee:
        """Whoever this is, as one who belongs to it."""
        for attendee in self.attendees.values():
            if account is not None and attendee.actor_id == account.id:
                return attendee
        number = len(self.attendees) + 1 + secrets.randbelow(1000) * 100
        guest = hashlib.sha1(secrets.token_bytes(8), usedforsecurity=False).hexdigest()
        made = (
            Attendee(number, "guests", guest, "", GUEST_TYPE)
            if account is None
            else Attendee(number, "users", account.id, account.name, OWNER_TYPE if account is MODERATOR else USER_TYPE)
        )
        self.attendees[number] = made
        return made

    def sit(self, attendee: Attendee) -> Seat:
        """A new session."""
        seat = Seat(secrets.token_urlsafe(190), attendee)
        self.seats[seat.id] = seat
        return seat

    def rise(self, seat: Seat) -> None:
        """The end of a session; a guest belongs to the conversation no longer."""
        self.seats.pop(seat.id, None)
        if seat.attendee.actor_type == "guests":
            self.attendees.pop(seat.attendee.number, None)

    def say(self, attendee: Attendee, text: str, reference: str) -> dict[str, Any]:
        """A line in the chat."""
        line = {
            "id": len(self.messages) + 1,
            "token": self.token,
            "actorType": attendee.actor_type,
            "actorId": attendee.actor_id,
            "actorDisplayName": attendee.name,
            "timestamp": int(time.time()),  # noqa: TID251 - as the server does
            "systemMessage": "",
            "messageType": "comment",
            "referenceId": reference,
            "message": text,
            "messageParameters": [],
        }
        self.messages.append(line)
        return line


def told(room: Conversation, seat: Seat | None) -> dict[str, Any]:
    """The conversation as the API gives it."""
    attendee = seat.attendee if seat is not None else None
    return {
        "id": 7,
        "token": room.token,
        "type": 3,
        "name": room.name,
        "displayName": room.name,
        "sessionId": seat.id if seat is not None else "0",
        "participantType": attendee.kind if attendee is not None else GUEST_TYPE,
        "attendeeId": attendee.number if attendee is not None else 0,
        "actorType": attendee.actor_type if attendee is not None else "",
        "actorId": attendee.actor_id if attendee is not None else "",
        "permissions": attendee.permissions if attendee is not None else EVERYTHING,
        "hasPassword": bool(room.password),
        "hasCall": any(each.flags for each in room.seats.values()),
        "lobbyState": int(room.lobby),
        "lobbyTimer": 0,
        "readOnly": 0,
        "recordingConsent": int(room.consent),
        "callRecording": 0,
    }


def listed(seat: Seat) -> dict[str, Any]:
    """A participant as the signalling server is told of them."""
    attendee = seat.attendee
    entry = {
        "inCall": seat.flags,
        "lastPing": 0,
        "sessionId": seat.id,
        "nextcloudSessionId": seat.id,
        "participantType": attendee.kind,
        "participantPermissions": attendee.permissions,
        "actorType": attendee.actor_type,
        "actorId": attendee.actor_id,
    }
    return entry | ({"userId": attendee.actor_id} if attendee.actor_type == "users" else {})


def signalling_permissions(attendee: Attendee) -> list[str]:
    """What the signalling server lets somebody do."""
    names = [name for bit, name in _PERMISSIONS.items() if attendee.permissions & bit]
    return names + (["control"] if attendee.moderates else [])
