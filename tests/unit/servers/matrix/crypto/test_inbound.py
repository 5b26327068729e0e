"""Sessions of others: whose they are, that nothing opens twice, and how many are kept."""

from __future__ import annotations

import json
from typing import Any

import vodozemac
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.matrix_keys import JSON, PICKLE_KEY, ROOM, mutated, three
from visio_desktop.servers.matrix.crypto.devices import MEGOLM, Device
from visio_desktop.servers.matrix.crypto.inbound import InboundSessions
from visio_desktop.servers.matrix.crypto.letters import Letter
from visio_desktop.servers.matrix.keys import CallDevice

_ADA = Device(CallDevice("@ada:test", "ONE"), "curve", "ed")
_EVE = Device(CallDevice("@eve:test", "ONE"), "curve", "ed")


def room_key(session: vodozemac.GroupSession, **more: Any) -> dict[str, Any]:
    return {
        "algorithm": MEGOLM,
        "room_id": ROOM,
        "session_id": session.session_id,
        "session_key": session.session_key.to_base64(),
        **more,
    }


def event(session: vodozemac.GroupSession, body: bytes, sender: Device = _ADA, name: str = "$1") -> dict[str, Any]:
    content = {
        "algorithm": MEGOLM,
        "session_id": session.session_id,
        "ciphertext": session.encrypt(body).to_base64(),
    }
    return {"type": "m.room.encrypted", "sender": sender.at.user_id, "event_id": name, "content": content}


_BODY = b'{"type":"m.room.message","content":{"body":"x"},"room_id":"!room:test"}'


async def test_a_line_shown_twice_is_read_once() -> None:
    _, ada, bob, _ = await three()
    line = await ada.say("pay him", bob)
    await bob.sync()
    assert await bob.read(line) == "pay him"
    assert await bob.read(line) == "pay him"
    assert await bob.read({**line, "event_id": "$again"}) is None


async def test_a_line_that_the_server_moves_or_gives_to_another_is_not_read() -> None:
    _, ada, bob, eve = await three()
    line = await ada.say("mine", bob, eve)
    await bob.sync()
    for forged in (
        {**line, "sender": eve.me.user_id},
        {**line, "type": "m.room.message"},
        {**line, "content": {**line["content"], "ciphertext": line["content"]["ciphertext"][:-4] + "AAAA"}},
    ):
        assert await bob.read(forged) is None
    assert await bob.read(line) == "mine"


def test_a_key_passed_on_by_somebody_else_does_not_hide_the_owner_s() -> None:
    session, kept = vodozemac.GroupSession(), InboundSessions()
    assert kept.add(Letter("m.room_key", room_key(session), _EVE))
    assert kept.add(Letter("m.room_key", room_key(session), _ADA))
    opened = kept.open(event(session, _BODY), ROOM)
    assert opened is not None
    assert opened.device == _ADA.at


def test_a_key_counts_for_its_room_only() -> None:
    session, kept = vodozemac.GroupSession(), InboundSessions()
    kept.add(Letter("m.room_key", room_key(session, room_id="!other:test"), _ADA))
    line = event(session, _BODY)
    assert kept.open(line, ROOM) is None
    # What was sealed for another room stays there, whatever the key was said to be for.
    elsewhere = InboundSessions()
    again = vodozemac.GroupSession()
    elsewhere.add(Letter("m.room_key", room_key(again), _ADA))
    assert elsewhere.open(event(again, _BODY.replace(b"!room", b"!else")), ROOM) is None


def test_a_session_that_begins_later_does_not_replace_one_that_opens_more() -> None:
    session, kept = vodozemac.GroupSession(), InboundSessions()
    early = room_key(session)
    line = event(session, _BODY)
    late = room_key(session)
    assert kept.add(Letter("m.room_key", late, _ADA))
    assert kept.open(line, ROOM) is None
    assert kept.add(Letter("m.room_key", early, _ADA))
    assert not kept.add(Letter("m.room_key", late, _ADA))
    assert kept.open(line, ROOM) is not None


def test_one_person_s_flood_costs_their_own_sessions() -> None:
    mine, kept = vodozemac.GroupSession(), InboundSessions()
    kept.add(Letter("m.room_key", room_key(mine), _ADA))
    for _ in range(230):
        kept.add(Letter("m.room_key", room_key(vodozemac.GroupSession()), _EVE))
    assert len(kept) == 201
    assert kept.open(event(mine, _BODY), ROOM) is not None


def test_what_was_kept_still_refuses_what_it_has_seen() -> None:
    session, kept = vodozemac.GroupSession(), InboundSessions()
    kept.add(Letter("m.room_key", room_key(session), _ADA))
    line = event(session, _BODY)
    assert kept.open(line, ROOM) is not None
    assert kept.is_changed
    back = InboundSessions()
    back.restore(kept.pickles(PICKLE_KEY), PICKLE_KEY)
    assert not kept.is_changed
    assert back.open({**line, "event_id": "$other"}, ROOM) is None
    assert back.open(line, ROOM) is not None
    assert back.open(event(session, _BODY, name="$2"), ROOM) is not None
    wrong = InboundSessions()
    wrong.restore(kept.pickles(PICKLE_KEY), bytes(32))
    assert len(wrong) == 0


def test_long_talks_are_remembered_by_a_floor() -> None:
    session, kept = vodozemac.GroupSession(), InboundSessions()
    kept.add(Letter("m.room_key", room_key(session), _ADA))
    first = event(session, _BODY, name="$first")
    assert kept.open(first, ROOM) is not None
    for number in range(1_001):
        assert kept.open(event(session, _BODY, name=f"${number}"), ROOM) is not None
    assert kept.open(first, ROOM) is None


@given(path=st.lists(st.integers(0, 20), min_size=1, max_size=2), other=JSON)
def test_rubbish_is_no_session(path: list[int], other: Any) -> None:
    session, kept = vodozemac.GroupSession(), InboundSessions()
    content = mutated(room_key(session), path, other)
    assert kept.add(Letter("m.room_key", content, _ADA)) == (len(kept) == 1)


@given(plain=st.binary(max_size=80) | JSON.map(lambda value: json.dumps(value).encode()))
def test_what_stands_inside_may_be_anything(plain: bytes) -> None:
    session, kept = vodozemac.GroupSession(), InboundSessions()
    kept.add(Letter("m.room_key", room_key(session), _ADA))
    assert kept.open(event(session, plain), ROOM) is None
