"""Keys: the derivations of LiveKit's clients, ratcheting, the ring."""

from __future__ import annotations

import hashlib

from visio_desktop.rtc.encryption.keys import RING_SIZE, Derivation, KeyRing, derive, ratcheted

_VECTOR = bytes(12)


def test_a_passphrase_is_stretched_as_browsers_do_it() -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - only the expectation needs it

    expected = AESGCM(hashlib.pbkdf2_hmac("sha256", b"secret", b"LKFrameEncryptionKey", 100_000, 16))
    assert derive(b"secret").aead.decrypt(_VECTOR, expected.encrypt(_VECTOR, b"x", None), None) == b"x"


def test_raw_bytes_can_be_expanded_instead() -> None:
    """RFC 5869 by hand: one block is enough for 16 bytes."""
    import hmac  # noqa: PLC0415 - only the expectation needs it

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - only the expectation needs it

    raw = bytes(range(32))
    extracted = hmac.digest(b"LKFrameEncryptionKey", raw, "sha256")
    expected = AESGCM(hmac.digest(extracted, bytes(128) + b"\x01", "sha256")[:16])
    key = derive(raw, Derivation.HKDF)
    assert key.aead.decrypt(_VECTOR, expected.encrypt(_VECTOR, b"x", None), None) == b"x"


def test_a_ratcheted_key_follows_from_the_one_before() -> None:
    first = derive(b"secret")
    again = derive(hashlib.pbkdf2_hmac("sha256", b"secret", b"LKFrameEncryptionKey", 100_000, 32))
    assert ratcheted(first).material == again.material
    assert ratcheted(first).material != first.material


def test_nothing_secret_is_shown() -> None:
    assert "secret" not in repr(derive(b"secret"))


def test_the_ring_keeps_sixteen_keys_and_seals_with_the_current() -> None:
    ring = KeyRing()
    assert ring.sealing is None
    first, second = derive(b"one", Derivation.HKDF), derive(b"two", Derivation.HKDF)
    ring.use(0, first)
    ring.use(RING_SIZE + 1, second, current=False)
    assert ring.sealing is first
    assert ring.key(1) is second
    ring.use(1, second)
    assert ring.sealing is second
    assert ring.key(99) is None


def test_a_larger_ring_keeps_more_numbers_apart() -> None:
    ring = KeyRing(256)
    first, second = derive(b"first", Derivation.HKDF), derive(b"second", Derivation.HKDF)
    ring.use(0, first)
    ring.use(240, second)
    assert (ring.key(0), ring.key(240), ring.current) == (first, second, 240)
