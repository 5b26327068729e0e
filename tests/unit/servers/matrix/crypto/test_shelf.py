"""What rests between runs is opened by the same device, under the same name, with the same key."""

from __future__ import annotations

from random import Random

import pytest

from tests.helpers.matrix_keys import PICKLE_KEY, ROOM, MemoryStore
from visio_desktop.servers.matrix.crypto.shelf import Shelf
from visio_desktop.servers.matrix.keys import CallDevice, KeyPlace

_ME = CallDevice("@ada:test", "ONE")


def shelf(store: MemoryStore, me: CallDevice = _ME, key: bytes = PICKLE_KEY) -> Shelf:
    return Shelf(KeyPlace(me, ROOM, key), store, Random(1).randbytes)


async def test_it_comes_back_as_it_was_and_shows_nothing() -> None:
    store = MemoryStore()
    await shelf(store).put("device", {"pins": ["@bob:test"]})
    [(name, kept)] = store.kept.items()
    assert "bob" not in kept
    assert "ada" not in name
    assert await shelf(store).get("device") == {"pins": ["@bob:test"]}


@pytest.mark.parametrize("kept", ["", "AAAA", "no base64", "é"])
async def test_without_anything_that_opens_it_is_empty(kept: str) -> None:
    store = MemoryStore()
    await shelf(store).put("device", {"a": 1})
    store.kept = dict.fromkeys(store.kept, kept)
    assert await shelf(store).get("device") == {}


async def test_another_device_name_or_key_finds_nothing() -> None:
    store = MemoryStore()
    await shelf(store).put("device", {"a": 1})
    [(name, kept)] = store.kept.items()
    store.kept[name.replace("device", "rooms")] = kept
    assert await shelf(store).get("rooms") == {}
    assert await shelf(store, CallDevice("@ada:test", "TWO")).get("device") == {}
    assert await shelf(store, key=bytes(32)).get("device") == {}
