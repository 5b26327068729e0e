from __future__ import annotations

import stat
from pathlib import Path

import pytest

from visio_desktop.system import paths


def test_resources_holds_the_translations() -> None:
    assert (paths.resources() / "translations" / "en" / "problems.json").is_file()


def test_resources_inside_an_installed_package_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "package" / "resources").mkdir(parents=True)
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path / "package")
    assert paths.resources() == tmp_path / "package" / "resources"


@pytest.mark.parametrize(("variable", "folder"), [("XDG_CONFIG_HOME", "config_dir"), ("XDG_STATE_HOME", "state_dir")])
def test_folders_are_made_for_their_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, folder: str
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "own"))
    made: Path = getattr(paths, folder)()
    assert made.is_relative_to(tmp_path)
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_sockets_lie_in_the_session_where_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert paths.runtime_dir() == tmp_path / "visio-desktop"
    assert stat.S_IMODE(paths.runtime_dir().stat().st_mode) == 0o700
    (tmp_path / "file").write_text("")
    for none in ("", "relative", str(tmp_path / "missing"), str(tmp_path / "file")):
        monkeypatch.setenv("XDG_RUNTIME_DIR", none)
        assert paths.runtime_dir() == paths.state_dir()


def test_logs_lie_below_the_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert paths.log_dir().is_relative_to(tmp_path)
