"""A device signed in its owner's name: only with their key, and only where the account still signs with it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.matrix_keys import JSON, KeyServer, mutated, party
from tests.helpers.matrix_owner import Owner
from visio_desktop.servers.matrix.crypto.recovery import RecoveryError

_OWNER = Owner("@ada:test")


async def test_the_device_is_signed() -> None:
    server = KeyServer()
    ada = await party(server, "ada")
    server.owned_by(_OWNER)
    await ada.keeper.vouch(_OWNER.recovery_key)
    [(_, signatures)] = server.descriptions[ada.me]["signatures"].items()
    assert len(signatures) == 2


async def test_without_keys_to_sign_with_or_with_another_s_key_it_is_not() -> None:
    server = KeyServer()
    ada = await party(server, "ada")
    with pytest.raises(RecoveryError, match="no keys to sign with"):
        await ada.keeper.vouch(_OWNER.recovery_key)
    server.owned_by(_OWNER)
    with pytest.raises(RecoveryError, match="not the key of this account"):
        await ada.keeper.vouch(Owner("@ada:test").recovery_key)
    server.cross_signing = {}
    server.owned_by(Owner("@ada:test", secret=_OWNER.secret))
    for kind, content in _OWNER.account_data().items():
        server.account_data[("@ada:test", kind)] = content
    with pytest.raises(RecoveryError, match="another key by now"):
        await ada.keeper.vouch(_OWNER.recovery_key)
    server.account_data = {}
    with pytest.raises(RecoveryError, match="keeps no secrets"):
        await ada.keeper.vouch(_OWNER.recovery_key)
    assert not ada.keeper.is_vouched


async def test_a_server_that_refuses_the_signature_is_told_of() -> None:
    server = KeyServer()
    ada = await party(server, "ada")
    server.owned_by(_OWNER)
    refusal = {"failures": {"@ada:test": {"ONE": {"errcode": "M_INVALID_SIGNATURE"}}}}
    server.twist = lambda path, answer: refusal if "signatures" in path else answer
    with pytest.raises(RecoveryError, match="refused the signature"):
        await ada.keeper.vouch(_OWNER.recovery_key)


@given(path=st.lists(st.integers(0, 20), min_size=1, max_size=5), other=JSON, which=st.sampled_from(["query", "data"]))
@settings(max_examples=40)
async def test_rubbish_signs_nothing_else(path: list[int], other: Any, which: str) -> None:
    server = KeyServer()
    ada = await party(server, "ada")
    server.owned_by(_OWNER)
    server.twist = lambda asked, right: mutated(right, path, other) if which in asked else right
    try:
        await ada.keeper.vouch(_OWNER.recovery_key)
    except RecoveryError:
        assert not ada.keeper.is_vouched
