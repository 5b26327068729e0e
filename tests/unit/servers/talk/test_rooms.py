from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.values import Capability, Role, Source
from visio_desktop.rtc import IceServer
from visio_desktop.servers.talk.rooms import (
    ABLE,
    LEADING,
    Abilities,
    Conversation,
    capabilities,
    needs_consent,
    parse_abilities,
    parse_conversation,
    parse_settings,
    role,
)

ROOM = {"token": "t", "displayName": "Tea", "sessionId": "s", "participantType": 3, "permissions": 502}
FULL = Abilities(frozenset({"raise-hand", "chat-permission"}), reactions=frozenset("👍"))


def test_abilities_are_read_one_by_one() -> None:
    config = {"call": {"enabled": False, "recording-consent": 2, "supported-reactions": ["👍", 7]}, "chat": "x"}
    found = parse_abilities({"capabilities": {"spreed": {"features": ["a"], "config": config}}})
    assert found == Abilities(frozenset("a"), 1_000, frozenset("👍"), 2, calls=False)
    nothing: tuple[Any, ...] = (None, {}, {"capabilities": {"spreed": []}})
    assert [parse_abilities(data) for data in nothing] == [None] * 3


def test_a_conversation_says_who_we_are_there() -> None:
    room = parse_conversation({**ROOM, "lobbyState": 1, "actorType": "guests", "actorId": "a", "callRecording": 1})
    assert room is not None
    assert (room.title, room.session, room.actor, room.recording) == ("Tea", "s", ("guests", "a"), 1)
    assert (room.waits, room.leads, room.sources) == (True, False, frozenset(Source))
    assert not replace(room, kind=1).waits
    assert not replace(room, permissions=502 | 8).waits
    assert replace(room, permissions=16).sources == {Source.MICROPHONE}
    everything = 16 + 32 + 64 + 128 + 256
    assert parse_conversation({**ROOM, "sessionId": "0", "permissions": 0}) == Conversation("Tea", "", 3, everything)
    assert parse_conversation([]) is None


def test_settings_name_the_server_and_its_relays() -> None:
    relay = {"urls": ["turn:h"], "username": "u", "credential": "c"}
    found = parse_settings(
        {
            "signalingMode": "external",
            "server": "https://s",
            "helloAuthParams": {"1.0": {"ticket": "x"}, "2.0": {"token": "y"}, "9": {}},
            "stunservers": [{"urls": ["stun:h"]}, {"urls": 7}],
            "turnservers": [relay],
        }
    )
    assert found.hello == {"1.0": {"ticket": "x"}, "2.0": {"token": "y"}}
    assert found.relays == (IceServer(("stun:h",)), IceServer(("turn:h",), "u", "c"))
    assert parse_settings({"ticket": "x", "userId": "u"}).hello == {"1.0": {"userid": "u", "ticket": "x"}}
    assert "secret" not in repr(parse_settings({"ticket": "secret"}))


@pytest.mark.parametrize(
    ("consent", "wanted", "needed"),
    [(0, True, False), (1, False, True), (2, False, False), (2, True, True)],
)
def test_consent(consent: int, wanted: bool, needed: bool) -> None:
    assert needs_consent(Abilities(consent=consent), Conversation("", "", wants_consent=wanted)) is needed


def test_what_one_may_do_follows_from_the_rights() -> None:
    room = Conversation("Tea", "s", 3, 502)
    assert capabilities(FULL, room, is_guest=True) == ABLE
    assert capabilities(FULL, replace(room, kind=2), is_guest=False) == (ABLE | LEADING) & ~Capability.RENAME
    without = ABLE & ~(Capability.CHAT | Capability.SCREEN_SHARE)
    assert capabilities(FULL, replace(room, permissions=16 | 32), is_guest=True) == without
    assert capabilities(Abilities(), room, is_guest=True) == ABLE & ~(Capability.HAND | Capability.REACTIONS)
    assert [role(kind) for kind in (1, 2, 6, 3, 4)] == [Role.OWNER, *[Role.ADMINISTRATOR] * 2, *[Role.MEMBER] * 2]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*ROOM, "spreed", "urls"]), inner),
    max_leaves=9,
)


@given(JSON)
def test_any_answer_is_read(data: Any) -> None:
    parse_abilities(data)
    parse_conversation(data)
    parse_settings(data)
