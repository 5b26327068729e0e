from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools import shell, system
from tools.livekit import _go_minor


def test_a_program_that_has_to_succeed_says_which_did_not() -> None:
    with pytest.raises(shell.SetUpError, match="exit\\(3\\)"):
        shell.must_run([sys.executable, "-c", "exit(3)"])
    assert shell.run([sys.executable, "-c", "exit(3)"]) == 3


def test_without_rights_a_person_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "become_root", lambda: None)
    with pytest.raises(shell.SetUpError, match="libegl1 xvfb"):
        shell.install_packages(["libegl1", "xvfb"])


def test_what_is_missing_is_named_by_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(system, "install_packages", installed.extend)
    system.need_programs({"sh": "dash", "no-such-program": "some-package"})
    assert installed == ["some-package"]
    monkeypatch.setattr(system, "LIBRARIES", {"libc.so.6": "libc6", "libnothing.so.9": "libnothing9"})
    assert system.missing_libraries() == ["libnothing9"]


def test_the_version_of_go_is_read(tmp_path: Path) -> None:
    go = tmp_path / "go"
    go.write_text("#!/bin/sh\necho go version go1.19.8 linux/amd64\n", encoding="utf-8")
    go.chmod(0o755)
    assert _go_minor(go) == 19
    assert _go_minor(tmp_path / "nothing") == 0


def test_uv_is_found() -> None:
    assert shell.run([shell.uv(), "--version"]) == 0
