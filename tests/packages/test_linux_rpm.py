"""The RPM package: what it says of itself, and what it unpacks to."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tools.package import rpm
from tools.package.base import INSTALLED, PRODUCT
from tools.package.linux import AUTOSTART, FILES, METAINFO, required

RELEASE = "0.1.0"
QUICK = "w3.zstdio"


@pytest.fixture(scope="module")
def package(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rpm.build(bundle, tmp_path_factory.mktemp("rpm") / rpm.file_name(RELEASE), RELEASE, QUICK)


def asked(package: Path, *words: str) -> list[str]:
    answer = subprocess.run(["rpm", "-qp", *words, str(package)], check=True, capture_output=True, text=True)
    return answer.stdout.splitlines()


def test_what_it_says_of_itself(bundle: Path, package: Path) -> None:
    fields = ("NAME", "VERSION", "ARCH", "LICENSE", "BUILDHOST")
    assert asked(package, "--qf", "\\n".join(f"%{{{field}}}" for field in fields)) == [
        PRODUCT.id,
        RELEASE,
        rpm.ARCHITECTURE,
        PRODUCT.licence,
        "reproducible",
    ]
    assert {f"{name}()(64bit)" for name in required(bundle)} <= set(asked(package, "--requires"))
    listed = set(asked(package, "-l"))
    assert {f"/{place}" for place in (*FILES, METAINFO, AUTOSTART)} | {"/usr/bin/visio-desktop"} <= listed


def test_it_unpacks_to_the_bundle_and_runs(bundle: Path, package: Path, tmp_path: Path) -> None:
    archive = tmp_path / "package.cpio"
    with archive.open("wb") as file:
        subprocess.run(["rpm2cpio", str(package)], check=True, stdout=file)
    with archive.open("rb") as file:
        subprocess.run(["cpio", "-idm", "--quiet"], check=True, cwd=tmp_path, stdin=file)
    installed = tmp_path / INSTALLED.lstrip("/")
    subprocess.run(["diff", "-r", str(bundle), str(installed)], check=True)
    link = tmp_path / "usr" / "bin" / "visio-desktop"
    told = subprocess.run([str(link), "--version"], check=True, capture_output=True, text=True)
    assert told.stdout.startswith("visio-desktop ")
