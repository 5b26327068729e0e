"""What the server keeps: people, rooms with their roles, recordings, uploaded pictures."""

from __future__ import annotations

import re
import secrets
import unicodedata
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

LEADERS = ("owner", "administrator")
ACCESS_LEVELS = ("public", "trusted", "restricted")


@dataclass
class User:
    """Somebody with an account."""

    sub: str
    email: str
    full_name: str
    short_name: str
    timezone: str = "UTC"
    language: str = "en-us"
    default_room_access_level: str | None = None
    default_room_configuration: dict[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def told(self) -> dict[str, Any]:
        """As the API tells it."""
        return {
            "id": self.id,
            "email": self.email,
            "full_name": self.full_name,
            "short_name": self.short_name,
            "timezone": self.timezone,
            "language": self.language,
            "default_room_access_level": self.default_room_access_level,
            "default_room_configuration": self.default_room_configuration,
        }


@dataclass
class Room:
    """A registered room; `roles` maps a person's `sub` to (id of the access, role)."""

    name: str
    slug: str
    access_level: str = "public"
    configuration: dict[str, Any] = field(default_factory=dict)
    roles: dict[str, tuple[str, str]] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    pin_code: str = field(default_factory=lambda: f"{secrets.randbelow(10**10):010d}")
    metadata: dict[str, Any] = field(default_factory=dict)
    recording: str = ""

    def role(self, user: User | None) -> str | None:
        """What they may decide here, None: nothing."""
        found = self.roles.get(user.sub) if user is not None else None
        return found[1] if found else None

    def leads(self, user: User | None) -> bool:
        """Whether they administer it."""
        return self.role(user) in LEADERS

    def set_role(self, sub: str, role: str) -> None:
        """Give somebody a role."""
        access = self.roles[sub][0] if sub in self.roles else str(uuid.uuid4())
        self.roles[sub] = (access, role)


class State:
    """Everything; three people and three rooms are there from the start."""

    def __init__(self) -> None:
        self.users = {
            "owner": User("owner-sub", "owner@example.org", "Odile Owner", "Odile", "Europe/Paris", "fr-fr"),
            "admin": User("admin-sub", "admin@example.org", "Ada Admin", "Ada"),
            "trusted": User("trusted-sub", "trusted@example.org", "Tristan Trusted", "Tristan"),
        }
        self.rooms: dict[str, Room] = {}
        self.recordings: dict[str, dict[str, Any]] = {}
        self.media: dict[str, bytes] = {}
        self.files: dict[str, dict[str, Any]] = {}
        self.callbacks: dict[str, str] = {}
        self.invited: list[str] = []
        for slug, level in zip(("pub-lica-aaa", "tru-sted-aaa", "res-tric-aaa"), ACCESS_LEVELS, strict=True):
            self.room(slug, access_level=level, owner="owner").set_role("admin-sub", "administrator")

    def room(self, name: str, *, access_level: str = "public", owner: str = "owner") -> Room:
        """Make a room."""
        room = Room(name, slugify(name), access_level)
        room.set_role(self.users[owner].sub, "owner")
        self.rooms[room.id] = room
        return room

    def find(self, key: str) -> Room | None:
        """By id or by slug; a PIN is no key."""
        return self.rooms.get(key) or next((room for room in self.rooms.values() if room.slug == key), None)

    def user(self, sub: str) -> User | None:
        """By subject."""
        return next((user for user in self.users.values() if user.sub == sub), None)

    def record(self, room: Room, mode: str, *, status: str, options: dict[str, Any], body: bytes = b"") -> str:
        """A recording; gives its id."""
        key, now = str(uuid.uuid4()), stamp()
        ending = "mp4" if mode == "screen_recording" else "ogg"
        self.recordings[key] = {
            "id": key,
            "room": {"id": room.id, "name": room.name, "slug": room.slug, "access_level": room.access_level},
            "created_at": now,
            "updated_at": now,
            "status": status,
            "mode": mode,
            "options": options,
            "key": f"recordings/{key}.{ending}",
            "is_expired": False,
            "expired_at": None,
        }
        self.media[f"{key}.{ending}"] = body
        return key


def slugify(name: str) -> str:
    """Django's way."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain)).strip("-_")


def stamp() -> str:
    """Now, as Django REST framework prints it."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def colour(seed: str) -> str:
    """A colour for a person, as `hsl(h, s%, l%)`."""
    chance = uuid.uuid5(uuid.NAMESPACE_OID, seed).int
    return f"hsl({chance % 360}, {50 + chance // 360 % 26}%, {25 + chance // 9360 % 35}%)"
