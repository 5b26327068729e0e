"""The bundle itself: no general Python, deaf to the person's, ready for its first start, with its papers."""

from __future__ import annotations

import json
import marshal
import os
import shutil
import subprocess
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from tools.package.maven import MINOR, cpython
from tools.package.prepare import prepare
from visio_desktop import __version__

TOLD = f"visio-desktop {__version__}\n"


@pytest.fixture
def copy(bundle: Path, tmp_path: Path) -> Path:
    """One to change files of, which have to be replaced, not written to."""
    folder = tmp_path / "elsewhere"
    shutil.copytree(bundle, folder, copy_function=os.link)
    return folder


def run(program: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(program), *words], check=False, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", **settings}
    )


def test_it_runs_its_own_modules_only(bundle: Path, tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path)}
    assert run(bundle / "visio-desktop", "-m", "visio_desktop", "--version", **home).stdout == TOLD
    assert run(bundle / "visio-desktop", "-m", "http.server", **home).returncode == 2
    assert run(bundle / "visio-desktop", "-c", "print(1)", **home).returncode == 2


def test_it_is_deaf_to_the_persons_python(bundle: Path, tmp_path: Path) -> None:
    evil = tmp_path / "visio_desktop"
    evil.mkdir()
    (evil / "__init__.py").write_text("raise SystemExit(9)\n")
    told = run(
        bundle / "visio-desktop", "--version", HOME=str(tmp_path), PYTHONPATH=str(tmp_path), PYTHONHOME=str(tmp_path)
    )
    assert (told.returncode, told.stdout) == (0, TOLD), told.stderr


def test_a_first_start_takes_its_modules_from_one_file(copy: Path, tmp_path: Path) -> None:
    """Wherever it lies: a module that is compiled to something else is not looked at."""
    source = copy / "lib" / f"python{MINOR}" / "site-packages" / "visio_desktop" / "cli.py"
    compiled = Path(cache_from_source(str(source)))
    head = compiled.read_bytes()[:16]
    compiled.unlink()
    compiled.write_bytes(head + marshal.dumps(compile("raise SystemExit(9)", "cli.py", "exec")))
    assert run(copy / "visio-desktop", "--version", HOME=str(tmp_path)).stdout == TOLD
    for packed in compiled.parents[1].glob("system/__pycache__/modules.*"):
        packed.unlink()
    assert run(copy / "visio-desktop", "--version", HOME=str(tmp_path)).returncode == 9, "what the test stands on"


def test_what_is_ready_for_a_first_start_is_the_same_each_time(
    bundle: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever order sets have by chance."""
    places = list((copy / "lib").rglob("visio_desktop/system/__pycache__/*.marshal"))
    for place in places:
        place.unlink()
    monkeypatch.setenv("PYTHONHASHSEED", "random")
    python = cpython("linux-x86_64")
    prepare(copy, python / f"python{MINOR}", python)
    assert len(places) == 2
    for place in places:
        assert place.read_bytes() == (bundle / place.relative_to(copy)).read_bytes(), place.name


def test_its_papers_lie_beside_it(bundle: Path) -> None:
    listed = (bundle / "sbom.cdx.json").read_text(encoding="utf-8")
    assert json.loads(listed)["bomFormat"] == "CycloneDX"
    assert listed.count('"name": "FFmpeg"') == 1, "PyAV's; OpenCV's is an empty library"
    assert "1.1.1k" not in listed
    assert not list(bundle.rglob("libcrypto-*.so.1.1*"))
    assert (bundle / "THIRD-PARTY-NOTICES.txt").stat().st_size > 100_000
    assert json.loads((bundle / "provenance.json").read_text(encoding="utf-8"))["_type"].startswith(
        "https://in-toto.io/"
    )
