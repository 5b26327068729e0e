"""What a room's state says: its name, who is in it, whether it is encrypted, who takes part in its call. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from visio_desktop.servers.matrix.membership import Membership, Memberships
from visio_desktop.servers.matrix.powers import Powers
from visio_desktop.servers.matrix.words import RoomEvent, Synced

_LONGEST_NAME = 200
_MOST_PEOPLE = 50_000


class Room:
    """One room, by the events of its state."""

    def __init__(self, room_id: str) -> None:
        self.id = room_id
        self.title = ""
        self.version = ""
        self.is_encrypted = False
        self.powers = Powers()
        self._memberships = Memberships()
        self._people: dict[str, Mapping[str, Any]] = {}
        self._now: tuple[Membership, ...] = ()

    def know(self, synced: Synced) -> None:
        """All that a sync says of the room's state."""
        for event in synced.state if synced.is_after else (*synced.state, *synced.timeline):
            self.take(event)

    def take(self, event: RoomEvent) -> None:
        """An event; what is no state changes nothing. Encryption that is on stays on."""
        if event.state_key is None:
            return
        match event.type:
            case "m.room.name":
                self.title = event.fields.text("name", longest=_LONGEST_NAME).strip()
            case "m.room.create":
                self.version = event.fields.text("room_version", longest=100)
            case "m.room.encryption":
                self.is_encrypted = self.is_encrypted or bool(event.fields.text("algorithm"))
            case "m.room.member":
                self._person(event.state_key, event)
        self._memberships.take(event)
        self.powers.take(event)

    def members(self, now_ms: float) -> tuple[Membership, ...]:
        """Who takes part in the call, the oldest first."""
        self._now = self._memberships.now(now_ms)
        return self._now

    def membership(self, event_id: str) -> Membership | None:
        """Whose membership an event is, of those who took part when they were asked for last."""
        return next((each for each in self._now if each.event_id == event_id), None)

    def device_of(self, user_id: str) -> Membership | None:
        """With what somebody takes part, the oldest of several."""
        return next((each for each in self._now if each.device.user_id == user_id), None)

    def person(self, identity: str) -> str:
        """Who takes part by this identity, "" for nobody."""
        return next((each.device.user_id for each in self._now if each.identity == identity), "")

    def name(self, user_id: str) -> str:
        """What somebody is called here, the name of their account where they say nothing."""
        shown = self._people.get(user_id, {}).get("displayname")
        called = shown.strip()[:_LONGEST_NAME] if isinstance(shown, str) else ""
        return called or user_id[1:].partition(":")[0] or user_id

    def entry(self, user_id: str) -> Mapping[str, Any]:
        """What the room has of somebody."""
        return self._people.get(user_id, {})

    @property
    def people(self) -> frozenset[str]:
        """Everybody in the room, in its call or not."""
        return frozenset(self._people)

    def _person(self, user_id: str, event: RoomEvent) -> None:
        if event.fields.text("membership") != "join":
            self._people.pop(user_id, None)
        elif user_id in self._people or len(self._people) < _MOST_PEOPLE:
            self._people[user_id] = event.content
