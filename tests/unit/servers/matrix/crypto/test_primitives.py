"""What stands before the library: no length reaches it that it does not expect."""

from __future__ import annotations

import pytest
import vodozemac
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.servers.matrix.crypto.primitives import (
    CryptoError,
    as_key,
    check_signature,
    curve_key,
    decode64,
    encode64,
)


@given(value=st.binary(max_size=100))
def test_base64_is_read_with_and_without_padding(value: bytes) -> None:
    text = encode64(value)
    assert "=" not in text
    assert decode64(text) == decode64(text + "=" * (-len(text) % 4)) == value


@pytest.mark.parametrize("text", [None, 5, "a", "a*bc", "abc\n", "é", "A" * 300_000])
def test_what_is_no_base64_is_refused(text: object) -> None:
    with pytest.raises(CryptoError):
        decode64(text)


def test_a_key_has_one_way_to_be_written() -> None:
    key = encode64(bytes(31) + b"\x01")
    assert as_key(key) == as_key(key + "=") == key
    assert curve_key(key).to_base64() == key


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_key_or_signature_of_another_length_never_reaches_the_library(size: int) -> None:
    account = vodozemac.Account()
    key, proof = account.ed25519_key.to_base64(), account.sign(b"x").to_base64()
    with pytest.raises(CryptoError):
        curve_key(encode64(bytes(size)))
    with pytest.raises(CryptoError):
        check_signature(encode64(bytes(size)), b"x", proof)
    with pytest.raises(CryptoError):
        check_signature(key, b"x", encode64(bytes(size if size != 64 else 63)))


def test_a_signature_is_of_one_key_over_one_message() -> None:
    account = vodozemac.Account()
    key, proof = account.ed25519_key.to_base64(), account.sign(b"x").to_base64()
    check_signature(key, b"x", proof)
    for other_key, message in ((key, b"y"), (vodozemac.Account().ed25519_key.to_base64(), b"x")):
        with pytest.raises(CryptoError):
            check_signature(other_key, message, proof)


@given(key=st.text(max_size=70) | st.binary(min_size=32, max_size=32).map(encode64), proof=st.binary(max_size=70))
def test_rubbish_signs_nothing(key: str, proof: bytes) -> None:
    with pytest.raises(CryptoError):
        check_signature(key, b"x", encode64(proof))
