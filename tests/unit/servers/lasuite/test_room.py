from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.lasuite_samples import SAMPLES, answer
from visio_desktop.meeting.rooms import EVERY_SOURCE, Access, Rules
from visio_desktop.meeting.values import Source
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.lasuite.room import Way, parse_room, parse_way, print_configuration, rules

ENTERED = ("room_public_anonymous", "room_public_by_id", "room_trusted_logged_in", "room_restricted_owner")
SHUT = ("room_trusted_anonymous", "room_restricted_anonymous", "room_restricted_logged_in_no_role")


@pytest.mark.parametrize("name", [*ENTERED, *SHUT, "room_patch_access_level", "room_patch_configuration"])
def test_rooms_of_a_real_server(name: str) -> None:
    room, recorded = parse_room(answer(name)), answer(name)
    assert (room.id, room.slug) == (recorded["id"], recorded["slug"])
    assert (room.access, room.configuration) == (Access(recorded["access_level"]), recorded["configuration"])
    assert room.pin == recorded.get("pin_code", "")
    assert (room.way is not None) is ("livekit" in recorded)


def test_the_way_in() -> None:
    way = parse_room(answer("room_public_anonymous")).way
    assert way == Way("http://127.0.0.1:7880", answer("room_public_anonymous")["id"], "<jwt>")
    assert "<jwt>" not in repr(way)
    assert parse_way(Fields({"url": "http://a", "room": "r", "token": ""})) is None
    assert parse_way(Fields({"url": "http://a", "room": "r", "token": "x" * 20_000})) is None


def test_a_room_that_is_not_registered() -> None:
    room = parse_room({"id": None, "slug": "tea", "livekit": {"url": "http://a", "room": "tea", "token": "t"}})
    assert (room.id, room.slug, room.access) == ("", "tea", None)
    assert room.way is not None


def test_no_room_at_all() -> None:
    wrong: dict[str, object] = {"livekit": "yes", "configuration": [], "access_level": "vip", "pin_code": 5}
    values: tuple[object, ...] = (None, [], "room", wrong)
    for value in values:
        room = parse_room(value)
        assert (room.id, room.way, room.access, room.configuration, room.pin) == ("", None, None, {}, "")


@pytest.mark.parametrize("room_id", ["../users/me", "1/2", "a?b", "é", "x" * 65, 5, None])
def test_an_id_that_leads_elsewhere_is_none(room_id: object) -> None:
    room = parse_room({**answer("room_public_anonymous"), "id": room_id})
    assert room.id == ""
    assert room.way is not None, "one comes in all the same, as into a room that is not registered"


def test_what_is_decided() -> None:
    assert rules(None, Fields({})) == Rules()
    decided = Fields({"can_publish_sources": ["microphone"], "everyone_can_mute": False})
    assert rules(Access.TRUSTED, decided) == Rules(Access.TRUSTED, frozenset({Source.MICROPHONE}), False)
    unsaid = Fields({"can_publish_sources": None, "everyone_can_mute": None})
    assert rules(None, unsaid, frozenset({Source.CAMERA})) == Rules(None, frozenset({Source.CAMERA}), True)


def test_other_rules_leave_the_rest_of_the_configuration() -> None:
    after = print_configuration({"new_thing": 1, "everyone_can_mute": None}, Rules(None, EVERY_SOURCE, False))
    assert after == {
        "new_thing": 1,
        "can_publish_sources": ["camera", "microphone", "screen_share", "screen_share_audio"],
        "everyone_can_mute": False,
    }


@given(
    st.dictionaries(
        st.sampled_from(list(SAMPLES["room_public_anonymous"]["json"])), st.none() | st.text() | st.integers()
    )
)
def test_any_values_do_no_harm(fields: dict[str, object]) -> None:
    room = parse_room(fields)
    assert room.way is None
