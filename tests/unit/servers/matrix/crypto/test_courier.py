"""Letters between devices: begun, held until their sender is known, mended, and never opened twice."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.helpers.matrix_keys import meet, party, settle, three
from visio_desktop.servers.matrix.crypto.account import OwnAccount
from visio_desktop.servers.matrix.crypto.courier import one_time_key
from visio_desktop.servers.matrix.crypto.devices import Device
from visio_desktop.servers.matrix.crypto.primitives import CryptoError
from visio_desktop.servers.matrix.keys import CallDevice


async def test_without_any_key_left_a_device_is_asked_again_later() -> None:
    server, ada, bob, _ = await three()
    server.once[bob.me], kept = {}, server.once[bob.me]
    fallback = server.fallback.pop(bob.me)
    await ada.keeper.meet({bob.me: 1})
    claims = server.asked("keys/claim")
    await ada.sync()
    assert server.asked("keys/claim") == claims
    server.once[bob.me], server.fallback[bob.me] = kept, fallback
    ada.moment.ms += 61_000
    await ada.sync()
    await bob.keeper.meet({ada.me: 1})
    await bob.sync()
    assert bob.last(ada) == ada.last(ada)


async def test_a_letter_is_opened_once_even_with_a_fallback_key() -> None:
    server, ada, bob, _ = await three()
    server.once[bob.me] = {}
    await bob.keeper.meet({ada.me: 1})
    await ada.keeper.meet({bob.me: 1})
    [letter] = server.inboxes[bob.me]
    await bob.sync()
    heard = len(bob.heard)
    assert bob.last(ada) is not None
    bob.heard.clear()
    server.inboxes[bob.me] = [copy.deepcopy(letter)]
    await bob.sync()
    assert bob.last(ada) is None
    assert heard == 2


async def test_a_session_lost_by_one_side_is_begun_anew() -> None:
    server, ada, bob, _ = await three()
    await meet(ada, bob)
    old = dict(bob.store.kept)
    for _ in range(3):
        await meet(ada, bob)
    bob.store.kept = old
    server.inboxes[bob.me] = []
    # What a session of Bob's cannot open: Ada's letters are garbled on their way.
    ada.moment.ms += 20_000
    eve = await party(server, "zoe")
    await ada.keeper.meet({bob.me: 1, eve.me: 1})
    for event in server.inboxes[bob.me]:
        message = next(iter(event["content"]["ciphertext"].values()))
        message["body"] = message["body"][:-8] + "AAAAAAAA"
    await bob.sync()
    await settle()
    assert bob.last(ada) != ada.last(ada)
    await ada.sync()
    await bob.sync()
    assert bob.last(ada) == ada.last(ada)


async def test_letters_of_a_device_unknown_yet_wait_for_its_description() -> None:
    server, ada, bob, _ = await three()
    await bob.keeper.meet({ada.me: 1})
    await ada.keeper.meet({bob.me: 1})
    description = server.descriptions.pop(bob.me)
    await ada.sync()
    assert ada.last(bob) is None
    server.descriptions[bob.me] = description
    ada.moment.ms += 11_000
    await ada.sync()
    assert ada.last(bob) == bob.last(bob)


async def test_keys_of_all_are_claimed_in_one_request() -> None:
    server, ada, bob, eve = await three()
    await ada.keeper.meet({bob.me: 1, eve.me: 1})
    assert server.asked("keys/claim") == 1
    assert server.asked("keys/query") == len(("ada", "bob", "eve", "who is in the call"))


async def test_a_server_that_fails_while_a_sender_is_asked_for_costs_no_letter() -> None:
    server, ada, bob, _ = await three()
    await bob.keeper.meet({ada.me: 1})
    await ada.keeper.meet({bob.me: 1})
    news = server.news(ada.me)
    server.tell(bob.me.user_id)
    server.is_down = True
    await ada.keeper.take(news)
    assert ada.last(bob) == bob.last(bob) or ada.last(bob) is None
    server.is_down = False
    await ada.sync()
    assert ada.last(bob) == bob.last(bob)


async def test_a_session_is_mended_once_an_hour() -> None:
    server, ada, bob, _ = await three()
    await meet(ada, bob)
    letter = {
        "type": "m.room.encrypted",
        "sender": ada.me.user_id,
        "content": {
            "algorithm": "m.olm.v1.curve25519-aes-sha2",
            "sender_key": server.descriptions[ada.me]["keys"]["curve25519:ONE"],
            "ciphertext": {server.descriptions[bob.me]["keys"]["curve25519:ONE"]: {"type": 1, "body": "AAAA"}},
        },
    }
    claims = server.asked("keys/claim")
    for expected in (1, 1):
        server.inboxes[bob.me] = [copy.deepcopy(letter)]
        await bob.sync()
        assert server.asked("keys/claim") - claims == expected
    bob.moment.ms += 3_600_000
    server.inboxes[bob.me] = [copy.deepcopy(letter)]
    await bob.sync()
    assert server.asked("keys/claim") - claims == 2


def test_a_claimed_key_must_be_signed_by_its_device() -> None:
    bob, eve = OwnAccount.made(CallDevice("@bob:test", "ONE")), OwnAccount.made(CallDevice("@bob:test", "ONE"))
    device = Device(bob.me, bob.curve25519, bob.ed25519)
    bob.replenish(49, fallback=False)
    eve.replenish(49, fallback=True)
    offered: dict[str, Any] = bob.unpublished()["one_time_keys"]
    assert one_time_key(offered, device) == next(iter(offered.values()))["key"]
    for forged in (
        eve.unpublished()["one_time_keys"],
        eve.unpublished()["fallback_keys"],
        {"signed_curve25519:A": {"key": bob.curve25519}},
        {"curve25519:A": bob.curve25519},
        {},
    ):
        with pytest.raises(CryptoError):
            one_time_key(forged, device)


async def test_a_sync_full_of_letters_of_strangers_costs_none_of_the_known() -> None:
    server, ada, bob, _ = await three()
    await bob.keeper.meet({ada.me: 1})
    await ada.keeper.meet({bob.me: 1})
    [letter] = server.inboxes[ada.me]
    strange = {**letter, "sender": "@stranger:test"}
    server.inboxes[ada.me] = [letter, *(copy.deepcopy(strange) for _ in range(500))]
    await ada.sync()
    assert ada.last(bob) == bob.last(bob)
