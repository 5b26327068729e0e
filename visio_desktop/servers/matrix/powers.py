"""Who may put whom out of a room, and take back what others said: its power levels ("m.room.power_levels"). Pure."""

from __future__ import annotations

from math import inf
from typing import Any, Final

from visio_desktop.servers.fields import Fields
from visio_desktop.servers.matrix.words import RoomEvent

_LARGEST: Final = 2**53
_LONGEST_NUMBER: Final = 17
_USUALLY_NEEDED: Final = 50
_CREATOR: Final = 100
_CREATORS_ABOVE_ALL: Final = 12


class Powers:
    """One room's. Without any levels its creator alone has power; from version 12 on creators are above all levels."""

    def __init__(self) -> None:
        self._creators: frozenset[str] = frozenset()
        self._above_all = False
        self._levels: Fields | None = None

    def take(self, event: RoomEvent) -> None:
        """An event of the room's state."""
        match event.type, event.state_key:
            case "m.room.create", "":
                version = event.fields.text("room_version", longest=100)
                self._above_all = version.isascii() and version.isdigit() and int(version) >= _CREATORS_ABOVE_ALL
                more = event.fields.texts("additional_creators") if self._above_all else None
                self._creators = frozenset({event.sender, *(more or ())})
            case "m.room.power_levels", "":
                self._levels = event.fields
            case _:
                pass

    def may_remove(self, user_id: str, other: str | None = None) -> bool:
        """Whether somebody may put this other one out; without one, whether anybody at all."""
        mine, needed = self._of(user_id), self._needed("kick")
        return mine >= needed and other != user_id and (other is None or self._of(other) < mine)

    def may_redact(self, user_id: str) -> bool:
        """Whether somebody may take back what others said."""
        return self._of(user_id) >= self._needed("redact")

    def _needed(self, action: str) -> int:
        levels = self._levels
        return _USUALLY_NEEDED if levels is None else _level(levels.plain().get(action), _USUALLY_NEEDED)

    def _of(self, user_id: str) -> float:
        if user_id in self._creators and self._above_all:
            return inf
        if self._levels is None:
            return _CREATOR if user_id in self._creators else 0
        usual = _level(self._levels.plain().get("users_default"), 0)
        return _level(self._levels.object("users").plain().get(user_id), usual)


def _level(value: Any, otherwise: int) -> int:
    """A level; rooms of old versions may have it as a text."""
    if isinstance(value, str) and len(value) <= _LONGEST_NUMBER and value.isascii():
        digits = value.strip().removeprefix("-").removeprefix("+")
        value = int(value) if digits.isdigit() else None
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST:
        return otherwise
    return value
