"""Signatures as minisign makes them (jedisct1.github.io/minisign): Ed25519, of the content or of its BLAKE2b digest.

Everybody who runs a server can sign with that small program; we only verify.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 2_000
"""A signature file has a few hundred characters."""
_KEY_BYTES: Final = 42
_SIGNATURE_BYTES: Final = 74
_TRUSTED: Final = "trusted comment: "


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key to verify with: 8 bytes that name it, 32 of Ed25519."""

    number: bytes
    key: bytes


def parse_key(text: str) -> PublicKey | None:
    """The key in its one line, which stands second in a `.pub` file; None for what is none."""
    raw = _decode(text.strip())
    if len(raw) != _KEY_BYTES or raw[:2] != b"Ed":
        return None
    return PublicKey(raw[2:10], raw[10:])


def is_signed(content: bytes, signature: bytes, key: PublicKey) -> bool:
    """Whether a signature file is this key's for this content, its trusted comment included. Never raises."""
    try:
        lines = signature[:LONGEST].decode("utf-8").splitlines()
    except UnicodeDecodeError:
        return False
    if len(lines) != 4 or not lines[2].startswith(_TRUSTED):  # noqa: PLR2004 - the lines of the file
        return False
    raw, over_all = _decode(lines[1]), _decode(lines[3])
    if len(raw) != _SIGNATURE_BYTES or raw[2:10] != key.number or raw[:2] not in {b"Ed", b"ED"}:
        return False
    signed = content if raw[:2] == b"Ed" else hashlib.blake2b(content).digest()
    comment = lines[2].removeprefix(_TRUSTED).encode()
    return _verify(key.key, raw[10:], signed) and _verify(key.key, over_all, raw[10:] + comment)


def _verify(key: bytes, signature: bytes, content: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - few look for updates
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 - as above

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _decode(line: str) -> bytes:
    try:
        return base64.b64decode(line.strip(), validate=True)
    except (binascii.Error, ValueError):
        return b""
