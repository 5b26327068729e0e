"""The keys of the own device: its identity, and the one-time and fallback keys by which others begin talking to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import vodozemac

from visio_desktop.servers.matrix.crypto.canonical import signed
from visio_desktop.servers.matrix.crypto.devices import MEGOLM, OLM
from visio_desktop.servers.matrix.crypto.primitives import CryptoError
from visio_desktop.servers.matrix.keys import CallDevice

SIGNED_CURVE: Final = "signed_curve25519"


class OwnAccount:
    """The secret keys of a device. `repr` shows none of them."""

    def __init__(self, me: CallDevice, account: vodozemac.Account) -> None:
        self.me = me
        self.library = account
        self.curve25519 = account.curve25519_key.to_base64()
        self.ed25519 = account.ed25519_key.to_base64()
        self.description = self._described()
        """What others hear of this device, signed by it."""

    @classmethod
    def made(cls, me: CallDevice) -> OwnAccount:
        """A device that never was before."""
        return cls(me, vodozemac.Account())

    @classmethod
    def kept(cls, me: CallDevice, pickle: str, pickle_key: bytes) -> OwnAccount:
        """A device as it was put away. Raises `CryptoError`."""
        try:
            return cls(me, vodozemac.Account.from_pickle(pickle, pickle_key))
        except ValueError as error:
            raise CryptoError("the account cannot be opened") from error

    def pickle(self, pickle_key: bytes) -> str:
        """All of it, to be put away."""
        return self.library.pickle(pickle_key)

    def sign(self, message: bytes) -> str:
        """The signature of this device."""
        return self.library.sign(message).to_base64()

    def _described(self) -> dict[str, Any]:
        keys = {
            f"curve25519:{self.me.device_id}": self.curve25519,
            f"ed25519:{self.me.device_id}": self.ed25519,
        }
        bare = {
            "user_id": self.me.user_id,
            "device_id": self.me.device_id,
            "algorithms": [OLM, MEGOLM],
            "keys": keys,
        }
        return self._signed(bare)

    def replenish(self, one_time_keys: int | None, *, fallback: bool) -> None:
        """Make new keys until the server can have as many as it should; None where it did not say what it has."""
        unpublished = len(self.library.one_time_keys)
        missing = self.library.max_number_of_one_time_keys - (one_time_keys or 0) - unpublished
        if one_time_keys is not None and missing > 0:
            self.library.generate_one_time_keys(missing)
        if fallback and not self._fallback():
            self.library.generate_fallback_key()  # type: ignore[attr-defined] # missing in the library's stubs

    def unpublished(self) -> dict[str, Any]:
        """What of one-time and fallback keys the server does not have yet, as the fields of `/keys/upload`."""
        fields: dict[str, Any] = {}
        if once := self.library.one_time_keys:
            fields["one_time_keys"] = {
                _name(name): self._signed({"key": key.to_base64()}) for name, key in once.items()
            }
        if fallback := self._fallback():
            fields["fallback_keys"] = {
                _name(name): self._signed({"key": key.to_base64(), "fallback": True}) for name, key in fallback.items()
            }
        return fields

    def published(self) -> None:
        """The server has them now."""
        self.library.mark_keys_as_published()

    def _fallback(self) -> Mapping[str, vodozemac.Curve25519PublicKey]:
        keys: Mapping[str, vodozemac.Curve25519PublicKey] = self.library.fallback_key  # type: ignore[attr-defined] # as above
        return keys

    def _signed(self, bare: Mapping[str, Any]) -> dict[str, Any]:
        return signed(bare, self.sign, self.me.user_id, self.me.device_id)


def _name(key_id: str) -> str:
    return f"{SIGNED_CURVE}:{key_id}"
