from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.servers.matrix.words import parse_event, parse_sync

ROOM = "!r:h"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


def message(**more: Any) -> dict[str, Any]:
    return {
        "type": "m.room.message",
        "sender": "@ada:h",
        "event_id": "$1",
        "origin_server_ts": 5,
        "content": {"body": "hi", "m.relates_to": {"event_id": "$0"}},
        **more,
    }


def test_an_event() -> None:
    event = parse_event(message(unsigned={"transaction_id": "t"}))
    assert event is not None
    assert (event.type, event.sender, event.event_id, event.at_ms, event.ours) == (
        "m.room.message",
        "@ada:h",
        "$1",
        5,
        "t",
    )
    assert (event.fields.text("body"), event.relation.text("event_id"), event.state_key) == ("hi", "$0", None)
    state = parse_event(message(state_key=""))
    assert state is not None
    assert state.state_key == ""
    for redaction in (message(redacts="$9"), message(content={"redacts": "$9"})):
        redacted = parse_event(redaction)
        assert redacted is not None
        assert redacted.redacts == "$9"


def test_what_is_no_event() -> None:
    for wrong in ({"sender": "ada"}, {"event_id": 5}, {"type": "x" * 300}):
        assert parse_event(message(**wrong)) is None


def test_a_sync_before_and_after_the_timeline() -> None:
    room = {"state": {"events": [message(state_key="a"), 5]}, "timeline": {"events": [message(event_id="$2")]}}
    synced = parse_sync({"next_batch": "s1", "rooms": {"join": {ROOM: room}}}, ROOM)
    assert synced is not None
    assert ([e.event_id for e in synced.state], [e.event_id for e in synced.timeline]) == (["$1"], ["$2"])
    assert (synced.next_batch, synced.is_in, synced.was_invited, synced.is_after) == ("s1", True, False, False)
    after = {"org.matrix.msc4222.state_after": {"events": []}, "timeline": {"events": [message(state_key="")]}}
    synced = parse_sync({"next_batch": "s2", "rooms": {"join": {ROOM: after}}}, ROOM)
    assert synced is not None
    assert synced.is_after


def test_out_of_the_room_and_invited_to_it() -> None:
    for where, found in (("leave", (False, False)), ("invite", (True, True))):
        synced = parse_sync({"next_batch": "s", "rooms": {where: {ROOM: {}}}}, ROOM)
        assert synced is not None
        assert (synced.is_in, synced.was_invited) == found


def test_news_of_keys() -> None:
    synced = parse_sync(
        {
            "next_batch": "s",
            "to_device": {"events": [{"type": "x"}, 3]},
            "device_one_time_keys_count": {"signed_curve25519": 7, "bad": "x", "worse": True},
            "device_unused_fallback_key_types": ["signed_curve25519"],
            "device_lists": {"changed": ["@bob:h", 5], "left": ["@eve:h"]},
        },
        ROOM,
    )
    assert synced is not None
    keys = synced.keys
    assert (keys.to_device, keys.one_time_keys) == (({"type": "x"},), {"signed_curve25519": 7})
    assert (keys.fallback_types, keys.devices_changed, keys.devices_left) == (
        ("signed_curve25519",),
        ("@bob:h",),
        ("@eve:h",),
    )


@given(JSON)
def test_anything_else_says_nothing(value: Any) -> None:
    parse_event(value)
    if isinstance(value, dict):
        parse_sync(value, ROOM)
        parse_sync({"next_batch": "s", "rooms": {"join": {ROOM: value}}, "to_device": value}, ROOM)
