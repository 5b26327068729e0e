"""Who waits to be let in (`core/services/lobby.py`): slots that lapse."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import Any

from tests.helpers.lasuite.settings import Options
from tests.helpers.lasuite.state import Room, colour

COOKIE = "lobbyParticipantId"
_MINUTE_S = 60.0


@dataclass
class Slot:
    """One person who asked to enter one room."""

    id: str
    username: str
    color: str
    status: str = "unknown"
    ends_s: float = 0.0

    @property
    def told(self) -> dict[str, Any]:
        """As the API tells it."""
        return {"status": self.status, "username": self.username, "id": self.id, "color": self.color}


class Lobby:
    """The slots of all rooms."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._slots: dict[tuple[str, str], Slot] = {}
        self._asked: dict[str, list[float]] = {}

    def is_throttled(self, person: str) -> bool:
        """Whether they asked too often within a minute; counts this time."""
        now = time.monotonic()
        asked = [at for at in self._asked.get(person, []) if at > now - _MINUTE_S]
        self._asked[person] = [*asked, now]
        return len(asked) >= self._options.entries_per_minute

    def slot(self, room: Room, person: str) -> Slot | None:
        """Their slot, None without one and after it lapsed."""
        found = self._slots.get((room.id, person))
        return found if found is not None and found.ends_s > time.monotonic() else None

    def newcomer(self, person: str, username: str) -> Slot:
        """Somebody without a slot; "" is given an id."""
        key = person or str(uuid.uuid4())
        return Slot(key, username, colour(key))

    def wait(self, room: Room, slot: Slot) -> None:
        """Keep their place until the next time they ask."""
        self._keep(room, slot, "waiting", self._options.waiting_s)

    def decide(self, room: Room, slot: Slot, *, allowed: bool) -> None:
        """Let them in, or do not."""
        if allowed:
            self._keep(room, slot, "accepted", self._options.accepted_s)
        else:
            self._keep(room, slot, "denied", self._options.denied_s)

    def _keep(self, room: Room, slot: Slot, status: str, life_s: float) -> None:
        slot.status, slot.ends_s = status, time.monotonic() + life_s
        self._slots[(room.id, slot.id)] = slot

    def waiting(self, room: Room) -> list[Slot]:
        """Who waits now, in the order they came."""
        people = [person for room_id, person in self._slots if room_id == room.id]
        found = [self.slot(room, person) for person in people]
        return [slot for slot in found if slot is not None and slot.status == "waiting"]

    def forget(self, room: Room, person: str) -> None:
        """They must ask again."""
        self._slots.pop((room.id, person), None)
