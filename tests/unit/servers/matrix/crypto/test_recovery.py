"""A recovery key as people type it, and what it opens."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.matrix_keys import JSON, mutated
from tests.helpers.matrix_owner import Owner, sealed, written
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.matrix.crypto.recovery import RecoveryError, RecoveryKey

_OWNER = Owner("@ada:test")
_KEY = RecoveryKey.typed(_OWNER.recovery_key)


@given(secret=st.binary(min_size=32, max_size=32))
def test_a_key_is_read_as_it_is_written(secret: bytes) -> None:
    text = written(secret)
    assert RecoveryKey.typed(f" {text}\n").secret == RecoveryKey.typed(text.replace(" ", "")).secret == secret


def test_a_key_is_written_as_by_all_clients_and_never_shown() -> None:
    # The two bytes before each key make all of them begin so.
    assert written(bytes(range(32))).startswith("Es")
    assert "secret" not in repr(RecoveryKey.typed(written(bytes(range(32)))))


@given(text=st.text(max_size=80))
def test_a_mistyped_key_is_refused(text: str) -> None:
    with pytest.raises(RecoveryError):
        RecoveryKey.typed(text)


@given(place=st.integers(0, 1_000), letter=st.sampled_from("123ABCabc"))
def test_one_wrong_letter_is_noticed_here_or_by_what_the_account_says(place: int, letter: str) -> None:
    text = _OWNER.recovery_key.replace(" ", "")
    place %= len(text)
    wrong = text[:place] + letter + text[place + 1 :]
    if wrong == text:
        return
    description = Fields(_OWNER.account_data()["m.secret_storage.key.abc"])
    try:
        key = RecoveryKey.typed(wrong)
    except RecoveryError:
        return
    assert not key.is_described_by(description)


def test_the_account_tells_which_key_is_its_own() -> None:
    description = _OWNER.account_data()["m.secret_storage.key.abc"]
    assert _KEY.is_described_by(Fields(description))
    assert not RecoveryKey(bytes(32)).is_described_by(Fields(description))
    assert not _KEY.is_described_by(Fields({**description, "algorithm": "m.other"}))


def test_a_secret_is_opened_by_its_key_under_its_name_only() -> None:
    secret = Fields(sealed(_OWNER.secret, "one", b"hidden"))
    assert _KEY.open("one", secret) == "hidden"
    for key, name in ((_KEY, "two"), (RecoveryKey(bytes(32)), "one")):
        with pytest.raises(RecoveryError):
            key.open(name, secret)


@given(path=st.lists(st.integers(0, 20), min_size=1, max_size=2), other=JSON)
def test_rubbish_holds_no_secret(path: list[int], other: Any) -> None:
    secret = sealed(_OWNER.secret, "one", b"hidden")
    try:
        assert _KEY.open("one", Fields(mutated(secret, path, other))) == "hidden"
    except RecoveryError:
        return
