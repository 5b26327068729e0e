"""What stands inside an Olm message, and who it must be by and to."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.matrix_keys import JSON, mutated
from visio_desktop.servers.matrix.crypto.account import OwnAccount
from visio_desktop.servers.matrix.crypto.devices import Device
from visio_desktop.servers.matrix.crypto.letters import Letter, read_envelope, read_letter, write_letter
from visio_desktop.servers.matrix.crypto.primitives import CryptoError
from visio_desktop.servers.matrix.keys import CallDevice

_ADA = OwnAccount.made(CallDevice("@ada:test", "ONE"))
_BOB = OwnAccount.made(CallDevice("@bob:test", "ONE"))
_BOB_SEEN = Device(_BOB.me, _BOB.curve25519, _BOB.ed25519)
_ADA_SEEN = Device(_ADA.me, _ADA.curve25519, _ADA.ed25519)
_LETTER = write_letter("m.dummy", {"a": 1}, _BOB, _ADA_SEEN)


def event(**more: Any) -> dict[str, Any]:
    content = {
        "algorithm": "m.olm.v1.curve25519-aes-sha2",
        "sender_key": _BOB.curve25519,
        "ciphertext": {_ADA.curve25519: {"type": 0, "body": "AAAA"}},
        **more,
    }
    return {"type": "m.room.encrypted", "sender": "@bob:test", "content": content}


def test_a_letter_says_who_wrote_it_to_whom() -> None:
    assert read_letter(_LETTER, _ADA, _BOB_SEEN) == Letter("m.dummy", {"a": 1}, _BOB_SEEN)


@pytest.mark.parametrize(
    "more",
    [
        {"sender": "@eve:test"},
        {"recipient": "@eve:test"},
        {"recipient_keys": {"ed25519": _BOB.ed25519}},
        {"keys": {"ed25519": _ADA.ed25519}},
        {"keys": None},
        {"type": ""},
        {"type": 5},
    ],
)
def test_a_letter_by_or_to_somebody_else_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(CryptoError):
        read_letter(json.dumps({**json.loads(_LETTER), **more}).encode(), _ADA, _BOB_SEEN)


def test_the_message_to_this_device_is_found() -> None:
    found = read_envelope(event(), _ADA.curve25519)
    assert found is not None
    assert (found.sender, found.curve25519, found.kind, found.body) == ("@bob:test", _BOB.curve25519, 0, "AAAA")
    assert "AAAA" not in repr(found)
    assert read_envelope(event(), _BOB.curve25519) is None
    assert read_envelope(event(algorithm="m.megolm.v1.aes-sha2"), _ADA.curve25519) is None
    assert read_envelope(event(sender_key="short"), _ADA.curve25519) is None
    assert read_envelope({**event(), "type": "m.room_key"}, _ADA.curve25519) is None


@given(path=st.lists(st.integers(0, 20), min_size=1, max_size=5), other=JSON)
def test_rubbish_is_no_letter_of_another(path: list[int], other: Any) -> None:
    read_envelope(mutated(event(), path, other), _ADA.curve25519)
    body = json.dumps(mutated(json.loads(_LETTER), path, other)).encode()
    try:
        letter = read_letter(body, _ADA, _BOB_SEEN)
    except CryptoError:
        return
    assert letter.sender == _BOB_SEEN


@given(plain=st.binary(max_size=50))
def test_bytes_are_no_letter(plain: bytes) -> None:
    with pytest.raises(CryptoError):
        read_letter(plain, _ADA, _BOB_SEEN)
