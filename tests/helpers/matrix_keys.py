"""Devices that keep Matrix keys, and a homeserver in memory between them: it relays, and it can be made to lie.

The server does what a keeper of keys asks for: descriptions of devices, one-time and fallback keys, to-device messages.
Nothing here is encrypted or checked; that is what the keepers are for.
"""

from __future__ import annotations

import json
from asyncio import sleep
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import unquote

from hypothesis import strategies as st

from tests.helpers.matrix_owner import Owner
from visio_desktop.servers.matrix.api import NotFound, Unreachable
from visio_desktop.servers.matrix.crypto.keeper import Keeper, Surroundings, make_keys
from visio_desktop.servers.matrix.keys import CallDevice, FrameKey, KeyPlace, Plain, SyncNews

ROOM = "!room:test"
PICKLE_KEY = bytes(range(32))


class KeyServer:
    """One homeserver. `requests` are all that were made: whose, the method and the path."""

    def __init__(self) -> None:
        self.descriptions: dict[CallDevice, dict[str, Any]] = {}
        self.once: dict[CallDevice, dict[str, Any]] = {}
        self.fallback: dict[CallDevice, dict[str, Any]] = {}
        self.unused_fallback: set[CallDevice] = set()
        self.inboxes: dict[CallDevice, list[dict[str, Any]]] = {}
        self.changed: dict[CallDevice, set[str]] = {}
        self.cross_signing: dict[str, dict[str, Any]] = {}
        self.account_data: dict[tuple[str, str], dict[str, Any]] = {}
        self.requests: list[tuple[CallDevice, str, str]] = []
        self.is_down = False
        # What the server makes of an answer to a path before it gives it.
        self.twist: Callable[[str, dict[str, Any]], dict[str, Any]] = lambda _, answer: answer

    def client(self, me: CallDevice) -> _Client:
        """Requests in the name of this device."""
        return _Client(self, me)

    def news(self, me: CallDevice) -> SyncNews:
        """What the next sync of this device brings."""
        return SyncNews(
            to_device=tuple(self.inboxes.pop(me, [])),
            one_time_keys={"signed_curve25519": len(self.once.get(me, {}))},
            fallback_types=("signed_curve25519",) if me in self.unused_fallback else (),
            devices_changed=tuple(sorted(self.changed.pop(me, set()))),
        )

    def asked(self, part: str) -> int:
        """How many requests had this in their path."""
        return sum(part in path for _, _, path in self.requests)

    def forget(self, device: CallDevice) -> None:
        """The device was logged out; all hear of it."""
        self.descriptions.pop(device, None)
        self.tell(device.user_id)

    def tell(self, user_id: str) -> None:
        """All devices hear that this person's changed."""
        for device in self.descriptions:
            self.changed.setdefault(device, set()).add(user_id)

    def answer(self, me: CallDevice, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What this path gives."""
        match path.split("/")[2:]:
            case ["keys", "upload"]:
                return self._upload(me, body)
            case ["keys", "query"]:
                return self._query(list(body["device_keys"]))
            case ["keys", "claim"]:
                return {"one_time_keys": self._claim(body["one_time_keys"])}
            case ["sendToDevice", kind, _]:
                return self._deliver(me, kind, body["messages"])
            case ["keys", "signatures", "upload"]:
                for device_id, signed in body[me.user_id].items():
                    description = self.descriptions[CallDevice(me.user_id, device_id)]
                    description["signatures"][me.user_id].update(signed["signatures"][me.user_id])
                return {"failures": {}}
            case ["user", user_id, "account_data", kind]:
                if (unquote(user_id), kind) not in self.account_data:
                    raise NotFound("test")
                return self.account_data[(unquote(user_id), kind)]
            case _:
                raise AssertionError(path)

    def owned_by(self, owner: Owner) -> None:
        """This person has set up what signs their devices."""
        keys = owner.keys()
        self.cross_signing[owner.user_id] = {
            "master_keys": keys["master_key"],
            "self_signing_keys": keys["self_signing_key"],
        }
        for kind, content in owner.account_data().items():
            self.account_data[(owner.user_id, kind)] = content

    def _upload(self, me: CallDevice, body: Mapping[str, Any]) -> dict[str, Any]:
        if "device_keys" in body:
            self.descriptions[me] = body["device_keys"]
            self.tell(me.user_id)
        self.once.setdefault(me, {}).update(body.get("one_time_keys", {}))
        if "fallback_keys" in body:
            self.fallback[me] = body["fallback_keys"]
            self.unused_fallback.add(me)
        return {"one_time_key_counts": {"signed_curve25519": len(self.once[me])}}

    def _query(self, people: list[str]) -> dict[str, Any]:
        found: dict[str, Any] = {user_id: {} for user_id in people}
        for device, description in self.descriptions.items():
            if device.user_id in found:
                found[device.user_id][device.device_id] = description
        kinds = ("master_keys", "self_signing_keys")
        signing = {
            kind: {user: keys[kind] for user, keys in self.cross_signing.items() if kind in keys} for kind in kinds
        }
        return {"device_keys": found, **signing}

    def _claim(self, wanted: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for device in [CallDevice(user, device) for user, devices in wanted.items() for device in devices]:
            once, fallback = self.once.get(device, {}), self.fallback.get(device, {})
            if once:
                name = next(iter(once))
                given = {name: once.pop(name)}
            else:
                given = dict(fallback)
                self.unused_fallback.discard(device)
            found.setdefault(device.user_id, {})[device.device_id] = given
        return found

    def _deliver(self, me: CallDevice, kind: str, messages: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        for user_id, contents in messages.items():
            for device_id, content in contents.items():
                event = {"type": kind, "sender": me.user_id, "content": content}
                self.inboxes.setdefault(CallDevice(user_id, device_id), []).append(event)
        return {}


@dataclass(frozen=True, slots=True)
class _Client:
    server: KeyServer
    me: CallDevice

    async def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        self.server.requests.append((self.me, method, path))
        if self.server.is_down:
            raise Unreachable("test")
        # Through JSON, as it would go: nothing is shared between devices, and only what JSON can say goes through.
        answer = self.server.twist(path, self.server.answer(self.me, path, json.loads(json.dumps(body))))
        given: Mapping[str, Any] = json.loads(json.dumps(answer))
        return given


class MemoryStore:
    """A `KeyStore` for as long as the test."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.saves = 0

    async def load(self, name: str) -> str:
        """See `KeyStore`."""
        return self.kept.get(name, "")

    async def save(self, name: str, kept: str) -> None:
        """See `KeyStore`."""
        self.saves += 1
        self.kept[name] = kept


class Moment:
    """A clock that moves when told, and those who sleep by it: `pass_ms` wakes whoever is due."""

    def __init__(self) -> None:
        self.ms = 1_000_000.0
        self.asleep: list[float] = []

    def now(self) -> float:
        """Milliseconds."""
        return self.ms

    async def sleep(self, seconds: float) -> None:
        """No time passes here: how long it would have been is in `asleep`."""
        self.asleep.append(seconds)


@dataclass(slots=True)
class Party:
    """One device with its keeper; `heard` are the frame keys it was told to use, in their order."""

    me: CallDevice
    server: KeyServer
    store: MemoryStore = field(default_factory=MemoryStore)
    moment: Moment = field(default_factory=Moment)
    heard: list[FrameKey] = field(default_factory=list)
    seed: int = 0
    _keeper: Keeper | None = None
    _events: int = 0

    @property
    def keeper(self) -> Keeper:
        """Its keys."""
        assert self._keeper is not None
        return self._keeper

    def on_frame_key(self, key: FrameKey) -> None:
        """See `KeyListener`."""
        self.heard.append(key)

    async def load(self) -> None:
        """Begin a run with what is in the store."""
        self.seed += 1
        random: Callable[[int], bytes] = Random(f"{self.me.identity}{self.seed}").randbytes
        around = Surroundings(now=self.moment.now, clock=self.moment.now, sleep=self.moment.sleep, random=random)
        place = KeyPlace(self.me, ROOM, PICKLE_KEY)
        self._keeper = await make_keys(place, self.server.client(self.me), self.store, self, around)
        await self.keeper.begin()

    async def sync(self) -> None:
        """Take what the server has for it."""
        await self.keeper.take(self.server.news(self.me))

    def last(self, other: Party) -> FrameKey | None:
        """The key it would use now for this device's frames."""
        return next((key for key in reversed(self.heard) if key.identity == other.me.identity), None)

    async def say(self, text: str, *people: Party) -> dict[str, Any]:
        """A line of chat to these, as the room's event."""
        content = {"msgtype": "m.text", "body": text}
        sealed = await self.keeper.seal(Plain("m.room.message", content), frozenset(p.me.user_id for p in people))
        return self.event(sealed)

    def event(self, sealed: Plain) -> dict[str, Any]:
        """The event that the room gets of it."""
        self._events += 1
        content = json.loads(json.dumps(sealed.content))
        name = f"${self.me.device_id}{self._events}"
        return {"type": sealed.type, "sender": self.me.user_id, "event_id": name, "content": content}

    async def read(self, event: Mapping[str, Any]) -> str | None:
        """The text of a line of chat, None where it cannot be read."""
        plain = await self.keeper.open(event)
        return None if plain is None else str(plain.content["body"])


async def party(server: KeyServer, user: str, device: str = "ONE") -> Party:
    """A device that is new to the server."""
    made = Party(CallDevice(f"@{user}:test", device), server)
    await made.load()
    return made


async def meet(*parties: Party, since: int = 1) -> None:
    """These are in a call, and hear of it: twice, since the second may have answers to the first."""
    members = {each.me: since for each in parties}
    for each in parties:
        await each.keeper.meet(members)
    for _ in range(2):
        for each in parties:
            await each.sync()


async def three() -> tuple[KeyServer, Party, Party, Party]:
    """A server and three people's devices."""
    server = KeyServer()
    return server, await party(server, "ada"), await party(server, "bob"), await party(server, "eve")


async def settle() -> None:
    """Let the tasks run that wait for nothing."""
    for _ in range(5):
        await sleep(0)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.binary(max_size=40).map(bytes.hex),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


def mutated(value: Any, path: list[int], other: Any) -> dict[str, Any]:
    """The object with one place in it replaced; empty where nothing of an object is left."""
    found = _mutated(value, path, other)
    return found if isinstance(found, dict) else {}


def _mutated(value: Any, path: list[int], other: Any) -> Any:
    if not path or not isinstance(value, dict) or not value:
        return other
    names = list(value)
    name = names[path[0] % len(names)]
    return {**value, name: _mutated(value[name], path[1:], other)}
