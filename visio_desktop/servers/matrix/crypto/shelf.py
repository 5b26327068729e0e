"""Where a device's secrets rest between runs: sealed whole (AES-256-GCM), so that nothing tells whom it talked to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from visio_desktop.servers.fields import parse_json
from visio_desktop.servers.matrix.crypto.primitives import CryptoError, decode64, encode64
from visio_desktop.servers.matrix.keys import KeyPlace, KeyStore

MAX_CHARACTERS: Final = 32_000_000
_VECTOR_BYTES: Final = 12
_PLACE_LETTERS: Final = 24


class Shelf:
    """Puts JSON objects away by name. What was put away by another device, under another name or key, is not there."""

    def __init__(self, place: KeyPlace, store: KeyStore, random: Callable[[int], bytes]) -> None:
        self._me = place.me
        self._aead = AESGCM(place.pickle_key)
        self._store = store
        self._random = random

    async def get(self, name: str) -> Mapping[str, Any]:
        """What was put away, empty without anything that can be opened."""
        kept = await self._store.load(self._place(name))
        try:
            sealed = decode64(kept, longest=MAX_CHARACTERS)
            body = self._aead.decrypt(sealed[:_VECTOR_BYTES], sealed[_VECTOR_BYTES:], self._named(name))
        except (CryptoError, InvalidTag, ValueError):
            return {}
        value = parse_json(body)
        return value if isinstance(value, dict) else {}

    async def put(self, name: str, value: Mapping[str, Any]) -> None:
        """Put away, in the place of what was there."""
        vector = self._random(_VECTOR_BYTES)
        body = json.dumps(value, separators=(",", ":")).encode()
        await self._store.save(
            self._place(name), encode64(vector + self._aead.encrypt(vector, body, self._named(name)))
        )

    def _place(self, name: str) -> str:
        """One store serves all accounts of a profile, without telling who they are."""
        return f"{hashlib.sha256(self._named('')).hexdigest()[:_PLACE_LETTERS]}-{name}"

    def _named(self, name: str) -> bytes:
        return json.dumps([name, self._me.user_id, self._me.device_id]).encode()
