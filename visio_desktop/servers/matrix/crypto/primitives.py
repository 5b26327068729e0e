"""The library's ciphers behind types that hold: keys are texts (unpadded base64), and there is one error.

Everything that goes in is measured first: vodozemac 0.10 panics, which is no `Exception` in Python, where an Ed25519
key in base64 has another length than 32 bytes.

CryptoError  a key, message or signature that is malformed or not genuine
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

import vodozemac

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
PICKLE_KEY_BYTES: Final = 32
MAX_MESSAGE_CHARACTERS: Final = 200_000


class CryptoError(Exception):
    """Something is malformed or not genuine. Its text never holds a secret."""


def encode64(value: bytes) -> str:
    """Base64 as Matrix writes it: without padding."""
    return base64.b64encode(value).decode().rstrip("=")


def decode64(text: object, *, size: int | None = None, longest: int = MAX_MESSAGE_CHARACTERS) -> bytes:
    """The bytes of standard base64, padded or not; `size` is how many there must be. Raises `CryptoError`."""
    if not isinstance(text, str) or len(text) > longest:
        raise CryptoError("no base64")
    bare = text.rstrip("=")
    try:
        value = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise CryptoError("no base64") from error
    if size is not None and len(value) != size:
        raise CryptoError("of another length")
    return value


def as_key(text: object) -> str:
    """A public key of 32 bytes, written the one way it is compared in. Raises `CryptoError`."""
    return encode64(decode64(text, size=KEY_BYTES, longest=64))


def curve_key(text: object) -> vodozemac.Curve25519PublicKey:
    """A Curve25519 key as the library wants it. Raises `CryptoError`."""
    try:
        return vodozemac.Curve25519PublicKey.from_base64(as_key(text))
    except ValueError as error:
        raise CryptoError("no Curve25519 key") from error


def check_signature(key: object, message: bytes, signature: object) -> None:
    """Raises `CryptoError` unless this Ed25519 key signed the message."""
    name = as_key(key)
    proof = encode64(decode64(signature, size=SIGNATURE_BYTES, longest=128))
    try:
        public = vodozemac.Ed25519PublicKey.from_base64(name)
        public.verify_signature(message, vodozemac.Ed25519Signature.from_base64(proof))
    except ValueError as error:
        raise CryptoError("not signed by this key") from error
