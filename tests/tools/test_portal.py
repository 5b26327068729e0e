"""Fetching a portal without installing it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import portal
from tools.shell import SetUpError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(portal, "CACHE", tmp_path)
    monkeypatch.setattr(portal, "FOLDER", tmp_path / "portal")
    monkeypatch.setattr(portal, "_READY", tmp_path / "portal" / "ready")
    return tmp_path / "portal"


def test_without_roots_rights_it_says_what_is_missing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal, "become_root", lambda: None)
    with pytest.raises(SetUpError, match="xdg-desktop-portal-wlr"):
        portal.set_up()
    assert not folder.exists()


def test_what_is_there_is_not_fetched_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    (folder / "ready").touch()
    monkeypatch.setattr(portal, "become_root", lambda: pytest.fail("fetched"))
    assert portal.set_up() == folder


def test_lists_that_are_old_are_brought_up_to_date_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    def run(command: list[str]) -> int:
        said.append("update" if "update" in command else "install")
        return 1

    monkeypatch.setattr(portal, "become_root", list)
    monkeypatch.setattr(portal, "run", run)
    monkeypatch.setattr(portal, "must_run", lambda command: said.append(command[-1]))
    folder.mkdir()
    portal.set_up()
    assert said == ["install", "update", "xdg-desktop-portal-wlr"]
    assert (folder / "ready").exists()
