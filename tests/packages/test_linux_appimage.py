"""The AppImage: one file that runs, mounted where the system allows that and unpacked where not, and leaves nothing."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from tools.package import appimage
from tools.package.linux import METAINFO

RELEASE = "0.1.0"
QUICK = 3
_LONGEST_S = 120.0
ELF = b"\x7fELF"


@pytest.fixture(scope="module")
def image(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("appimage")
    return appimage.build(bundle, folder / appimage.file_name(RELEASE), RELEASE, QUICK)


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """Settings of a run, with a folder of its own for what is unpacked and kept."""
    folders = ("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
    for name in folders:
        (tmp_path / name.lower()).mkdir()
    silent = {"PULSE_SERVER": "unix:/nowhere", "PIPEWIRE_REMOTE": "/nowhere", "QT_QPA_PLATFORM": "offscreen"}
    return {**os.environ, **{name: str(tmp_path / name.lower()) for name in folders}, **silent}


def run(image: Path, *words: str, env: dict[str, str], cwd: Path | None = None) -> str:
    outcome = subprocess.run([str(image), *words], check=False, capture_output=True, text=True, env=env, cwd=cwd)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return outcome.stdout


def leaves_nothing(home: dict[str, str]) -> None:
    """What was mounted is gone: a moment after the program is, as another process sees to it."""
    until_s = time.monotonic() + _LONGEST_S
    while list(Path(home["TMPDIR"]).iterdir()):
        assert time.monotonic() < until_s, "a mount was left"
        time.sleep(0.05)


def test_it_is_an_image_of_the_second_type(image: Path) -> None:
    with image.open("rb") as file:
        head = file.read(16)
    assert head.startswith(ELF)
    assert head[appimage.MAGIC_AT :].startswith(appimage.MAGIC)


def test_unpacked_it_passes_its_test_and_leaves_nothing(image: Path, home: dict[str, str]) -> None:
    told = run(image, "--appimage-extract-and-run", "selftest", "--json", env=home)
    assert json.loads(told)["passed"]
    assert list(Path(home["TMPDIR"]).iterdir()) == []


def test_it_runs_by_itself_whatever_the_system_allows(image: Path, home: dict[str, str]) -> None:
    for _ in range(3):
        assert run(image, "--version", env=home).startswith("visio-desktop ")
    leaves_nothing(home)


def test_a_link_it_registers_leads_to_the_image_itself(image: Path, home: dict[str, str]) -> None:
    run(image, "register", env=home)
    leaves_nothing(home)
    entry = Path(home["XDG_DATA_HOME"]) / "applications" / "visio-desktop.desktop"
    assert f"Exec={image} %u" in entry.read_text(encoding="utf-8").splitlines()


def test_what_a_desktop_reads_lies_on_top(image: Path, home: dict[str, str], tmp_path: Path) -> None:
    run(image, "--appimage-extract", env=home, cwd=tmp_path)
    root = tmp_path / "squashfs-root"
    assert (root / "AppRun").resolve() == root / "visio-desktop"
    assert (root / ".DirIcon").resolve() == root / "visio-desktop.svg"
    subprocess.run(["desktop-file-validate", str(root / "visio-desktop.desktop")], check=True)
    assert (root / METAINFO.replace(".metainfo.xml", ".appdata.xml")).is_file()


def test_the_same_again_gives_the_same_bytes(bundle: Path, image: Path, tmp_path: Path) -> None:
    again = appimage.build(bundle, tmp_path / image.name, RELEASE, QUICK)
    assert again.read_bytes() == image.read_bytes()
