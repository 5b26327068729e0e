"""Canonical JSON and signatures over it (Matrix specification, appendices, "Signing JSON")."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from visio_desktop.servers.matrix.crypto.primitives import CryptoError, check_signature

_LARGEST: Final = 2**53 - 1
_DEEPEST: Final = 32
_UNSIGNED: Final = ("signatures", "unsigned")

type Sign = Callable[[bytes], str]


def canonical(value: object) -> bytes:
    """The one way to write a JSON value: sorted, without spaces, in UTF-8, whole numbers only. Raises `CryptoError`."""
    _check(value, _DEEPEST)
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    except (ValueError, TypeError) as error:
        raise CryptoError("no canonical JSON") from error


def signed(content: Mapping[str, Any], sign: Sign, user_id: str, device_id: str) -> dict[str, Any]:
    """The object with the signature of this device over it."""
    bare = {name: value for name, value in content.items() if name not in _UNSIGNED}
    return {**bare, "signatures": {user_id: {f"ed25519:{device_id}": sign(canonical(bare))}}}


def check_signed(content: Mapping[str, Any], user_id: str, key_id: str, key: str) -> None:
    """Raises `CryptoError` unless `key`, called `ed25519:<key_id>` there, signed the object in this user's name."""
    signature: object = content.get("signatures")
    for name in (user_id, f"ed25519:{key_id}"):
        signature = signature.get(name) if isinstance(signature, Mapping) else None
    check_signature(
        key, canonical({name: value for name, value in content.items() if name not in _UNSIGNED}), signature
    )


def _check(value: object, depth: int) -> None:
    match value:
        case None | bool() | str():
            pass
        case int() if -_LARGEST <= value <= _LARGEST:
            pass
        case dict() if depth and all(isinstance(name, str) for name in value):
            for each in value.values():
                _check(each, depth - 1)
        case list() if depth:
            for each in value:
                _check(each, depth - 1)
        case _:
            raise CryptoError("no canonical JSON")
