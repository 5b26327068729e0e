"""Sessions between two devices: begun by one, opened once, kept, and bounded."""

from __future__ import annotations

from typing import Any

import pytest
import vodozemac
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.matrix_keys import PICKLE_KEY
from visio_desktop.servers.matrix.crypto.olm import OlmSessions
from visio_desktop.servers.matrix.crypto.primitives import CryptoError, decode64, encode64


def two() -> tuple[OlmSessions, str, OlmSessions, str]:
    """Two devices' sessions and identity keys; the first has begun."""
    ada, bob = vodozemac.Account(), vodozemac.Account()
    bob.generate_one_time_keys(1)
    once = next(iter(bob.one_time_keys.values())).to_base64()
    first, second = OlmSessions(ada), OlmSessions(bob)
    first.start(bob.curve25519_key.to_base64(), once)
    return first, ada.curve25519_key.to_base64(), second, bob.curve25519_key.to_base64()


def opened(sessions: OlmSessions, key: str, message: dict[str, Any]) -> bytes:
    return sessions.open(key, message["type"], message["body"])


def test_both_talk_and_nothing_opens_twice() -> None:
    ada, ada_key, bob, bob_key = two()
    first, second = ada.seal(bob_key, b"one"), ada.seal(bob_key, b"two")
    assert first["type"] == 0
    assert opened(bob, ada_key, second) == b"two"
    assert opened(bob, ada_key, first) == b"one"
    answer = bob.seal(ada_key, b"three")
    assert answer["type"] == 1
    assert opened(ada, bob_key, answer) == b"three"
    for sessions, key, message in ((bob, ada_key, first), (bob, ada_key, second), (ada, bob_key, answer)):
        with pytest.raises(CryptoError):
            opened(sessions, key, message)


def test_a_message_of_another_device_does_not_open() -> None:
    ada, _, bob, bob_key = two()
    with pytest.raises(CryptoError):
        opened(bob, bob_key, ada.seal(bob_key, b"x"))


def test_without_a_session_nothing_is_sealed() -> None:
    _, ada_key, bob, _ = two()
    assert not bob.has(ada_key)
    with pytest.raises(CryptoError):
        bob.seal(ada_key, b"x")


def test_sessions_come_back_as_they_were() -> None:
    ada, ada_key, bob, bob_key = two()
    first = ada.seal(bob_key, b"one")
    kept = ada.pickles(PICKLE_KEY)
    back = OlmSessions(vodozemac.Account())
    back.restore(kept, PICKLE_KEY)
    assert opened(bob, ada_key, first) == b"one"
    assert opened(bob, ada_key, back.seal(bob_key, b"two")) == b"two"
    wrong = OlmSessions(vodozemac.Account())
    wrong.restore(kept, bytes(32))
    assert not wrong.has(bob_key)


def test_what_was_put_away_moves_with_the_session() -> None:
    ada, _, _, bob_key = two()
    kept = ada.pickles(PICKLE_KEY)
    assert ada.pickles(PICKLE_KEY) == kept
    ada.seal(bob_key, b"one")
    assert ada.pickles(PICKLE_KEY) != kept


def test_a_device_keeps_its_last_sessions_only() -> None:
    bob = vodozemac.Account()
    bob.generate_one_time_keys(9)
    sessions, key = OlmSessions(vodozemac.Account()), bob.curve25519_key.to_base64()
    for once in bob.one_time_keys.values():
        sessions.start(key, once.to_base64())
    assert len(sessions.pickles(PICKLE_KEY)["sessions"][key]) == 4


@given(kind=st.integers(-1, 3) | st.none() | st.booleans() | st.text(max_size=2), body=st.binary(max_size=200))
def test_rubbish_is_refused(kind: object, body: bytes) -> None:
    _, ada_key, bob, _ = two()
    with pytest.raises(CryptoError):
        bob.open(ada_key, kind, encode64(body))


@given(place=st.integers(0, 10_000), byte=st.integers(1, 255))
def test_a_message_changed_in_one_byte_does_not_open(place: int, byte: int) -> None:
    ada, ada_key, bob, bob_key = two()
    kind, body = vodozemac.AnyOlmMessage.from_parts(0, _raw(ada.seal(bob_key, b"x"))).to_parts()
    changed = bytearray(body)
    changed[place % len(body)] ^= byte
    try:
        assert bob.open(ada_key, kind, encode64(bytes(changed))) == b"x"
    except CryptoError:
        return


def _raw(message: dict[str, Any]) -> bytes:
    return decode64(message["body"])
