"""Other people's devices: what `/keys/query` says of them, checked, and which of it is still true.

A device counts when it signed its own description and that names the very person and device it was asked for under. A
device whose keys are others than when it was first seen is not it any more: it is left out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from visio_desktop.servers.matrix.crypto.canonical import check_signed
from visio_desktop.servers.matrix.crypto.primitives import CryptoError, as_key
from visio_desktop.servers.matrix.keys import CallDevice, Homeserver
from visio_desktop.system.log import get_logger

OLM: Final = "m.olm.v1.curve25519-aes-sha2"
MEGOLM: Final = "m.megolm.v1.aes-sha2"
MAX_ID: Final = 255
_MAX_DEVICES: Final = 500
_MAX_PEOPLE: Final = 5_000
_MAX_PINS: Final = 20_000
_PEOPLE_A_QUERY: Final = 100
_QUERY_TIMEOUT_MS: Final = 5_000

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Device:
    """A device that proved to hold its Ed25519 key. `vouched`: its owner's self-signing key signed it too."""

    at: CallDevice
    curve25519: str
    ed25519: str
    vouched: bool = False


def read_devices(answer: Mapping[str, Any], user_id: str) -> dict[str, Device]:
    """A person's genuine devices in an answer to `/keys/query`, by id; what is not is passed over."""
    own_key = self_signing_key(answer, user_id)
    listed = _object(_object(answer.get("device_keys")).get(user_id))
    found: dict[str, Device] = {}
    for device_id, raw in list(listed.items())[:_MAX_DEVICES]:
        try:
            found[device_id] = _device(_object(raw), CallDevice(user_id, device_id), own_key)
        except CryptoError as error:
            _log.debug("matrix_device_refused", reason=str(error))
    return found


class DeviceBook:
    """Devices by person. `pins` are the Ed25519 keys that devices had when first seen, kept between runs."""

    def __init__(self, homeserver: Homeserver, pins: Mapping[CallDevice, str]) -> None:
        self.pins = dict(pins)
        self._homeserver = homeserver
        self._people: dict[str, dict[str, Device]] = {}
        self._outdated: set[str] = set()

    def changed(self, people: Iterable[str]) -> None:
        """What is known of these is to be asked anew when next needed."""
        self._outdated.update(user_id for user_id in people if user_id in self._people)

    def left(self, people: Iterable[str]) -> None:
        """There is no room left that is shared with these."""
        for user_id in people:
            self._people.pop(user_id, None)
            self._outdated.discard(user_id)

    async def refresh(self, people: Collection[str]) -> None:
        """Ask for those of whom nothing is known, or nothing that is still true. Raises `ApiError`."""
        wanted = sorted(user_id for user_id in people if user_id not in self._people or user_id in self._outdated)
        for start in range(0, len(wanted), _PEOPLE_A_QUERY):
            await self._query(wanted[start : start + _PEOPLE_A_QUERY])

    def of(self, people: Iterable[str]) -> list[Device]:
        """All devices known of these, in a steady order."""
        return [device for user_id in sorted(people) for _, device in sorted(self._people.get(user_id, {}).items())]

    def find(self, at: CallDevice) -> Device | None:
        """The device under this id."""
        return self._people.get(at.user_id, {}).get(at.device_id)

    def by_curve(self, user_id: str, curve25519: str) -> Device | None:
        """The person's device with this identity key."""
        devices = self._people.get(user_id, {}).values()
        return next((device for device in devices if device.curve25519 == curve25519), None)

    async def _query(self, people: list[str]) -> None:
        body = {"timeout": _QUERY_TIMEOUT_MS, "device_keys": {user_id: [] for user_id in people}}
        answer = await self._homeserver.call("POST", "/v3/keys/query", body)
        answered = _object(answer.get("device_keys"))
        # Without an answer of that person's own server what was known stays, and is asked for again.
        found = [user_id for user_id in people if user_id in answered]
        # Some hundred signatures are looked at: not on the loop.
        read = await asyncio.to_thread(lambda: [read_devices(answer, user_id) for user_id in found])
        for user_id, devices in zip(found, read, strict=True):
            self._people[user_id] = self._pinned(devices)
            self._outdated.discard(user_id)
        while len(self._people) > _MAX_PEOPLE:
            self.left([next(iter(self._people))])

    def _pinned(self, devices: dict[str, Device]) -> dict[str, Device]:
        kept: dict[str, Device] = {}
        for device_id, device in devices.items():
            if self.pins.setdefault(device.at, device.ed25519) == device.ed25519:
                kept[device_id] = device
            else:
                _log.warning("matrix_device_changed_keys")
        while len(self.pins) > _MAX_PINS:
            self.pins.pop(next(iter(self.pins)))
        return kept


def _device(raw: Mapping[str, Any], at: CallDevice, own_key: str | None) -> Device:
    if raw.get("user_id") != at.user_id or raw.get("device_id") != at.device_id or len(at.identity) > 2 * MAX_ID:
        raise CryptoError("a device of somebody else")
    keys, algorithms = _object(raw.get("keys")), raw.get("algorithms")
    if not isinstance(algorithms, list) or OLM not in algorithms:
        raise CryptoError("a device without Olm")
    curve25519 = as_key(keys.get(f"curve25519:{at.device_id}"))
    ed25519 = as_key(keys.get(f"ed25519:{at.device_id}"))
    check_signed(raw, at.user_id, at.device_id, ed25519)
    return Device(at, curve25519, ed25519, vouched=_is_vouched(raw, at.user_id, own_key))


def _is_vouched(raw: Mapping[str, Any], user_id: str, own_key: str | None) -> bool:
    try:
        if own_key is not None:
            check_signed(raw, user_id, own_key, own_key)
    except CryptoError:
        return False
    return own_key is not None


def self_signing_key(answer: Mapping[str, Any], user_id: str) -> str | None:
    """The key a person signs devices with, where their master key signed it."""
    try:
        master = cross_signing_key(_object(answer.get("master_keys")).get(user_id), user_id, "master")
        raw = _object(_object(answer.get("self_signing_keys")).get(user_id))
        key = cross_signing_key(raw, user_id, "self_signing")
        check_signed(raw, user_id, master, master)
    except CryptoError:
        return None
    return key


def cross_signing_key(raw: object, user_id: str, usage: str) -> str:
    """The public key in a cross-signing key's description. Raises `CryptoError`."""
    description = _object(raw)
    usages, keys = description.get("usage"), _object(description.get("keys"))
    if description.get("user_id") != user_id or not isinstance(usages, list) or usage not in usages or len(keys) != 1:
        raise CryptoError("no such key")
    name, value = next(iter(keys.items()))
    key = as_key(value)
    if name != f"ed25519:{key}":
        raise CryptoError("a key under another name")
    return key


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
