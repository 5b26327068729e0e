"""Descriptions of devices: what makes one genuine, and who may vouch for it."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.matrix_keys import JSON, KeyServer, MemoryStore, meet, mutated, three
from visio_desktop.servers.matrix.crypto.account import OwnAccount
from visio_desktop.servers.matrix.crypto.canonical import signed
from visio_desktop.servers.matrix.crypto.devices import DeviceBook, read_devices
from visio_desktop.servers.matrix.keys import CallDevice

_BOB = OwnAccount.made(CallDevice("@bob:test", "ONE"))


def answer(description: Any, device_id: str = "ONE", **more: Any) -> dict[str, Any]:
    return {"device_keys": {"@bob:test": {device_id: description}}, **more}


def signing_keys(*, forged: bool = False) -> tuple[dict[str, Any], OwnAccount]:
    """A master key and a self-signing key signed by it, and what signs with the latter."""
    master, mine = OwnAccount.made(_BOB.me), OwnAccount.made(_BOB.me)

    def description(key: str, usage: str) -> dict[str, Any]:
        return {"user_id": "@bob:test", "usage": [usage], "keys": {f"ed25519:{key}": key}}

    by = OwnAccount.made(_BOB.me) if forged else master
    self_signing = signed(description(mine.ed25519, "self_signing"), by.sign, "@bob:test", master.ed25519)
    keys = {
        "master_keys": {"@bob:test": description(master.ed25519, "master")},
        "self_signing_keys": {"@bob:test": self_signing},
    }
    return keys, mine


async def test_a_device_whose_keys_are_others_under_its_id_is_not_believed() -> None:
    server, ada, bob, _ = await three()
    await meet(ada, bob)
    bob.store = MemoryStore()
    server.descriptions.pop(bob.me)
    await bob.load()
    bob.heard.clear()
    await bob.keeper.meet({ada.me: 1})
    await ada.keeper.meet({bob.me: 1})
    await ada.sync()
    assert bob.last(ada) is None
    assert ada.last(bob) != bob.last(bob)


async def test_a_device_that_a_server_made_up_gets_no_key() -> None:
    server, ada, bob, _ = await three()
    ghost = CallDevice(bob.me.user_id, "GHOST")
    server.descriptions[ghost] = {**server.descriptions[bob.me], "device_id": "GHOST"}
    server.tell(bob.me.user_id)
    await ada.sync()
    await ada.keeper.meet({bob.me: 1, ghost: 1})
    assert server.inboxes.get(bob.me)
    assert ghost not in server.inboxes


def test_a_device_is_read_as_it_signed_itself() -> None:
    device = read_devices(answer(_BOB.description), "@bob:test")["ONE"]
    assert (device.at, device.curve25519, device.ed25519) == (_BOB.me, _BOB.curve25519, _BOB.ed25519)
    assert not device.vouched


def test_what_is_not_signed_by_itself_or_stands_in_another_place_is_no_device() -> None:
    other = OwnAccount.made(CallDevice("@bob:test", "ONE")).description
    mine = _BOB.description
    for description, device_id in (
        ({**mine, "signatures": other["signatures"]}, "ONE"),
        ({**mine, "keys": other["keys"]}, "ONE"),
        ({**mine, "algorithms": []}, "ONE"),
        ({**mine, "user_id": "@eve:test"}, "ONE"),
        (mine, "TWO"),
        ({**mine, "more": 1.5}, "ONE"),
    ):
        assert read_devices(answer(description, device_id), "@bob:test") == {}
    assert read_devices(answer(mine), "@eve:test") == {}


def test_a_device_is_vouched_for_by_the_key_that_the_master_key_signed() -> None:
    keys, mine = signing_keys()
    description = copy.deepcopy(_BOB.description)
    signatures = signed(description, mine.sign, "@bob:test", mine.ed25519)["signatures"]["@bob:test"]
    description["signatures"]["@bob:test"].update(signatures)
    assert read_devices(answer(description, **keys), "@bob:test")["ONE"].vouched
    assert not read_devices(answer(_BOB.description, **keys), "@bob:test")["ONE"].vouched
    forged, other = signing_keys(forged=True)
    description["signatures"]["@bob:test"].update(
        signed(description, other.sign, "@bob:test", other.ed25519)["signatures"]["@bob:test"]
    )
    assert not read_devices(answer(description, **forged), "@bob:test")["ONE"].vouched


@given(path=st.lists(st.integers(0, 20), min_size=1, max_size=7), other=JSON)
def test_rubbish_is_no_device_or_the_same(path: list[int], other: Any) -> None:
    keys, _ = signing_keys()
    found = read_devices(mutated(answer(_BOB.description, **keys), path, other), "@bob:test")
    assert [(each.at, each.ed25519) for each in found.values()] in ([], [(_BOB.me, _BOB.ed25519)])


async def test_people_are_asked_for_once_until_something_changed() -> None:
    server, _, bob, _ = await three()
    book = DeviceBook(server.client(bob.me), {})
    asked = server.asked("keys/query")
    for _ in range(2):
        await book.refresh({"@ada:test", "@bob:test"})
    assert server.asked("keys/query") == asked + 1
    assert [device.at.user_id for device in book.of({"@ada:test", "@bob:test"})] == ["@ada:test", "@bob:test"]
    book.changed(["@ada:test", "@stranger:test"])
    await book.refresh({"@ada:test"})
    assert server.asked("keys/query") == asked + 2
    book.left(["@ada:test"])
    assert book.of({"@ada:test"}) == []


async def test_a_person_whose_own_server_is_silent_keeps_what_is_known() -> None:
    server, _, bob, _ = await three()
    book = DeviceBook(server.client(bob.me), {})
    await book.refresh({"@ada:test"})
    book.changed(["@ada:test"])
    server.twist = lambda _, __: {"device_keys": {}, "failures": {"test": {}}}
    await book.refresh({"@ada:test"})
    assert len(book.of({"@ada:test"})) == 1


async def test_many_people_are_asked_for_in_several_requests() -> None:
    server = KeyServer()
    book = DeviceBook(server.client(_BOB.me), {})
    await book.refresh({f"@{number}:test" for number in range(250)})
    assert server.asked("keys/query") == 3
