"""The border between a Matrix meeting and its cryptography: what goes into whoever keeps keys, and what comes out.

The meeting does all talking: it hands over what a sync brought and who is in the call, and makes the keeper's requests.
The keeper (`Keys`) encrypts and decrypts the room's events and makes, shares and receives the keys that LiveKit's
frames are sealed with. Everything runs on the engine's loop; what computes for long goes to a thread.

KeysError         what was asked needs a key that is not there, or a device that cannot be reached
 +-- DeviceTaken  the server knows this device with other keys
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from visio_desktop.servers.port import ServersError

FRAME_KEYS_EVENT = "io.element.call.encryption_keys"
ENCRYPTED_EVENT = "m.room.encrypted"


class KeysError(ServersError):
    """Nothing can be encrypted now, or not for everybody."""


class DeviceTaken(KeysError):  # noqa: N818 - reads as a finding
    """The server knows this device with other keys: one has to log in as a new one."""


@dataclass(frozen=True, slots=True)
class CallDevice:
    """One device of one person, as a member of a call or of a room."""

    user_id: str
    device_id: str

    @property
    def identity(self) -> str:
        """What LiveKit calls it."""
        return f"{self.user_id}:{self.device_id}"


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Whose keys these are and where they count. `pickle_key` (32 bytes) encrypts what is kept at rest."""

    me: CallDevice
    room_id: str
    pickle_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FrameKey:
    """Raw key material of somebody's frames; `index` is the number their frames carry, 0 to 255."""

    identity: str
    index: int
    material: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SyncNews:
    """What of one sync concerns keys, as it came: nothing in it is checked but that it is a JSON object.

    `one_time_keys` are how many of each algorithm the server still has, None where it did not say. `fallback_types`
    are the algorithms with an unused fallback key. `devices_changed` are people whose devices are to be asked for anew.
    """

    to_device: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    one_time_keys: Mapping[str, int] | None = None
    fallback_types: tuple[str, ...] | None = None
    devices_changed: tuple[str, ...] = ()
    devices_left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plain:
    """A room event's type and content as they were meant, or are to be sent. `sender` and its device are proved."""

    type: str
    content: Mapping[str, Any] = field(repr=False)
    device: CallDevice | None = None


class Homeserver(Protocol):
    """Requests in the account's name: paths from `/_matrix/client` on, e.g. `/v3/keys/upload`."""

    async def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """The JSON object of a good answer. Bounded in time and size; raises `servers.matrix.api.ApiError`."""


class KeyStore(Protocol):
    """Keeps the device's keys between runs, one text for each name; everything in it is encrypted already."""

    async def load(self, name: str) -> str:
        """What was kept, "" without anything."""

    async def save(self, name: str, kept: str) -> None:
        """Keep it, in the place of what was there."""


class KeyListener(Protocol):
    """Who hears of keys. Nothing here blocks or raises."""

    def on_frame_key(self, key: FrameKey) -> None:
        """Somebody's frames open with this from now on; for oneself: are to be sealed with it."""


class Keys(Protocol):
    """One device's keys for one meeting. Calls are made one after the other, never two at once."""

    async def begin(self) -> None:
        """Upload the device's keys where they are not known yet. Raises `ApiError`, `DeviceTaken`."""

    async def vouch(self, recovery_key: str) -> None:
        """Sign the device in its owner's name, unless it is: others' programs then trust it.

        Raises `ApiError`, `KeysError` where the recovery key is not the account's.
        """

    async def take(self, news: SyncNews) -> None:
        """What a sync brought; replenishes one-time keys. Hostile content is passed over, never raised."""

    async def meet(self, members: Mapping[CallDevice, int]) -> None:
        """These are in the call now, beside oneself: whoever is new gets our frame key, and who left no further one.

        The number is when a membership began (epoch ms): who left and came back meanwhile has lost all keys. With the
        first call the first own key is made; `on_frame_key` tells of it when it is to be used, not before. Raises
        `ApiError` where the server cannot be reached; asked again it carries on.
        """

    async def seal(self, plain: Plain, people: frozenset[str]) -> Plain:
        """The event as it may leave, for all devices of these people (user ids). Raises `KeysError`, `ApiError`."""

    async def open(self, event: Mapping[str, Any]) -> Plain | None:
        """What an `m.room.encrypted` room event says; frame keys in one are kept by whoever keeps keys.

        None where there is no key for it (yet), and where it is not genuine.
        """

    async def close(self) -> None:
        """Keep what is to be kept and forget the rest; may be called twice."""


type MakeKeys = Callable[[KeyPlace, Homeserver, KeyStore, KeyListener], Awaitable[Keys]]
"""Loads what is kept of a device, or makes it."""
