from __future__ import annotations

from typing import Any

from tests.unit.servers.matrix.test_membership import ADA, BOB, left, member
from visio_desktop.servers.matrix.room import Room
from visio_desktop.servers.matrix.words import RoomEvent, Synced


def state(kind: str, key: str = "", **content: Any) -> RoomEvent:
    return RoomEvent(kind, "@ada:h", "$s", 1.0, content, key)


def inside(user_id: str, name: Any = None, membership: str = "join") -> RoomEvent:
    return state("m.room.member", user_id, membership=membership, displayname=name)


def test_what_a_room_says_of_itself() -> None:
    room = Room("!r:h")
    for event in (
        state("m.room.name", name=" Tea "),
        state("m.room.create", room_version="12"),
        state("m.room.encryption", algorithm="m.megolm.v1.aes-sha2"),
        state("m.room.encryption", algorithm=None),
        RoomEvent("m.room.name", "@ada:h", "$x", 1.0, {"name": "no state"}),
    ):
        room.take(event)
    assert (room.title, room.version, room.is_encrypted) == ("Tea", "12", True)


def test_what_people_are_called() -> None:
    room = Room("!r:h")
    for event in (inside("@ada:h", "Ada"), inside("@bob:h", 5), inside("@eve:h", "Eve", "leave")):
        room.take(event)
    assert [room.name(user) for user in ("@ada:h", "@bob:h", "@eve:h")] == ["Ada", "bob", "eve"]
    assert room.people == {"@ada:h", "@bob:h"}
    assert room.entry("@ada:h")["displayname"] == "Ada"
    room.take(inside("@ada:h", "Ada", "ban"))
    assert (set(room.people), len(room.entry("@ada:h"))) == ({"@bob:h"}, 0)


def test_who_takes_part_and_whose_membership_it_is() -> None:
    room = Room("!r:h")
    for event in (inside("@ada:h"), inside("@bob:h"), member(BOB, 1.0), member(ADA, 2.0)):
        room.take(event)
    assert [each.device for each in room.members(5.0)] == [BOB, ADA]
    found, device = room.membership("$m2.0"), room.device_of("@bob:h")
    assert found is not None
    assert device is not None
    assert (room.person(ADA.identity), room.person("@ada:h:else")) == ("@ada:h", "")
    assert (found.device, device.device, room.membership("$none"), room.device_of("@eve:h")) == (ADA, BOB, None, None)


def test_state_before_the_timeline_is_changed_by_it_and_after_it_is_not() -> None:
    early, late = (inside("@ada:h"), member(ADA, 1.0)), (left(ADA, 2.0),)
    before, after = Room("!r:h"), Room("!r:h")
    before.know(Synced("s", early, late))
    assert before.members(5.0) == ()
    after.know(Synced("s", early, late, is_after=True))
    assert len(after.members(5.0)) == 1
