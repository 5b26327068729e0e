"""The bundle's parts: what is left out, what is kept of Qt, what libraries ask for, what a first start finds ready."""

from __future__ import annotations

import marshal
from pathlib import Path

import pytest

from tools import package
from tools.package import appimage, base, elf, payload, prepare, prepare_inside, qt
from tools.package.trimming import LIBRARIES, PYTHON, leave_out
from tools.shell import ROOT, SetUpError
from visio_desktop.system import packed

READELF = """
File: /a/one.so

Dynamic section at offset 0x2d40 contains 2 entries:
  Tag        Type                         Name/Value
 0x0000000000000001 (NEEDED)             Shared library: [libtwo.so.2]
 0x0000000000000001 (NEEDED)             Shared library: [libc.so.6]

File: /a/libtwo.so.2
 0x000000000000001d (RUNPATH)            Library runpath: [$ORIGIN]
 0x0000000000000001 (NEEDED)             Shared library: [libthree.so]

File: /a/libthree.so

File: /a/other.so
 0x0000000000000001 (NEEDED)             Shared library: [libtwo.so.2]
"""
ONE, TWO, THREE, OTHER = (Path("/a", name) for name in ("one.so", "libtwo.so.2", "libthree.so", "other.so"))


def test_what_libraries_ask_for_is_kept_with_them() -> None:
    asked = {Path(file): names for file, names in elf.read_needed(READELF).items()}
    assert asked[ONE] == {"libtwo.so.2", "libc.so.6"}
    assert elf.closure([ONE], asked) == {ONE, TWO, THREE}
    assert elf.closure([THREE], asked) == {THREE}
    assert OTHER not in elf.closure([ONE], asked)


def test_what_is_left_out_is_gone_and_the_rest_stays(tmp_path: Path) -> None:
    for name in ("numpy/f2py/a.py", "numpy/core.py", "numpy/core.pyi", "numpy/lib/tests/test_a.py", "bin/f2py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    leave_out(tmp_path, LIBRARIES)
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()} == {"numpy/core.py"}


def test_everything_left_out_has_its_reason() -> None:
    assert all(reason for table in (LIBRARIES, PYTHON, qt.PLUGINS, qt.LOGIN_PARTS) for reason in table.values())


def test_the_modules_of_qt_are_found_where_they_are_imported() -> None:
    assert {"QtCore", "QtGui", "QtWidgets", "QtSvg"} <= qt.imported()
    assert not any(name.startswith("QtWebEngine") for name in qt.imported())
    assert {"QtWebEngineCore", "QtWebEngineWidgets", "QtNetwork"} <= qt.imported(login=True)


def test_only_what_is_kept_of_a_package_stays(tmp_path: Path) -> None:
    for name in ("a/keep", "a/b/drop", "drop"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    qt.keep_only(tmp_path, {tmp_path / "a" / "keep"})
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "keep"]


def test_one_requirement_of_many_with_its_hashes() -> None:
    text = "a==1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:01\n    # via b\nab==2 \\\n    --hash=sha256:02\n"
    assert payload.requirement(text, "a") == "a==1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:01\n"
    assert payload.requirement(text, "ab") == "ab==2 \\\n    --hash=sha256:02\n"
    with pytest.raises(SetUpError, match="b is not locked"):
        payload.requirement(text, "b")


def test_the_web_engine_is_locked() -> None:
    locked = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")
    assert "--hash=sha256:" in payload.requirement(locked, "pyside6-webengine")


def test_times_come_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795440115")
    assert base.epoch_s() == 1_795_440_115
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    assert base.epoch_s() == base.EARLIEST
    (tmp_path / "link").symlink_to("nowhere")
    base.set_times(tmp_path, 1_795_440_115)
    assert (tmp_path / "link").lstat().st_mtime == 1_795_440_115


def test_an_image_bears_its_mark_where_elf_has_padding() -> None:
    program = bytes(range(64))
    marked = appimage.marked(program)
    assert marked[8:11] == b"AI\x02"
    assert marked[:8] + marked[11:] == program[:8] + program[11:]


def test_a_first_start_finds_its_modules_in_one_file(tmp_path: Path) -> None:
    source = tmp_path / "lib" / "module.py"
    (source.parent / "__pycache__").mkdir(parents=True)
    source.write_text("X = 1\n")
    code = marshal.dumps(compile("X = 1\n", "module.py", "exec"))
    prepare.compiled(source).write_bytes(b"head of 16 bytes" + code)
    content = prepare.packed(tmp_path, {"module": str(source)}, b"stamp", 1_795_440_115)
    length = int.from_bytes(content[: packed.LENGTH_BYTES])
    behind = packed.LENGTH_BYTES + length
    stamp, index = marshal.loads(content[packed.LENGTH_BYTES : behind])
    assert stamp == b"stamp"
    assert index == {"module": ("~/lib/module.py", 1_795_440_115 * 10**9, 6, 0, len(code))}
    assert content[behind:] == code


def test_modules_to_be_ready_are_those_of_the_program() -> None:
    names = prepare_inside.names(ROOT / "visio_desktop")
    assert {"visio_desktop", "visio_desktop.app", "visio_desktop.meeting.machine"} <= set(names)
    assert not any(name.startswith("visio_desktop.login") for name in names)
    assert prepare_inside.placed("/elsewhere/x.py", Path("/bundle/lib")) == "/elsewhere/x.py"
    assert prepare_inside.placed(marshal.__spec__.origin or "", Path("/b")) == marshal.__spec__.origin


def test_an_unknown_kind_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert package.main(["floppy"]) == 2
    assert "deb" in capsys.readouterr().err
