"""What a person's recovery key opens: secrets that lie encrypted at the homeserver (specification, "Secrets").

RecoveryError  the key is mistyped or another's, or there is no such secret
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from visio_desktop.servers.fields import Fields
from visio_desktop.servers.matrix.crypto.primitives import CryptoError, decode64
from visio_desktop.servers.matrix.keys import KeysError

ALGORITHM: Final = "m.secret_storage.v1.aes-hmac-sha2"
_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PREFIX: Final = b"\x8b\x01"
_KEY_BYTES: Final = 32
_WRITTEN_BYTES: Final = len(_PREFIX) + _KEY_BYTES + 1
_VECTOR_BYTES: Final = 16
_LONGEST: Final = 200


class RecoveryError(KeysError):
    """The key opens nothing here. The text says why, and never the key."""


@dataclass(frozen=True, slots=True)
class RecoveryKey:
    """The key that opens the secrets."""

    secret: bytes = field(repr=False)

    @classmethod
    def typed(cls, text: str) -> RecoveryKey:
        """As a person types it, in groups of four or not. Raises `RecoveryError`."""
        number = 0
        for letter in "".join(text[:_LONGEST].split()):
            if letter not in _ALPHABET:
                raise RecoveryError("no recovery key")
            number = number * len(_ALPHABET) + _ALPHABET.index(letter)
        # The first byte is no zero, so that no leading zeros are to be told from nothing.
        value = number.to_bytes((number.bit_length() + 7) // 8)
        parity = 0
        for byte in value:
            parity ^= byte
        if len(value) != _WRITTEN_BYTES or not value.startswith(_PREFIX) or parity:
            raise RecoveryError("no recovery key")
        return cls(value[len(_PREFIX) : -1])

    def is_described_by(self, description: Fields) -> bool:
        """Whether this is the key that the account's data describes."""
        try:
            vector = decode64(description.text("iv"), size=_VECTOR_BYTES)
            mac = decode64(description.text("mac"), size=_KEY_BYTES)
        except CryptoError:
            return False
        keys = self._derived("")
        return description.text("algorithm") == ALGORITHM and keys.is_mac_of(keys.crypt(vector, bytes(32)), mac)

    def open(self, name: str, sealed: Fields) -> str:
        """The secret of this name. Raises `RecoveryError`."""
        keys = self._derived(name)
        try:
            body, mac = decode64(sealed.text("ciphertext")), decode64(sealed.text("mac"), size=_KEY_BYTES)
            vector = decode64(sealed.text("iv"), size=_VECTOR_BYTES)
            if keys.is_mac_of(body, mac):
                return keys.crypt(vector, body).decode()
        except (CryptoError, UnicodeDecodeError) as error:
            raise RecoveryError("no such secret") from error
        raise RecoveryError("not this key")

    def _derived(self, name: str) -> _Keys:
        both = HKDF(hashes.SHA256(), 2 * _KEY_BYTES, bytes(_KEY_BYTES), name.encode()).derive(self.secret)
        return _Keys(both[:_KEY_BYTES], both[_KEY_BYTES:])


@dataclass(frozen=True, slots=True)
class _Keys:
    aes: bytes = field(repr=False)
    mac: bytes = field(repr=False)

    def crypt(self, vector: bytes, body: bytes) -> bytes:
        cipher = Cipher(algorithms.AES(self.aes), modes.CTR(vector)).encryptor()
        return cipher.update(body) + cipher.finalize()

    def is_mac_of(self, body: bytes, mac: bytes) -> bool:
        return hmac.compare_digest(hmac.digest(self.mac, body, "sha256"), mac)
