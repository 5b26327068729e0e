"""The own device's keys: how they are described, made up for and put away."""

from __future__ import annotations

import pytest

from tests.helpers.matrix_keys import PICKLE_KEY
from visio_desktop.servers.matrix.crypto.account import OwnAccount
from visio_desktop.servers.matrix.crypto.canonical import check_signed
from visio_desktop.servers.matrix.crypto.primitives import CryptoError
from visio_desktop.servers.matrix.keys import CallDevice

_ME = CallDevice("@ada:test", "ONE")


def test_a_device_signs_its_description_and_each_of_its_keys() -> None:
    account = OwnAccount.made(_ME)
    account.replenish(48, fallback=True)
    once = account.unpublished()["one_time_keys"]
    [(name, fallback)] = account.unpublished()["fallback_keys"].items()
    assert len(once) == 2
    assert name.startswith("signed_curve25519:")
    assert fallback["fallback"] is True
    for each in (account.description, fallback, *once.values()):
        check_signed(each, _ME.user_id, _ME.device_id, account.ed25519)


def test_no_key_is_made_that_the_server_has_or_that_is_on_its_way() -> None:
    account = OwnAccount.made(_ME)
    account.replenish(None, fallback=False)
    assert account.unpublished() == {}
    account.replenish(40, fallback=True)
    before = account.unpublished()
    account.replenish(40, fallback=True)
    assert account.unpublished() == before
    account.published()
    assert account.unpublished() == {}
    account.replenish(50, fallback=False)
    assert account.unpublished() == {}


def test_an_account_comes_back_with_its_key_only() -> None:
    account = OwnAccount.made(_ME)
    kept = account.pickle(PICKLE_KEY)
    assert OwnAccount.kept(_ME, kept, PICKLE_KEY).ed25519 == account.ed25519
    for pickle, key in ((kept, bytes(32)), (kept[:-4], PICKLE_KEY), ("", PICKLE_KEY), (kept, b"short")):
        with pytest.raises(CryptoError):
            OwnAccount.kept(_ME, pickle, key)
