"""Seals and opens frames and messages with the keys of a ring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag

from visio_desktop.rtc.encryption.keys import Key, KeyRing
from visio_desktop.rtc.encryption.layout import clear_bytes, escape, unescape, with_long_start_codes
from visio_desktop.rtc.frames import Codec

_VECTOR_BYTES: Final = 12
_TAG_BYTES: Final = 16
_TRAILER_BYTES: Final = 2
_FAILURES_TOLERATED: Final = 10
_TRIES: Final = 8

type MakeVector = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class SealedMessage:
    """An encrypted message beside what opens it."""

    vector: bytes
    key_index: int
    body: bytes


class FrameSealer:
    """Encrypts what is sent. Without a key nothing may leave: `seal` gives None. `vector(n)` makes n random bytes."""

    def __init__(self, ring: KeyRing, vector: MakeVector) -> None:
        self._ring = ring
        self._vector = vector

    def seal(self, codec: Codec, payload: bytes) -> bytes | None:
        """The frame encrypted, None where that is not possible."""
        key = self._ring.sealing
        payload = with_long_start_codes(payload) if codec is Codec.H264 else payload
        clear = clear_bytes(codec, payload) if payload else None
        if key is None or clear is None or clear > len(payload):
            return None
        head, body = payload[:clear], payload[clear:]
        for _ in range(_TRIES):
            sealed = self._sealed(key, head, body)
            if codec is not Codec.H264:
                return head + sealed
            escaped = escape(sealed)
            # Where clear and sealed bytes meet there must be no start code either: another vector avoids it.
            if b"\x00\x00" not in head[-1:] + escaped[:2]:
                return head + escaped
        return None

    def seal_message(self, message: bytes) -> SealedMessage | None:
        """A message encrypted whole, None without a key."""
        key = self._ring.sealing
        if key is None:
            return None
        vector = self._vector(_VECTOR_BYTES)
        return SealedMessage(vector, self._ring.current, key.aead.encrypt(vector, message, None))

    def _sealed(self, key: Key, head: bytes, body: bytes) -> bytes:
        vector = self._vector(_VECTOR_BYTES)
        return key.aead.encrypt(vector, body, head) + vector + bytes([_VECTOR_BYTES, self._ring.current])


class FrameOpener:
    """Decrypts what comes. What does not authenticate gives None, and so do frames the server made itself.

    `on_state` hears whether this stream can be opened, whenever that changes; `on_failed` gets the number of the key
    and the frame's opener each time it cannot, so that a later key can be tried.
    """

    def __init__(
        self,
        ring: KeyRing,
        *,
        server_made: bytes = b"",
        on_state: Callable[[bool], None] | None = None,
        on_failed: Callable[[int, Callable[[Key], bool]], None] | None = None,
    ) -> None:
        self._ring = ring
        self._server_made = server_made
        self._on_state = on_state
        self._on_failed = on_failed
        self._failures = 0
        self._opens: bool | None = None
        self.opened = self.refused = 0

    def open(self, codec: Codec, payload: bytes) -> bytes | None:
        """The frame decrypted, None where it cannot be."""
        if not payload:
            return None
        if self._server_made and payload.endswith(self._server_made):
            return None
        parts = _split(codec, payload)
        if parts is None:
            self._count(None)
            return None
        key = self._ring.key(parts.key_index)
        opened = None if key is None else parts.open(key)
        if opened is None and key is not None and self._on_failed is not None:
            self._on_failed(parts.key_index, lambda later: parts.open(later) is not None)
        self._count(opened)
        return opened

    def _count(self, opened: bytes | None) -> None:
        if opened is not None:
            self.opened += 1
            self._failures = 0
        else:
            self.refused += 1
            self._failures += 1
        opens = opened is not None or (bool(self._opens) and self._failures < _FAILURES_TOLERATED)
        if opens is not self._opens and (opens or self._failures >= _FAILURES_TOLERATED):
            self._opens = opens
            if self._on_state is not None:
                self._on_state(opens)


def open_message(ring: KeyRing, sealed: SealedMessage) -> bytes | None:
    """A message decrypted, None where it cannot be."""
    key = ring.key(sealed.key_index)
    if key is None:
        return None
    try:
        return key.aead.decrypt(sealed.vector, sealed.body, None)
    except (InvalidTag, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class _Parts:
    head: bytes
    body: bytes
    vector: bytes
    key_index: int

    def open(self, key: Key) -> bytes | None:
        try:
            return self.head + key.aead.decrypt(self.vector, self.body, self.head)
        except (InvalidTag, ValueError):
            return None


def _split(codec: Codec, payload: bytes) -> _Parts | None:
    clear = clear_bytes(codec, payload)
    if clear is None:
        return None
    body = payload[clear:]
    if codec is Codec.H264:
        body = unescape(body)
    if len(body) < _TAG_BYTES + _VECTOR_BYTES + _TRAILER_BYTES or body[-2] != _VECTOR_BYTES:
        return None
    end = len(body) - _TRAILER_BYTES - _VECTOR_BYTES
    return _Parts(payload[:clear], body[:end], body[end:-_TRAILER_BYTES], body[-1])
