from __future__ import annotations

from typing import Any, cast

from tests.unit.servers.matrix.test_room import state
from visio_desktop.servers.matrix.place import Place
from visio_desktop.servers.matrix.room import Room


def test_a_room_without_a_name_is_called_as_in_its_link() -> None:
    room, nothing = Room("!r:h"), cast("Any", None)
    place = Place(nothing, nothing, room, "tea", "https://f", nothing, nothing, nothing)
    assert place.title == "tea"
    room.take(state("m.room.name", name="Tea at five"))
    assert place.title == "Tea at five"
