"""Whole devices talking through a homeserver in memory: chat, restarts, and a server that lies."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.matrix_keys import JSON, PICKLE_KEY, ROOM, meet, mutated, settle, three
from tests.helpers.matrix_owner import Owner
from visio_desktop.servers.matrix.crypto.devices import DeviceBook
from visio_desktop.servers.matrix.crypto.keeper import make_keys
from visio_desktop.servers.matrix.keys import DeviceTaken, KeyPlace, SyncNews


async def test_chat_is_read_by_those_it_is_for_and_shows_who_wrote_it() -> None:
    _, ada, bob, eve = await three()
    line = await ada.say("only for bob", bob)
    assert "only for bob" not in json.dumps(line)
    for each in (ada, bob, eve):
        await each.sync()
    plain = await bob.keeper.open(line)
    assert plain is not None
    assert plain.device == ada.me
    assert plain.content["body"] == "only for bob"
    assert await ada.read(line) == "only for bob"
    assert await eve.read(line) is None


async def test_keys_outlive_a_restart() -> None:
    server, ada, bob, _ = await three()
    await meet(ada, bob)
    line = await ada.say("before", bob)
    await bob.sync()
    await bob.keeper.close()
    uploads = server.asked("keys/upload")
    await bob.load()
    assert server.asked("keys/upload") == uploads
    assert await bob.read(line) == "before"
    claims = server.asked("keys/claim")
    later = await ada.say("after", bob)
    await bob.sync()
    assert await bob.read(later) == "after"
    assert server.asked("keys/claim") == claims


async def test_what_is_kept_is_opened_with_its_key_and_for_its_device_only() -> None:
    server, ada, _, _ = await three()
    await ada.keeper.close()
    assert ada.me.user_id not in "".join(ada.store.kept.values())
    place = KeyPlace(ada.me, ROOM, bytes(32))
    stranger = await make_keys(place, server.client(ada.me), ada.store, ada)
    with pytest.raises(DeviceTaken):
        await stranger.begin()
    assert PICKLE_KEY.hex() not in repr(place)


async def test_one_time_keys_are_made_up_for_and_so_is_the_fallback() -> None:
    server, ada, bob, eve = await three()
    assert len(server.once[ada.me]) == 50
    server.once[ada.me] = {}
    await meet(bob, ada)
    assert ada.me in server.unused_fallback
    assert len(server.once[ada.me]) == 50
    await eve.keeper.meet({ada.me: 1})
    await ada.sync()
    assert len(server.once[ada.me]) == 50


async def test_after_closing_nothing_is_told() -> None:
    _, ada, bob, eve = await three()
    await meet(ada, bob, eve)
    await ada.keeper.meet({bob.me: 1})
    heard = list(ada.heard)
    await ada.keeper.close()
    await settle()
    await ada.keeper.close()
    assert ada.heard == heard


@given(path=st.lists(st.integers(0, 20), min_size=1, max_size=5), other=JSON)
@settings(max_examples=60)
async def test_rubbish_in_place_of_anything_is_passed_over(path: list[int], other: Any) -> None:
    server, ada, bob, _ = await three()
    await bob.keeper.meet({ada.me: 1})
    await ada.keeper.meet({bob.me: 1})
    line = await bob.say("hello", ada)
    letters = tuple(mutated(event, path, other) for event in server.inboxes[ada.me])
    await ada.keeper.take(SyncNews(to_device=letters))
    opened = await ada.keeper.open(mutated(line, path, other))
    assert opened is None or opened.device == bob.me
    await ada.sync()


@given(path=st.lists(st.integers(0, 20), min_size=1, max_size=6), other=JSON, which=st.sampled_from(["query", "claim"]))
@settings(max_examples=60)
async def test_rubbish_answers_cost_that_device_only(path: list[int], other: Any, which: str) -> None:
    server, ada, bob, eve = await three()
    server.twist = lambda asked, right: mutated(right, path, other) if which in asked else right
    await ada.keeper.meet({bob.me: 1, eve.me: 1})
    assert ada.last(ada) is not None
    assert set(server.inboxes) <= {bob.me, eve.me}


async def test_a_recovery_key_makes_the_device_its_owner_s_in_all_eyes() -> None:
    server, ada, bob, _ = await three()
    owner = Owner(ada.me.user_id)
    server.owned_by(owner)
    assert not ada.keeper.is_vouched
    await ada.keeper.vouch(owner.recovery_key)
    assert ada.keeper.is_vouched
    book = DeviceBook(server.client(bob.me), {})
    await book.refresh({ada.me.user_id})
    assert [device.vouched for device in book.of({ada.me.user_id})] == [True]
    await ada.load()
    assert ada.keeper.is_vouched
