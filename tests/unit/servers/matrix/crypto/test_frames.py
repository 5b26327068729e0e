"""Frame keys of a call: who gets whose, when there is a new one, and what is not taken for a key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.matrix_keys import JSON, ROOM, meet, mutated, party, settle, three
from visio_desktop.servers.matrix.api import Unreachable
from visio_desktop.servers.matrix.crypto.courier import Courier
from visio_desktop.servers.matrix.crypto.devices import Device
from visio_desktop.servers.matrix.crypto.frames import read_letter_keys, read_room_keys
from visio_desktop.servers.matrix.crypto.letters import Letter
from visio_desktop.servers.matrix.crypto.primitives import encode64
from visio_desktop.servers.matrix.keys import CallDevice, Plain

_BOB = CallDevice("@bob:test", "ONE")
_NOW_MS = 1_000.0


def letter_content(**more: Any) -> dict[str, Any]:
    return {
        "keys": {"index": 3, "key": encode64(bytes(16))},
        "room_id": ROOM,
        "member": {"claimed_device_id": "ONE", "id": "@bob:test:ONE"},
        "session": {"call_id": "", "application": "m.call", "scope": "m.room"},
        "sent_ts": 900,
        **more,
    }


def letter(content: dict[str, Any]) -> Letter:
    return Letter("io.element.call.encryption_keys", content, Device(_BOB, "curve", "ed"))


async def test_each_hears_the_others_frame_keys_and_a_fourth_none() -> None:
    server, ada, bob, eve = await three()
    outsider = await party(server, "mallory")
    await meet(ada, bob, eve)
    await outsider.sync()
    for each in (ada, bob, eve):
        own = each.last(each)
        assert own is not None
        assert len(own.material) == 16
        assert own.index == 0
        for other in (ada, bob, eve):
            assert other.last(each) == own
    assert len({key.material for key in ada.heard}) == 3
    assert outsider.heard == []


async def test_after_somebody_left_the_key_is_a_new_one_that_they_never_hear() -> None:
    server, ada, bob, eve = await three()
    await meet(ada, bob, eve)
    before = ada.last(ada)
    assert before is not None
    await meet(ada, bob, since=1)
    await eve.sync()
    await settle()
    after = ada.last(ada)
    assert after is not None
    assert after.material != before.material
    assert after.index == 1
    assert bob.last(ada) == after
    assert eve.last(ada) == before
    # It was told to the others first, and used a second later.
    assert ada.moment.asleep == [1.0]
    assert server.asked("sendToDevice") > 0


async def test_whoever_comes_gets_a_young_key_as_it_is_and_makes_an_old_one_new() -> None:
    _, ada, bob, eve = await three()
    await meet(ada, bob)
    first = ada.last(ada)
    ada.moment.ms += 9_000
    await ada.keeper.meet({bob.me: 1, eve.me: 2})
    await settle()
    assert ada.last(ada) == first
    await eve.keeper.meet({ada.me: 1, bob.me: 1})
    await eve.sync()
    assert eve.last(ada) == first
    late = await party(ada.server, "late")
    ada.moment.ms += 1_000
    await ada.keeper.meet({bob.me: 1, eve.me: 2, late.me: 3})
    await settle()
    newest = ada.last(ada)
    assert newest != first
    await bob.sync()
    assert bob.last(ada) == newest


async def test_a_device_that_came_back_gets_the_key_again() -> None:
    _, ada, bob, _ = await three()
    await meet(ada, bob)
    bob.heard.clear()
    await bob.keeper.close()
    await bob.load()
    await ada.keeper.meet({bob.me: 2})
    await bob.keeper.meet({ada.me: 1})
    await bob.sync()
    assert bob.last(ada) == ada.last(ada)


async def test_a_key_of_somebody_who_is_not_in_the_call_waits_until_they_are() -> None:
    _, ada, bob, _ = await three()
    await bob.keeper.meet({ada.me: 1})
    await ada.sync()
    assert ada.last(bob) is None
    await ada.keeper.meet({bob.me: 1})
    assert ada.last(bob) == bob.last(bob)


async def test_what_a_server_that_was_down_kept_from_somebody_is_done_later() -> None:
    server, ada, bob, _ = await three()
    server.is_down = True
    with pytest.raises(Exception, match="Unreachable"):
        await ada.keeper.meet({bob.me: 1})
    server.is_down = False
    await ada.sync()
    await bob.keeper.meet({ada.me: 1})
    await bob.sync()
    assert bob.last(ada) == ada.last(ada)


async def test_frame_keys_in_the_room_count_for_their_proved_device_only() -> None:
    _, ada, bob, eve = await three()
    await ada.keeper.meet({bob.me: 1, eve.me: 1})
    material = "A" * 22
    for device, count in (("ONE", 1), ("TWO", 0)):
        content = {"keys": [{"index": 7, "key": material}], "device_id": device, "call_id": ""}
        kind = "io.element.call.encryption_keys"
        sealed = await bob.keeper.seal(Plain(kind, content), frozenset({ada.me.user_id}))
        await ada.sync()
        before = len(ada.heard)
        assert await ada.keeper.open({**bob.event(sealed), "origin_server_ts": 5}) is not None
        assert len(ada.heard) - before == count
    key = ada.last(bob)
    assert key is not None
    assert (key.index, key.material) == (7, bytes(16))


async def test_what_goes_out_is_what_element_call_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    _, ada, bob, _ = await three()
    sent: list[tuple[str, dict[str, Any]]] = []

    async def send(_: Courier, devices: Sequence[Device], kind: str, content: dict[str, Any]) -> frozenset[Device]:
        sent.append((kind, content))
        return frozenset(devices)

    monkeypatch.setattr(Courier, "send", send)
    await ada.keeper.meet({bob.me: 1, ada.me: 1})
    assert sent == [
        (
            "io.element.call.encryption_keys",
            {
                "keys": {"index": 0, "key": encode64(ada.heard[0].material)},
                "room_id": ROOM,
                "member": {"claimed_device_id": "ONE", "id": "@ada:test:ONE"},
                "session": {"call_id": "", "application": "m.call", "scope": "m.room"},
                "sent_ts": 1_000_000,
            },
        )
    ]


def test_a_key_is_taken_from_its_letter() -> None:
    [key] = read_letter_keys(letter(letter_content()), ROOM, _NOW_MS)
    assert (key.device, key.index, key.sent_ms, key.material) == (_BOB, 3, 900, bytes(16))
    assert "material" not in repr(key)


@pytest.mark.parametrize(
    "more",
    [
        {"room_id": "!other:test"},
        {"member": {"claimed_device_id": "TWO"}},
        {"member": {}},
        {"keys": {"index": 256, "key": encode64(bytes(16))}},
        {"keys": {"index": -1, "key": encode64(bytes(16))}},
        {"keys": {"index": True, "key": encode64(bytes(16))}},
        {"keys": {"index": 1.5, "key": encode64(bytes(16))}},
        {"keys": {"index": "1", "key": encode64(bytes(16))}},
        {"keys": {"index": 1, "key": encode64(bytes(15))}},
        {"keys": {"index": 1, "key": encode64(bytes(33))}},
        {"keys": {"index": 1, "key": "no base64"}},
        {"keys": [{"index": 1, "key": encode64(bytes(16))}]},
    ],
)
def test_what_is_no_key_of_this_device_for_this_room_is_not_taken(more: dict[str, Any]) -> None:
    assert read_letter_keys(letter(letter_content(**more)), ROOM, _NOW_MS) == ()


def test_a_letter_from_the_future_counts_as_sent_now() -> None:
    [key] = read_letter_keys(letter(letter_content(sent_ts=10**15)), ROOM, _NOW_MS)
    assert key.sent_ms == _NOW_MS


@given(path=st.lists(st.integers(0, 20), min_size=1, max_size=4), other=JSON)
def test_rubbish_is_no_key(path: list[int], other: Any) -> None:
    keys = read_letter_keys(letter(mutated(letter_content(), path, other)), ROOM, _NOW_MS)
    room = {"keys": [{"index": 3, "key": encode64(bytes(16))}], "device_id": "ONE", "call_id": ""}
    for key in (*keys, *read_room_keys(_BOB, mutated(room, path, other), 1.0)):
        assert key.device == _BOB
        assert 0 <= key.index < 256
        assert 16 <= len(key.material) <= 32


async def test_an_older_key_of_a_number_does_not_replace_a_newer() -> None:
    _, ada, bob, _ = await three()
    await ada.keeper.meet({bob.me: 1})
    for sent_ms, byte in ((10, 1), (9, 2), (10, 3)):
        content = {"keys": [{"index": 0, "key": encode64(bytes([byte]) * 16)}], "device_id": "ONE", "call_id": ""}
        plain = Plain("io.element.call.encryption_keys", content)
        sealed = await bob.keeper.seal(plain, frozenset({ada.me.user_id}))
        await ada.sync()
        await ada.keeper.open({**bob.event(sealed), "origin_server_ts": sent_ms})
    assert [key.material[0] for key in ada.heard if key.identity == bob.me.identity] == [1, 3]


async def test_a_request_that_may_have_arrived_makes_its_addressee_somebody_who_knew() -> None:
    server, ada, bob, eve = await three()
    await meet(ada, bob)
    old = ada.last(ada)

    def lost(path: str, answer: dict[str, Any]) -> dict[str, Any]:
        if "sendToDevice" in path:
            raise Unreachable("test")
        return answer

    server.twist = lost
    with pytest.raises(Unreachable):
        await ada.keeper.meet({bob.me: 1, eve.me: 1})
    server.twist = lambda _, answer: answer
    await eve.keeper.meet({ada.me: 1})
    await eve.sync()
    assert eve.last(ada) == old
    await ada.keeper.meet({bob.me: 1})
    await settle()
    assert ada.last(ada) != old


async def test_somebody_out_of_reach_makes_a_new_key_once_only() -> None:
    server, ada, bob, eve = await three()
    server.once[eve.me], server.fallback[eve.me] = {}, {}
    await ada.keeper.meet({bob.me: 1})
    ada.moment.ms += 20_000
    await ada.keeper.meet({bob.me: 1, eve.me: 1})
    await settle()
    once = ada.last(ada)
    for _ in range(3):
        ada.moment.ms += 20_000
        await ada.keeper.meet({bob.me: 1, eve.me: 1})
    await settle()
    assert once is not None
    assert once.index == 1
    assert ada.last(ada) == once


async def test_numbers_begin_anew_after_the_last() -> None:
    _, ada, bob, _ = await three()
    for number in range(258):
        await ada.keeper.meet({bob.me: 1} if number % 2 else {})
    await settle()
    assert [key.index for key in ada.heard] == [*range(len(ada.heard))]
    ada.heard.clear()
    for number in range(300):
        await ada.keeper.meet({} if number % 2 else {bob.me: 1})
    await settle()
    assert {key.index for key in ada.heard} <= set(range(256))
    assert 0 in {key.index for key in ada.heard}
