"""Keys out of a passphrase or raw bytes, and a ring of those in use (client-sdk-js, `src/e2ee/utils.ts`)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

RING_SIZE: Final = 16
_SALT: Final = b"LKFrameEncryptionKey"
_ITERATIONS: Final = 100_000
_KEY_BYTES: Final = 16
_RATCHETED_BYTES: Final = 32
_HKDF_INFO: Final = bytes(128)


class Derivation(Enum):
    """How key material becomes a key: browsers take HKDF for raw bytes; passphrases are PBKDF2 everywhere."""

    PBKDF2 = "pbkdf2"
    HKDF = "hkdf"


@dataclass(frozen=True, slots=True)
class Key:
    """A key ready for use; `material` is what it was made of, for ratcheting. `repr` shows neither."""

    material: bytes = field(repr=False)
    derivation: Derivation
    aead: AESGCM = field(repr=False, compare=False)


def derive(material: bytes, derivation: Derivation = Derivation.PBKDF2) -> Key:
    """The key of this material. PBKDF2 takes some 30 ms on purpose: call it off the loop."""
    if derivation is Derivation.HKDF:
        secret = HKDF(hashes.SHA256(), _KEY_BYTES, _SALT, _HKDF_INFO).derive(material)
    else:
        secret = hashlib.pbkdf2_hmac("sha256", material, _SALT, _ITERATIONS, _KEY_BYTES)
    return Key(material, derivation, AESGCM(secret))


def ratcheted(key: Key) -> Key:
    """The key that follows: nobody who has only this one can find the one before. Call it off the loop."""
    material = hashlib.pbkdf2_hmac("sha256", key.material, _SALT, _ITERATIONS, _RATCHETED_BYTES)
    return derive(material, key.derivation)


class KeyRing:
    """So many keys by their number; sealing uses the current one, opening the one a frame names."""

    def __init__(self, size: int = RING_SIZE) -> None:
        self._size = size
        self._keys: dict[int, Key] = {}
        self.current = 0

    def use(self, index: int, key: Key, *, current: bool = True) -> None:
        """Keep a key under a number, and seal with it from now on unless `current` is false."""
        number = index % self._size
        self._keys[number] = key
        if current:
            self.current = number

    def key(self, index: int) -> Key | None:
        """The key under a number."""
        return self._keys.get(index)

    @property
    def sealing(self) -> Key | None:
        """The key to seal with, None before there is one."""
        return self._keys.get(self.current)
