"""A person whose account has what Element's clients set up: keys to sign devices with, and a recovery key for them."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from visio_desktop.servers.matrix.crypto.canonical import signed
from visio_desktop.servers.matrix.crypto.primitives import encode64

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def written(secret: bytes) -> str:
    """A recovery key as people keep it (specification, "Key representation")."""
    value = b"\x8b\x01" + secret
    parity = 0
    for byte in value:
        parity ^= byte
    number, letters = int.from_bytes(value + bytes([parity])), ""
    while number:
        number, rest = divmod(number, 58)
        letters = _ALPHABET[rest] + letters
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def sealed(secret: bytes, name: str, text: bytes) -> dict[str, str]:
    """A secret of this name as it lies in the account's data."""
    keys = HKDF(hashes.SHA256(), 64, bytes(32), name.encode()).derive(secret)
    vector = secrets.token_bytes(16)
    cipher = Cipher(algorithms.AES(keys[:32]), modes.CTR(vector)).encryptor()
    body = cipher.update(text) + cipher.finalize()
    mac = hmac.digest(keys[32:], body, "sha256")
    return {"iv": encode64(vector), "ciphertext": encode64(body), "mac": encode64(mac)}


@dataclass(frozen=True, slots=True)
class Owner:
    """Their keys, fresh with each one made."""

    user_id: str
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    master: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    self_signing: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def recovery_key(self) -> str:
        """As they would type it."""
        return written(self.secret)

    def keys(self) -> dict[str, dict[str, Any]]:
        """The public keys, as `/keys/device_signing/upload` takes them."""
        mine = signed(
            self._described(self.self_signing, "self_signing"),
            lambda message: encode64(self.master.sign(message)),
            self.user_id,
            _public(self.master),
        )
        return {"master_key": self._described(self.master, "master"), "self_signing_key": mine}

    def account_data(self) -> dict[str, dict[str, Any]]:
        """What the recovery key opens, by the type of the account's data."""
        check = sealed(self.secret, "", bytes(32))
        algorithm = "m.secret_storage.v1.aes-hmac-sha2"
        seed = encode64(self.self_signing.private_bytes_raw()).encode()
        name = "m.cross_signing.self_signing"
        return {
            "m.secret_storage.default_key": {"key": "abc"},
            "m.secret_storage.key.abc": {"algorithm": algorithm, "iv": check["iv"], "mac": check["mac"]},
            name: {"encrypted": {"abc": sealed(self.secret, name, seed)}},
        }

    def _described(self, key: Ed25519PrivateKey, usage: str) -> dict[str, Any]:
        public = _public(key)
        return {"user_id": self.user_id, "usage": [usage], "keys": {f"ed25519:{public}": public}}


def _public(key: Ed25519PrivateKey) -> str:
    return encode64(key.public_key().public_bytes_raw())
