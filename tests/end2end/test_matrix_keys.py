"""Matrix keys through a real Synapse: devices that know nothing of each other but what the server relays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.matrix_owner import Owner
from tests.helpers.synapse_server import Registered, Synapse
from visio_desktop.net import Web
from visio_desktop.servers.matrix.api import CLIENT, Api
from visio_desktop.servers.matrix.crypto.devices import read_devices
from visio_desktop.servers.matrix.crypto.files import KeyFiles
from visio_desktop.servers.matrix.crypto.keeper import Keeper, make_keys
from visio_desktop.servers.matrix.keys import CallDevice, DeviceTaken, FrameKey, KeyPlace, Plain
from visio_desktop.servers.matrix.words import Synced, parse_sync

_ENCRYPTION = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
_ROUNDS = 150


@pytest.fixture(scope="module")
def synapse() -> Iterator[Synapse]:
    with Synapse() as running:
        yield running


@dataclass(slots=True)
class Device:
    """A device with an account on Synapse; `frame_keys` are those it was told last, by whose they are."""

    server: Synapse
    who: Registered
    room_id: str
    folder: Path
    pickle_key: bytes = bytes(32)
    frame_keys: dict[str, FrameKey] = field(default_factory=dict)
    read: list[str | None] = field(default_factory=list)
    since: str = ""
    keeper: Keeper | None = None
    api: Api | None = None

    @property
    def me(self) -> CallDevice:
        return CallDevice(self.who.user_id, self.who.device_id)

    @property
    def keys(self) -> Keeper:
        assert self.keeper is not None
        return self.keeper

    def on_frame_key(self, key: FrameKey) -> None:
        self.frame_keys[key.identity] = key

    async def begin(self) -> None:
        self.since = ""
        self.api = Api(Web(), self.server.url, self.who.token)
        place = KeyPlace(self.me, self.room_id, self.pickle_key)
        self.keeper = await make_keys(place, self.api, KeyFiles(self.folder / self.who.device_id), self)
        await self.keeper.begin()

    async def end(self) -> None:
        assert self.api is not None
        await self.keys.close()
        await self.api.close()

    async def sync(self) -> None:
        """One sync: keys first, then what was said."""
        assert self.api is not None
        parameters = {"timeout": "0", **({"since": self.since} if self.since else {})}
        answer = await self.api.ask("GET", f"{CLIENT}/v3/sync", parameters=parameters, timeout_s=60)
        synced = parse_sync(answer, self.room_id)
        assert isinstance(synced, Synced)
        self.since = synced.next_batch
        await self.keys.take(synced.keys)
        for event in synced.timeline:
            if event.type == "m.room.encrypted":
                plain = await self.keys.open(event.raw)
                self.read.append(None if plain is None else str(plain.content["body"]))

    async def say(self, text: str, *people: Device) -> None:
        assert self.api is not None
        plain = Plain("m.room.message", {"msgtype": "m.text", "body": text})
        sealed = await self.keys.seal(plain, frozenset(each.who.user_id for each in people))
        path = f"/v3/rooms/{self.room_id}/send/{sealed.type}/{text.replace(' ', '')}"
        await self.api.call("PUT", path, sealed.content)


@pytest.fixture
async def devices(synapse: Synapse, tmp_path: Path) -> AsyncIterator[list[Device]]:
    """Three people's, in an encrypted room."""
    people = [await asyncio.to_thread(synapse.register, name) for name in ("ada", "bob", "eve")]
    room_id = await asyncio.to_thread(lambda: synapse.room(people[0], initial_state=[_ENCRYPTION]))
    async with AsyncExitStack() as stack:
        found: list[Device] = []
        for who in people:
            device = Device(synapse, who, room_id, tmp_path)
            await device.begin()
            stack.push_async_callback(device.end)
            if found:
                await _join(device)
            found.append(device)
        yield found


async def _join(device: Device) -> None:
    assert device.api is not None
    await device.api.call("POST", f"/v3/join/{device.room_id}", {})


async def until(devices: list[Device], what: str, *, done: Any) -> None:
    """Sync all of them until it is so; Synapse tells of new devices and letters in its own time."""
    for _ in range(_ROUNDS):
        for device in devices:
            await device.sync()
        if done():
            return
        await asyncio.sleep(0.2)
    raise AssertionError(what)


async def test_frame_keys_and_chat_go_to_those_who_should_have_them(devices: list[Device]) -> None:
    ada, bob, eve = devices
    members = {each.me: 1 for each in devices}
    for each in devices:
        await each.keys.meet(members)
    await until(devices, "all keys", done=lambda: all(len(each.frame_keys) == 3 for each in devices))
    first = ada.frame_keys[ada.me.identity]
    assert bob.frame_keys[ada.me.identity] == eve.frame_keys[ada.me.identity] == first

    await ada.say("for all", bob, eve)
    await until(devices, "read by all", done=lambda: all(each.read == ["for all"] for each in devices))

    for each in (ada, bob):
        await each.keys.meet({ada.me: 1, bob.me: 1})
    later = [bob, ada, eve]
    await until(later, "a new key", done=lambda: bob.frame_keys[ada.me.identity].index == 1)
    await until(later, "used by its owner", done=lambda: ada.frame_keys[ada.me.identity].index == 1)
    assert bob.frame_keys[ada.me.identity] == ada.frame_keys[ada.me.identity] != first
    assert eve.frame_keys[ada.me.identity] == first

    await bob.say("for ada", ada)
    await until(later, "read", done=lambda: all(len(each.read) == 2 for each in later))
    assert (ada.read[1], bob.read[1], eve.read[1]) == ("for ada", "for ada", None)

    # A restart: the device is the same, reads what was said before, and is reached without a new beginning.
    await bob.end()
    bob.read.clear()
    await bob.begin()
    await ada.say("welcome back", bob)
    await until([bob], "read again", done=lambda: bob.read[-1:] == ["welcome back"])
    assert bob.read == ["for all", "for ada", "welcome back"]


async def test_a_device_that_lost_its_keys_is_told_to_log_in_anew(devices: list[Device], tmp_path: Path) -> None:
    lost = Device(devices[0].server, devices[0].who, devices[0].room_id, tmp_path / "elsewhere")
    with pytest.raises(DeviceTaken):
        await lost.begin()
    await lost.end()


async def test_a_recovery_key_makes_a_device_trusted_by_all(devices: list[Device]) -> None:
    ada, bob, _ = devices
    assert ada.api is not None
    assert bob.api is not None
    owner = Owner(ada.who.user_id)
    await ada.api.call("POST", "/v3/keys/device_signing/upload", owner.keys())
    for kind, content in owner.account_data().items():
        await ada.api.call("PUT", f"/v3/user/{ada.who.user_id}/account_data/{kind}", content)
    await ada.keys.vouch(owner.recovery_key)
    answer = await bob.api.call("POST", "/v3/keys/query", {"device_keys": {ada.who.user_id: []}})
    assert read_devices(answer, ada.who.user_id)[ada.who.device_id].vouched
