"""The session a room's events are sealed with: who gets it, and when there is a new one."""

from __future__ import annotations

import json

import pytest

from tests.helpers.matrix_keys import party, three
from visio_desktop.servers.matrix.keys import CallDevice, KeysError, Plain


async def test_a_relation_stays_readable_for_the_server() -> None:
    _, ada, bob, _ = await three()
    relation = {"rel_type": "m.annotation", "event_id": "$line", "key": "x"}
    sealed = await ada.keeper.seal(Plain("m.reaction", {"m.relates_to": relation}), frozenset({bob.me.user_id}))
    assert sealed.content["m.relates_to"] == relation
    await bob.sync()
    opened = await bob.keeper.open(ada.event(sealed))
    assert opened is not None
    assert (opened.type, opened.content) == ("m.reaction", {"m.relates_to": relation})


async def test_who_left_reads_nothing_that_is_said_after() -> None:
    _, ada, bob, eve = await three()
    first = await ada.say("to both", bob, eve)
    await eve.sync()
    assert await eve.read(first) == "to both"
    second = await ada.say("to bob", bob)
    await eve.sync()
    await bob.sync()
    assert await eve.read(second) is None
    assert await bob.read(second) == "to bob"
    assert first["content"]["session_id"] != second["content"]["session_id"]


async def test_a_session_ends_with_its_age_and_its_messages() -> None:
    _, ada, bob, _ = await three()
    sessions = [(await ada.say("x", bob))["content"]["session_id"]]
    ada.moment.ms += 3_600_000
    sessions += [(await ada.say("x", bob))["content"]["session_id"] for _ in range(101)]
    assert len(set(sessions)) == 3
    assert sessions[0] != sessions[1]
    assert sessions[1] == sessions[100] != sessions[101]


async def test_the_key_goes_to_each_device_once() -> None:
    server, ada, bob, eve = await three()
    for _ in range(3):
        await ada.say("x", bob)
    assert server.asked("sendToDevice") == 1
    await ada.say("x", bob, eve)
    assert server.asked("sendToDevice") == 2
    assert len(server.inboxes[bob.me]) == 1


async def test_a_device_that_was_logged_out_reads_nothing_more() -> None:
    server, ada, bob, _ = await three()
    first = await ada.say("x", bob)
    server.forget(bob.me)
    await ada.sync()
    second = await ada.say("x", bob)
    assert first["content"]["session_id"] != second["content"]["session_id"]


async def test_the_key_goes_to_other_devices_of_the_same_person() -> None:
    server, ada, bob, _ = await three()
    second = await party(server, "ada", "TWO")
    await ada.sync()
    line = await ada.say("mine", bob)
    await second.sync()
    assert await second.read(line) == "mine"


async def test_too_many_people_are_refused() -> None:
    _, ada, _, _ = await three()
    people = frozenset(f"@{number}:test" for number in range(1_001))
    with pytest.raises(KeysError):
        await ada.keeper.seal(Plain("m.room.message", {}), people)


async def test_nothing_of_the_event_but_its_frame_is_readable() -> None:
    _, ada, bob, _ = await three()
    line = await ada.say("a secret", bob)
    assert set(line["content"]) == {"algorithm", "ciphertext", "session_id", "sender_key", "device_id"}
    assert "a secret" not in json.dumps(line)
    assert CallDevice(line["sender"], line["content"]["device_id"]) == ada.me
