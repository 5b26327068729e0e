from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.servers.matrix.test_words import JSON
from visio_desktop.servers.matrix import membership as module
from visio_desktop.servers.matrix.keys import CallDevice
from visio_desktop.servers.matrix.membership import (
    LIFE_MS,
    MEMBER_EVENT,
    Memberships,
    foci,
    parse_membership,
    print_membership,
    state_key,
)
from visio_desktop.servers.matrix.words import RoomEvent

ADA, BOB = CallDevice("@ada:h", "A"), CallDevice("@bob:h", "B")


def member(
    device: CallDevice, at_ms: float, focus: str = "https://f", *, follows: bool = False, **more: Any
) -> RoomEvent:
    content = print_membership(device, "!r:h", focus, follows_oldest=follows, life_ms=LIFE_MS)
    key = state_key(device)
    return RoomEvent(MEMBER_EVENT, device.user_id, f"$m{at_ms}", at_ms, {**content, **more}, key)


def left(device: CallDevice, at_ms: float) -> RoomEvent:
    return RoomEvent(MEMBER_EVENT, device.user_id, f"$l{at_ms}", at_ms, {}, state_key(device))


def entered(user_id: str, membership: str = "join") -> RoomEvent:
    return RoomEvent("m.room.member", user_id, "$j", 0, {"membership": membership}, user_id)


def test_written_as_it_is_read() -> None:
    found = parse_membership(member(ADA, 5.0))
    assert found is not None
    assert (found.device, found.began_ms, found.ends_ms, found.focus) == (ADA, 5.0, 5.0 + LIFE_MS, "https://f")
    assert found.identity == "@ada:h:A"
    assert not found.follows_oldest
    said = print_membership(ADA, "!r:h", "https://f", follows_oldest=True, life_ms=1, began_ms=7.0)
    assert (said["created_ts"], said["focus_active"]["focus_selection"]) == (7, "oldest_membership")


@pytest.mark.parametrize(
    "wrong",
    [{"call_id": "x"}, {"application": "m.other"}, {"device_id": 5}, {"scope": "m.user"}, {"focus_active": {}}],
)
def test_other_calls_are_none_of_ours(wrong: dict[str, Any]) -> None:
    assert parse_membership(member(ADA, 1.0, **wrong)) is None


def test_a_selection_nobody_knows_has_no_focus() -> None:
    found = parse_membership(member(ADA, 1.0, focus_active={"type": "livekit", "focus_selection": "dice"}))
    assert found is not None
    assert found.focus == ""


def test_the_key_of_ones_own() -> None:
    assert state_key(ADA) == "_@ada:h_A_m.call"
    assert state_key(ADA, "org.matrix.msc3757.10") == "@ada:h_A_m.call"


def test_who_takes_part_now() -> None:
    room = Memberships()
    for event in (entered("@ada:h"), member(BOB, 1.0), member(ADA, 2.0)):
        room.take(event)
    assert [m.device for m in room.now(10.0)] == [ADA], "Bob is not in the room"
    room.take(entered("@bob:h"))
    assert [m.device for m in room.now(10.0)] == [BOB, ADA], "the oldest first"
    assert room.now(2.0 + LIFE_MS) == (), "all have run out"
    room.take(left(BOB, 3.0))
    assert [m.device for m in room.now(10.0)] == [ADA]
    room.take(entered("@ada:h", "ban"))
    assert room.now(10.0) == ()


def test_what_was_replaced_does_not_come_back() -> None:
    room = Memberships()
    for event in (entered("@ada:h"), member(ADA, 1.0), left(ADA, 2.0), member(ADA, 1.0)):
        room.take(event)
    assert room.now(10.0) == ()


def test_where_each_publishes() -> None:
    room = Memberships()
    for event in (
        entered("@ada:h"),
        entered("@bob:h"),
        member(ADA, 1.0, "https://one"),
        member(BOB, 2.0, "https://two"),
    ):
        room.take(event)
    assert foci(room.now(5.0)) == {"@ada:h:A": "https://one", "@bob:h:B": "https://two"}
    room.take(member(BOB, 3.0, "https://two", follows=True))
    assert foci(room.now(5.0)) == {"@ada:h:A": "https://one", "@bob:h:B": "https://one"}
    assert foci(()) == {}


@given(st.dictionaries(st.sampled_from(["application", "call_id", "device_id", "expires", "foci_preferred"]), JSON))
def test_any_content_is_a_membership_or_none(wrong: dict[str, Any]) -> None:
    room = Memberships()
    room.take(entered("@ada:h"))
    room.take(member(ADA, 1.0, **wrong))
    foci(room.now(2.0))


def test_a_server_that_tells_of_ever_more_people_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 3)
    known = Memberships()
    for number in range(9):
        device = CallDevice(f"@p{number}:h", "A")
        known.take(entered(device.user_id))
        known.take(member(device, float(number)))
    assert [each.device.user_id for each in known.now(10.0)] == ["@p0:h", "@p1:h", "@p2:h"]
    known.take(left(CallDevice("@p0:h", "A"), 9.0))
    assert len(known.now(10.0)) == 2, "those who are known are heard of still"
