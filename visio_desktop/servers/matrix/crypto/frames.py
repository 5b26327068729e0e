"""Frame keys of a call: everybody seals with a key of their own, and gives it to each device in the call.

As Element Call does it (matrix-js-sdk, `RTCEncryptionManager`, `ToDeviceKeyTransport`): somebody new gets the key as it
is when it is young, else a new one goes to all; after somebody left there is a new one. A new key is used a second
later, when it has arrived.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from visio_desktop.servers.fields import Fields
from visio_desktop.servers.matrix.crypto.courier import Courier
from visio_desktop.servers.matrix.crypto.devices import DeviceBook
from visio_desktop.servers.matrix.crypto.letters import Letter
from visio_desktop.servers.matrix.crypto.primitives import CryptoError, decode64, encode64
from visio_desktop.servers.matrix.keys import FRAME_KEYS_EVENT, CallDevice, FrameKey, KeyListener
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

USE_AFTER_S: Final = 1.0
YOUNG_MS: Final = 10_000
_MADE_BYTES: Final = 16
_MOST_BYTES: Final = 32
_INDEXES: Final = 256
_MAX_EARLY: Final = 256

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class HeardKey:
    """A key as a device sent it."""

    device: CallDevice
    index: int
    sent_ms: float
    material: bytes = field(repr=False)


@dataclass(slots=True)
class _OwnKey:
    index: int
    made_ms: float
    material: bytes = field(repr=False)
    # Who has it, and whom it was tried with: somebody out of reach is new once only.
    shared: dict[CallDevice, int] = field(default_factory=dict)
    tried: dict[CallDevice, int] = field(default_factory=dict)
    # Whoever may have it, an unanswered request's addressees among them.
    given: set[CallDevice] = field(default_factory=set)
    is_going_out: bool = False


class FrameKeys:
    """Keys of one call. `now` is the time of day, `clock` never goes back; `random(n)` makes n bytes."""

    def __init__(
        self,
        me: CallDevice,
        room_id: str,
        courier: Courier,
        book: DeviceBook,
        listener: KeyListener,
        *,
        now: Clock,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]],
        random: Callable[[int], bytes],
    ) -> None:
        self._me = me
        self._room_id = room_id
        self._courier = courier
        self._book = book
        self._listener = listener
        self._now = now
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._tasks = Tasks("frame_keys")
        self._members: dict[CallDevice, int] = {}
        self._own: _OwnKey | None = None
        self._heard: dict[CallDevice, dict[int, float]] = {}
        self._early: dict[tuple[CallDevice, int], HeardKey] = {}

    async def meet(self, members: Mapping[CallDevice, int]) -> None:
        """These are in the call, each since so many ms. Raises `ApiError`; what was not done then, `settle` does."""
        self._members = {device: since for device, since in members.items() if device != self._me}
        self._heard = {device: heard for device, heard in self._heard.items() if device in self._members}
        for key in [key for key in self._early.values() if key.device in self._members]:
            del self._early[(key.device, key.index)]
            self._take(key)
        own = self._own
        if own is None:
            self._own = own = self._made(0)
            self._use(own)
        somebody_left = any(device not in self._members for device in own.given)
        somebody_came = any(own.tried.get(device) != since for device, since in self._members.items())
        if somebody_left or (somebody_came and self._clock() - own.made_ms >= YOUNG_MS):
            self._own = self._made((own.index + 1) % _INDEXES)
        await self.settle()

    async def settle(self) -> None:
        """Give our key to whoever should have it and does not yet. Raises `ApiError`."""
        own = self._own
        if own is None:
            return
        lacking = self._lacking(own)
        if lacking:
            await self._share(own, lacking)
            own.tried = dict(self._members)
        if not own.is_going_out:
            own.is_going_out = True
            self._tasks.start(self._use_later(own), name="use")

    def again(self, device: CallDevice) -> None:
        """A device that may have lost a letter of ours gets the key once more."""
        if self._own is not None:
            self._own.shared.pop(device, None)

    def hear(self, letter: Letter) -> None:
        """A key that came to this device alone."""
        self._hear(read_letter_keys(letter, self._room_id, self._now()))

    def hear_room(self, sender: CallDevice, content: Mapping[str, Any], sent_ms: float) -> None:
        """Keys that came as an event of the room, as older clients send them."""
        self._hear(read_room_keys(sender, content, sent_ms))

    async def close(self) -> None:
        """No key is told of any more."""
        await self._tasks.close()
        self._own = None
        self._early.clear()

    def _lacking(self, own: _OwnKey) -> list[CallDevice]:
        return sorted(
            (device for device, since in self._members.items() if own.shared.get(device) != since),
            key=lambda device: device.identity,
        )

    async def _share(self, own: _OwnKey, lacking: Iterable[CallDevice]) -> None:
        await self._book.refresh({device.user_id for device in lacking})
        known = [found for device in lacking if (found := self._book.find(device)) is not None]
        content = {
            "keys": {"index": own.index, "key": encode64(own.material)},
            "room_id": self._room_id,
            "member": {"claimed_device_id": self._me.device_id, "id": self._me.identity},
            "session": {"call_id": "", "application": "m.call", "scope": "m.room"},
            "sent_ts": int(self._now()),
        }
        own.given.update(each.at for each in known)
        reached = await self._courier.send(known, FRAME_KEYS_EVENT, content) if known else frozenset()
        own.shared |= {each.at: self._members[each.at] for each in reached if each.at in self._members}
        _log.info("frame_key_shared", index=own.index, devices=len(reached), unreached=len(known) - len(reached))

    def _made(self, index: int) -> _OwnKey:
        return _OwnKey(index, self._clock(), self._random(_MADE_BYTES))

    def _use(self, own: _OwnKey) -> None:
        own.is_going_out = True
        self._listener.on_frame_key(FrameKey(self._me.identity, own.index, own.material))

    async def _use_later(self, own: _OwnKey) -> None:
        await self._sleep(USE_AFTER_S)
        self._use(own)

    def _hear(self, keys: Iterable[HeardKey]) -> None:
        for key in keys:
            if key.device == self._me:
                continue
            if key.device in self._members:
                self._take(key)
            else:
                self._early[(key.device, key.index)] = key
                while len(self._early) > _MAX_EARLY:
                    self._early.pop(next(iter(self._early)))

    def _take(self, key: HeardKey) -> None:
        heard = self._heard.setdefault(key.device, {})
        if heard.get(key.index, 0.0) <= key.sent_ms:
            heard[key.index] = key.sent_ms
            self._listener.on_frame_key(FrameKey(key.device.identity, key.index, key.material))


def read_letter_keys(letter: Letter, room_id: str, now_ms: float) -> tuple[HeardKey, ...]:
    """The key in a letter of this type; none where it is not for this room, or of another device than the sender."""
    content = Fields(letter.content)
    device = letter.sender.at
    is_meant = content.text("room_id") == room_id
    if not is_meant or content.object("member").text("claimed_device_id") != device.device_id:
        return ()
    sent_ms = content.number("sent_ts", largest=now_ms)
    return _keys(device, [content.object("keys")], now_ms if sent_ms is None else sent_ms)


def read_room_keys(sender: CallDevice, content: Mapping[str, Any], sent_ms: float) -> tuple[HeardKey, ...]:
    """The keys in a room's event of this type."""
    fields = Fields(content)
    if fields.text("device_id") != sender.device_id or fields.text("call_id"):
        return ()
    return _keys(sender, fields.objects("keys")[:_INDEXES], sent_ms)


def _keys(device: CallDevice, entries: Iterable[Fields], sent_ms: float) -> tuple[HeardKey, ...]:
    found: list[HeardKey] = []
    for entry in entries:
        index = entry.key("index")
        try:
            material = decode64(entry.text("key"), longest=64)
        except CryptoError:
            continue
        if isinstance(index, int) and index < _INDEXES and _MADE_BYTES <= len(material) <= _MOST_BYTES:
            found.append(HeardKey(device, index, sent_ms, material))
    return tuple(found)
