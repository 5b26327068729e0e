from __future__ import annotations

from pathlib import Path

import pytest

from visio_desktop.settings import autostart
from visio_desktop.settings.policies import NO_POLICIES, Found, Policies, given, resolve
from visio_desktop.settings.store import Settings
from visio_desktop.system import desktop_entry
from visio_desktop.system.desktop_entry import Places

COMMAND = ("/usr/bin/visio-desktop",)


def decided(raw: object) -> Policies:
    return resolve((Found((given("Autostart", raw, "file"),)),))


@pytest.fixture
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    monkeypatch.setattr(desktop_entry, "is_possible", lambda: True)
    return Places(tmp_path / "data", tmp_path / "config")


def settings(tmp_path: Path, policies: Policies) -> Settings:
    return Settings(tmp_path / "settings.json", lambda: policies)


def test_it_starts_and_stops_as_decided(tmp_path: Path, where: Places) -> None:
    autostart.obey(settings(tmp_path, decided(raw=True)), where, COMMAND)
    assert COMMAND[0] in where.autostart.read_text(encoding="utf-8")
    autostart.obey(settings(tmp_path, decided(raw=False)), where, COMMAND)
    assert not where.autostart.exists()


def test_a_default_yields_to_the_persons_choice(tmp_path: Path, where: Places) -> None:
    chosen = settings(tmp_path, decided({"Value": True, "Locked": False}))
    chosen.remember("autostart", "false")
    autostart.obey(chosen, where, COMMAND)
    assert not where.autostart.exists()


def test_without_a_policy_nothing_is_touched(tmp_path: Path, where: Places) -> None:
    where.autostart.parent.mkdir(parents=True)
    where.autostart.write_text("mine", encoding="utf-8")
    autostart.obey(settings(tmp_path, NO_POLICIES), where, COMMAND)
    assert where.autostart.read_text(encoding="utf-8") == "mine"


def test_a_folder_that_takes_nothing_stops_nobody(tmp_path: Path, where: Places) -> None:
    where.config.write_text("a file where the folder should be", encoding="utf-8")
    autostart.obey(settings(tmp_path, decided(raw=True)), where, COMMAND)
    assert not where.autostart.exists()
