from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.account_views import IN, LEO, ODILE, OUT, URL
from visio_desktop.engine.account_book import AccountBook, KeptCookies
from visio_desktop.system.secrets import MemorySecrets, SecretsError

COOKIES = {"sessionid": "s3cr3t", "csrftoken": "t", "provider": "p"}


def test_what_lasts_is_read_again_and_nothing_else(tmp_path: Path) -> None:
    book = AccountBook(tmp_path / "state" / "accounts.json")
    book.write((replace(IN, as_guest=True), OUT))
    read = book.read()
    assert [s.url for s in read] == [URL, OUT.url]
    assert read[0].as_guest
    assert read[0].accounts == (replace(ODILE, default_access=None),)  # Léo's login ends with the run
    assert (read[0].active, read[0].rooms, read[0].recordings) == (0, None, None)
    assert stat.S_IMODE(book.path.stat().st_mode) == 0o600


def test_who_was_there_for_one_run_only_is_not_there_in_the_next(tmp_path: Path) -> None:
    book = AccountBook(tmp_path / "accounts.json")
    book.write((replace(IN, accounts=(LEO,), active=1),))
    assert (book.read()[0].accounts, book.read()[0].active) == ((), None)


def test_without_a_file_nothing_is_known(tmp_path: Path) -> None:
    assert AccountBook(tmp_path / "none.json").read() == ()


@pytest.mark.parametrize("url", ["", "https://", "https://[", "x" * 3_000])
def test_addresses_that_are_none_spoil_the_file(tmp_path: Path, url: str) -> None:
    book = AccountBook(tmp_path / "accounts.json")
    book.write((replace(OUT, url=url),))
    assert book.read() == ()


def test_a_folder_that_takes_nothing_breaks_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    AccountBook(tmp_path / "file" / "accounts.json").write((IN,))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda v: st.lists(v) | st.dictionaries(st.sampled_from(["servers", "url", "accounts", "active", "as_guest", "slot", "id", "name", "email"]), v)))  # fmt: skip  # noqa: E501
def test_a_broken_file_is_an_empty_one(tmp_path_factory: pytest.TempPathFactory, raw: object) -> None:
    path = tmp_path_factory.mktemp("book") / "accounts.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    assert isinstance(AccountBook(path).read(), tuple)


async def test_cookies_are_kept_by_server_and_slot_those_that_are_needed() -> None:
    store = MemorySecrets()
    kept = KeptCookies(lambda: store)
    assert await kept.get(URL, 0) is None
    assert not await kept.put(URL, 0, COOKIES)  # memory does not last
    assert await kept.get(URL, 0) == {"sessionid": "s3cr3t", "csrftoken": "t"}
    assert await kept.get(URL, 1) is None
    assert await KeptCookies(lambda: store).get(URL, 0) == {"sessionid": "s3cr3t", "csrftoken": "t"}
    await kept.forget(URL, 0)
    assert await kept.get(URL, 0) is None


async def test_sessions_by_another_name_are_kept_too() -> None:
    kept = KeptCookies(MemorySecrets)
    await kept.put(URL, 0, {"custom": "s"})
    assert await kept.get(URL, 0) == {"custom": "s"}


class Locked(MemorySecrets):
    is_lasting = True

    def get(self, name: str) -> str | None:
        raise SecretsError(name)

    def put(self, name: str, secret: str) -> None:
        raise SecretsError(name)

    def forget(self, name: str) -> None:
        raise SecretsError(name)


async def test_a_locked_store_costs_a_login_not_the_program() -> None:
    kept = KeptCookies(Locked)
    assert await kept.get(URL, 0) is None
    assert not await kept.put(URL, 0, COOKIES)
    assert await kept.get(URL, 0) is not None  # for this run
    await kept.forget(URL, 0)
