from __future__ import annotations

from pathlib import Path

import pytest

from visio_desktop.engine.account_setup import account_services, begin_of, has_web_engine, words
from visio_desktop.engine.gated_login import GatedLogin
from visio_desktop.login.window import WORDS
from visio_desktop.settings.policies import Found, given, resolve
from visio_desktop.settings.store import Settings
from visio_desktop.system.secrets import MemorySecrets


def settings(tmp_path: Path, **values: str) -> Settings:
    made = Settings(tmp_path / "settings.json")
    for key, value in values.items():
        made.put(key, value)
    return made


def test_the_login_window_gets_every_text_it_shows_with_a_place_for_the_host() -> None:
    given = words()
    assert set(given) == set(WORDS)
    assert all("{host}" in given[name] for name in ("title", "encrypted", "unencrypted"))


def test_the_login_window_trusts_what_the_rest_trusts(tmp_path: Path) -> None:
    chosen = settings(tmp_path, extra_ca_file="ca.pem")
    begin = begin_of(chosen, "https://h.example", tmp_path, silent=True)
    assert (begin.server, begin.authorities, begin.silent) == ("https://h.example", "ca.pem", True)
    assert (begin.proxy, begin.proxy_user, begin.proxy_password) == ("", "", "")


def test_there_is_a_window_where_there_is_a_web_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = account_services(settings(tmp_path), MemorySecrets, tmp_path, ("login",))
    assert has_web_engine()
    assert isinstance(made.window, GatedLogin)
    assert (made.book.parent, made.profiles.parent) == (tmp_path, tmp_path)
    monkeypatch.setattr("visio_desktop.engine.account_setup.find_spec", lambda _: None)
    assert account_services(settings(tmp_path), MemorySecrets, tmp_path, ("login",)).window is None


def test_accounts_are_as_the_organisation_has_decided(tmp_path: Path) -> None:
    decided = {"AllowedServers": ["*.example.org"], "DefaultServer": "meet.example.org", "Login": False}
    found = resolve((Found(tuple(given(name, raw, "policies.json") for name, raw in decided.items())),))
    made = account_services(Settings(tmp_path / "settings.json", lambda: found), MemorySecrets, tmp_path, ("login",))
    assert made.allowed("meet.example.org")
    assert not made.allowed("meet.example.com")
    assert (made.usual, made.off) == ("meet.example.org", True)
    usual = account_services(settings(tmp_path), MemorySecrets, tmp_path, ("login",))
    assert (usual.allowed("meet.example.com"), usual.usual, usual.off) == (True, "", False)
