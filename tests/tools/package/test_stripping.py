"""Modules lose their symbols and nothing else; what could not be loaded afterwards stays as it was."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path

import pytest

from tools.package import stripping
from tools.package.stripping import is_loadable, modules, read_segments, strip, strip_modules
from tools.package.system import need_compiler

READELF = """
Program Headers:
  Type           Offset   VirtAddr           PhysAddr           FileSiz  MemSiz   Flg Align
  LOAD           0x000000 0x0000000000000000 0x0000000000000000 0x001000 0x001000 R   0x1000
  LOAD           0x001f30 0x0000000000003f30 0x0000000000003f30 0x000100 0x000100 RW  0x1000
  DYNAMIC        0x002df0 0x0000000000003df0 0x0000000000003df0 0x0001e0 0x0001e0 RW  0x8
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    need_compiler()
    path = tmp_path / "package" / "fast.abi3.so"
    path.parent.mkdir()
    source = tmp_path / "fast.c"
    source.write_text("static int inner(int n) { return n * 2; } int twice(int n) { return inner(n); }\n")
    subprocess.run(["gcc", "-g", "-shared", "-fPIC", "-o", path, source], check=True)
    return path


def test_a_module_is_smaller_and_does_the_same(module: Path, tmp_path: Path) -> None:
    before, mode = module.stat().st_size, module.stat().st_mode
    assert strip_modules(tmp_path) == before - module.stat().st_size > 0
    assert module.stat().st_mode == mode
    assert ctypes.CDLL(str(module)).twice(21) == 42
    assert strip_modules(tmp_path) == 0, "there is nothing left to take"


def test_what_could_not_be_loaded_stays(module: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = module.read_bytes()
    monkeypatch.setattr(stripping, "is_loadable", lambda _: False)
    assert strip(module) == 0
    assert module.read_bytes() == before
    assert [path.name for path in module.parent.iterdir()] == [module.name]


def test_what_is_broken_stays(tmp_path: Path) -> None:
    broken = tmp_path / "broken.abi3.so"
    broken.write_bytes(b"\x7fELF and nothing more")
    assert strip(broken) == 0
    assert broken.read_bytes() == b"\x7fELF and nothing more"


def test_libraries_beside_modules_are_left_alone(module: Path, tmp_path: Path) -> None:
    for name in ("package.libs/libblas-1.so.1", "package.libs/odd.abi3.so", "package/libown.so"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(module.read_bytes())
    assert modules(tmp_path) == [module]


def test_segments_have_to_lie_on_pages() -> None:
    segments = read_segments(READELF)
    assert segments == [(0, 0, 0x1000), (0x1F30, 0x3F30, 0x1000)]
    assert is_loadable(segments)
    assert not is_loadable([(0x1F38, 0x3F30, 0x1000)])
    assert not is_loadable([])
