from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.unit.settings.test_policy_registry import FakeWinreg
from visio_desktop.settings import listing, policy_files, policy_sources
from visio_desktop.settings.policies import NO_POLICIES, Policies
from visio_desktop.settings.policy_registry import KEY
from visio_desktop.settings.policy_sources import BUNDLE, Reading, read_policies


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "policies"
    made.mkdir(mode=0o755)
    monkeypatch.setattr(policy_files, "ADMINISTRATOR", made.stat().st_uid)
    return made


def test_linux_reads_the_folder(folder: Path) -> None:
    (folder / "policies.json").write_text(json.dumps({"RelayOnly": True, "Nonsense": 1}), encoding="utf-8")
    (folder / "policies.json").chmod(0o644)
    policies = read_policies("linux", folder)
    assert policies.is_locked("relay_only")
    assert [each.name for each in policies.ignored] == ["Nonsense"]


@pytest.mark.parametrize("installed", [True, False])
def test_a_policy_without_effect_here_is_in_the_log(
    folder: Path, installed: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(listing, "has_strong_noise", lambda: installed)
    (folder / "policies.json").write_text(json.dumps({"StrongNoiseSuppression": True}), encoding="utf-8")
    (folder / "policies.json").chmod(0o644)
    read_policies("linux", folder)
    assert ("policy_without_effect" in caplog.text) is not installed


def test_linux_without_the_folder(tmp_path: Path) -> None:
    assert read_policies("linux", tmp_path / "none") == NO_POLICIES


def test_windows_reads_the_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeWinreg({("machine", KEY): {"ProxyMode": "none"}})
    monkeypatch.setitem(sys.modules, "winreg", fake)
    assert read_policies("win32").active["proxy_mode"].value == "none"


def test_macos_reads_managed_preferences(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import plistlib  # noqa: PLC0415 - for this test alone

    monkeypatch.setattr(policy_sources, "PREFERENCES", folder)
    monkeypatch.setitem(sys.modules, "getpass", SimpleNamespace(getuser=lambda: "ada"))
    (folder / "ada").mkdir(mode=0o755)
    for path, mode in ((folder / f"{BUNDLE}.plist", "none"), (folder / "ada" / f"{BUNDLE}.plist", "manual")):
        path.write_bytes(plistlib.dumps({"ProxyMode": mode}))
        path.chmod(0o644)
    policies = read_policies("darwin")
    assert policies.active["proxy_mode"].value == "none"
    assert len(policies.ignored) == 1


def test_reading_goes_on_elsewhere_and_is_waited_for() -> None:
    threads: list[str] = []
    let = threading.Event()

    def read() -> Policies:
        let.wait(60)
        threads.append(threading.current_thread().name)
        return NO_POLICIES

    reading = Reading(read)
    let.set()
    assert reading.policies() is NO_POLICIES
    assert reading.policies() is NO_POLICIES
    assert threads == ["policies"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_cannot_be_read_at_all_stops_the_start() -> None:
    def read() -> Policies:
        raise RuntimeError("a fault of ours")

    with pytest.raises(RuntimeError):
        Reading(read).policies()
