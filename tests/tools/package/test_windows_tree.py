from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.tools.package.test_windows_pe import program
from tools.package import qt
from tools.package.windows_tree import PLUGINS, kept, leave_to_the_bundle, look_for_missing, of_windows, pack
from tools.shell import SetUpError


def lay(folder: Path, name: str, *needs: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(program(needs=needs))
    return path


def test_of_qt_stays_what_is_imported_and_what_that_asks_for(tmp_path: Path) -> None:
    wanted = {lay(tmp_path, f"{name}.pyd", "Qt6Core.dll", "kernel32.dll") for name in qt.imported()}
    wanted |= {lay(tmp_path, f"plugins/{name}", "qt6gui.DLL") for name in PLUGINS}
    wanted |= {lay(tmp_path, "Qt6Core.dll"), lay(tmp_path, "Qt6Gui.dll", "Qt6Core.dll")}
    lay(tmp_path, "Qt6Qml.dll")
    lay(tmp_path, "QtQml.pyd", "Qt6Qml.dll")
    assert {path for path in kept(tmp_path) if path.exists()} == wanted


def test_a_bundle_that_lacks_a_library_is_not_built(tmp_path: Path) -> None:
    lay(tmp_path, "a.pyd", "KERNEL32.dll", "api-ms-win-crt-heap-l1-1-0.dll", "python313.dll")
    with pytest.raises(SetUpError, match=r"python313\.dll"):
        look_for_missing(tmp_path)
    look_for_missing(tmp_path, ("python3",))
    lay(tmp_path, "python313.dll")
    look_for_missing(tmp_path)


def test_beside_the_bundle_the_login_is_the_web_engine_alone(tmp_path: Path) -> None:
    names = ("PySide6", "pyside6_webengine-6.dist-info", "pyside6_essentials-6.dist-info", "shiboken6")
    for name in names:
        (tmp_path / name).mkdir()
    leave_to_the_bundle(tmp_path, "*.dist-info")
    assert {path.name for path in tmp_path.iterdir()} == set(names[:3])
    leave_to_the_bundle(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(names[:2])


@pytest.mark.parametrize("name", ["msvcp140.dll", "libssl-3.dll", "kernel32.dll.evil", "opengl32sw.dll"])
def test_not_everything_is_windows(name: str) -> None:
    assert not of_windows(name)


def test_the_library_is_packed_the_same_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    library = tmp_path / "library"
    (library / "json").mkdir(parents=True)
    for name in ("os.pyc", "json/decoder.pyc", "os.py"):
        (library / name).write_text(name)
    pack(library, tmp_path / "one.zip")
    pack(library, tmp_path / "other.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as file:
        assert file.namelist() == ["json/decoder.pyc", "os.pyc"]
        assert file.getinfo("os.pyc").date_time == (2026, 1, 1, 0, 0, 0)
