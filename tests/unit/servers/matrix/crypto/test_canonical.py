"""Canonical JSON and signatures over it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from tests.helpers.matrix_keys import JSON
from visio_desktop.servers.matrix.crypto.account import OwnAccount
from visio_desktop.servers.matrix.crypto.canonical import canonical, check_signed, signed
from visio_desktop.servers.matrix.crypto.primitives import CryptoError
from visio_desktop.servers.matrix.keys import CallDevice


# The examples of the specification (appendices, "Canonical JSON").
@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({}, "{}"),
        ({"one": 1, "two": "Two"}, '{"one":1,"two":"Two"}'),
        ({"b": "2", "a": "1"}, '{"a":"1","b":"2"}'),
        ({"a": "日本語"}, '{"a":"日本語"}'),
        ({"本": 2, "日": 1}, '{"日":1,"本":2}'),
        ({"a": None, "b": [True, -0]}, '{"a":null,"b":[true,0]}'),
        ({"a": '"\\\n\x01'}, r'{"a":"\"\\\n\u0001"}'),
    ],
)
def test_there_is_one_way_to_write_a_value(value: Any, written: str) -> None:
    assert canonical(value) == written.encode()


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("value", [1.0, 2**53, -(2**53), "\ud800", {1: 2}, (), b"", nested(40), nested(500)])
def test_what_has_no_such_form_is_refused(value: Any) -> None:
    with pytest.raises(CryptoError):
        canonical({"a": value})


@given(value=JSON)
def test_it_says_the_same(value: Any) -> None:
    try:
        written = canonical(value)
    except CryptoError:
        return
    assert json.loads(written) == value


def test_a_signature_covers_all_but_itself_and_what_is_unsigned() -> None:
    account = OwnAccount.made(CallDevice("@ada:test", "ONE"))
    made = signed({"a": 1, "unsigned": {"age": 5}}, account.sign, "@ada:test", "ONE")
    check_signed({**made, "unsigned": {"age": 6}}, "@ada:test", "ONE", account.ed25519)
    for other, user, key_id in (
        ({**made, "a": 2}, "@ada:test", "ONE"),
        (made, "@eve:test", "ONE"),
        (made, "@ada:test", "TWO"),
        ({**made, "signatures": []}, "@ada:test", "ONE"),
        ({**made, "signatures": {"@ada:test": {"ed25519:ONE": "A" * 86}}}, "@ada:test", "ONE"),
    ):
        with pytest.raises(CryptoError):
            check_signed(other, user, key_id, account.ed25519)
