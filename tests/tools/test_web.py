from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools import web


def test_a_bundle_of_the_same_sources_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[list[object]] = []

    def bundle(command: list[object], *, cwd: Path) -> None:
        runs.append(command)
        made = [str(word).removeprefix("--outfile=") for word in command if str(word).startswith("--outfile=")]
        for name in made:
            (cwd / name).touch()

    monkeypatch.setattr(web, "BUNDLE", tmp_path / "web" / "bundle.js")
    monkeypatch.setattr(web, "must_run", bundle)
    web.set_up()
    assert len(runs) == 5, "the packages, then four pages"
    assert {file.name for file in (tmp_path / "web").glob("*.js")} >= {"bundle.js", "meet.js"}
    web.set_up()
    assert len(runs) == 5
    (tmp_path / "web" / "stamp").write_text("of something else", encoding="ascii")
    web.set_up()
    assert len(runs) == 10


def test_the_page_is_pinned_with_hashes_and_without_addresses() -> None:
    lock = json.loads((web._SOURCE / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages["node_modules/livekit-client"]["version"]
    assert all("integrity" in package and "resolved" not in package for package in packages.values())
