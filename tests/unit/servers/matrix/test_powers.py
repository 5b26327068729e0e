from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.servers.matrix.test_words import JSON
from visio_desktop.servers.matrix.powers import Powers
from visio_desktop.servers.matrix.words import RoomEvent

ADA, BOB, EVE = "@ada:h", "@bob:h", "@eve:h"


def event(kind: str, key: str | None = "", **content: Any) -> RoomEvent:
    return RoomEvent(kind, ADA, "$e", 1.0, content, key)


def levels(**content: Any) -> RoomEvent:
    return event("m.room.power_levels", **content)


def powers(*events: RoomEvent, version: str = "10") -> Powers:
    found = Powers()
    for each in (event("m.room.create", room_version=version), *events):
        found.take(each)
    return found


def test_without_levels_the_creator_alone_removes() -> None:
    found = powers()
    assert (found.may_remove(ADA), found.may_remove(ADA, BOB), found.may_remove(BOB, EVE)) == (True, True, False)
    assert not Powers().may_remove(ADA)


def test_whoever_has_the_level_removes_those_below() -> None:
    found = powers(levels(users={ADA: 100, BOB: 50}, users_default=0))
    assert [found.may_remove(BOB, who) for who in (ADA, BOB, EVE)] == [False, False, True]
    assert (found.may_remove(EVE), found.may_remove(EVE, BOB)) == (False, False)
    assert found.may_remove(ADA, BOB)
    assert not found.may_remove(ADA, ADA), "to leave is something else"


def test_the_level_that_is_needed_may_be_another() -> None:
    assert powers(levels(users={BOB: 1}, kick=1)).may_remove(BOB, EVE)
    assert not powers(levels(users={BOB: 99}, kick=100)).may_remove(BOB)
    assert not powers(levels(users_default=50)).may_remove(BOB, EVE)


def test_creators_are_above_all_from_version_12_on() -> None:
    created = event("m.room.create", room_version="12", additional_creators=[BOB, 5])
    found = powers(created, levels(users={EVE: 2**53}))
    assert found.may_remove(BOB, EVE)
    assert not found.may_remove(ADA, BOB)
    assert not powers(levels(users={EVE: 100}), version="11").may_remove(ADA, EVE)


@pytest.mark.parametrize(
    ("level", "removes"), [("50", True), (" 50 ", True), ("-50", False), ("x", False), (True, False)]
)
def test_levels_of_old_rooms_are_texts(level: object, removes: bool) -> None:
    assert powers(levels(users={BOB: level})).may_remove(BOB, EVE) is removes


def test_what_others_said_is_taken_back_by_its_own_level() -> None:
    assert (powers().may_redact(ADA), powers().may_redact(BOB)) == (True, False)
    found = powers(levels(users={BOB: 50, EVE: 30}, redact=30, kick=100))
    assert [found.may_redact(who) for who in (ADA, BOB, EVE)] == [False, True, True]
    assert not found.may_remove(BOB)


def test_what_is_no_state_changes_nothing() -> None:
    found = powers(event("m.room.power_levels", None, users={BOB: 100}), event("m.room.power_levels", "x", kick=0))
    assert not found.may_remove(BOB)


@given(JSON, JSON, st.sampled_from(["m.room.create", "m.room.power_levels"]))
def test_any_content_is_understood_or_passed_over(content: Any, users: Any, kind: str) -> None:
    found = powers()
    found.take(RoomEvent(kind, ADA, "$e", 1.0, content if isinstance(content, dict) else {"users": users}, ""))
    assert isinstance(found.may_remove(ADA, BOB), bool)
