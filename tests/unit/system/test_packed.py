"""Modules out of one file."""

from __future__ import annotations

import inspect
import marshal
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from visio_desktop.system import packed, packing
from visio_desktop.system.packed import Packed


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The file, with `parcel` and its module `parcel.inner` in it; both forgotten again."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "parcel").mkdir()
    (tmp_path / "parcel" / "__init__.py").write_text("NAME = __name__\n")
    (tmp_path / "parcel" / "inner.py").write_text("def where():\n    return __file__\n")
    sources = {"parcel": "parcel/__init__.py", "parcel.inner": "parcel/inner.py"}
    file = str(tmp_path / "pack")
    assert packing.keep({name: str(tmp_path / each) for name, each in sources.items()}, file) == set(sources)
    yield file
    for name in sources:
        sys.modules.pop(name, None)


def with_code_of(pack: str, name: str, text: str) -> None:
    """Put other code in the place of a module's, so that it shows who gave it."""
    file, behind, index = packed.opened(pack)
    os.close(file)
    code = marshal.dumps(compile(text, "packed", "exec"))
    _, _, _, start, length = index[name]
    assert len(code) <= length or start == max(entry[3] for entry in index.values())
    with Path(pack).open("r+b") as content:
        content.seek(behind + start)
        content.write(code)


def test_a_module_is_taken_from_the_file(pack: str) -> None:
    with_code_of(pack, "parcel.inner", "def where():\n    return 'pack'\n")
    assert Packed(pack).begin()
    assert import_module("parcel").NAME == "parcel"
    assert import_module("parcel.inner").where() == "pack"


def test_a_module_from_the_file_is_like_any_other(pack: str, tmp_path: Path) -> None:
    assert Packed(pack).begin()
    found, inner = import_module("parcel"), import_module("parcel.inner")
    assert found.__path__ == [str(tmp_path / "parcel")]
    assert inner.where() == inner.__file__ == str(tmp_path / "parcel" / "inner.py")
    assert inner.__package__ == "parcel"
    assert inner.__cached__ == str(tmp_path / "parcel" / "__pycache__" / f"inner.{sys.implementation.cache_tag}.pyc")
    assert inner.where.__code__.co_filename == inner.__file__
    assert inspect.getsource(inner.where).startswith("def where")


def test_a_module_whose_source_was_changed_is_loaded_as_ever(pack: str, tmp_path: Path) -> None:
    source = tmp_path / "parcel" / "inner.py"
    source.write_text("def where():\n    return 'elsewhere'\n")
    finder = Packed(pack)
    assert finder.begin()
    assert finder.find_spec("parcel.inner", [str(tmp_path / "parcel")]) is None
    assert import_module("parcel.inner").where() == "elsewhere"
    source.unlink()
    assert finder.find_spec("parcel.inner", [str(tmp_path / "parcel")]) is None


def test_a_name_that_means_another_place_now_is_left_to_others(
    pack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finder = Packed(pack)
    assert finder.find_spec("parcel") is not None
    assert finder.find_spec("parcel.inner", [str(tmp_path / "other")]) is None
    assert finder.find_spec("unknown") is None
    monkeypatch.setattr(sys, "path", [sys.path[0], str(tmp_path / "other"), *sys.path[1:]])
    assert finder.find_spec("parcel") is None


def test_what_is_damaged_is_compiled_as_ever(pack: str, tmp_path: Path) -> None:
    finder = Packed(pack)
    assert finder.begin()
    os.truncate(pack, packed.opened(pack)[1])
    assert import_module("parcel.inner").where() == str(tmp_path / "parcel" / "inner.py")


@pytest.mark.parametrize("content", [b"", b"rubbish", bytes(8), (5).to_bytes(8) + marshal.dumps(None), b"\xff" * 100])
def test_a_file_that_is_none_is_passed_over(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "pack"
    file.write_bytes(content)
    assert packed.opened(str(file)) == (-1, 0, {})
    assert not Packed(str(file)).begin()
    assert not Packed(str(tmp_path / "none")).begin()


def test_a_file_of_another_release_or_for_other_folders_is_passed_over(
    pack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert packed.opened(pack)[2]
    monkeypatch.setattr(sys, "path", [*sys.path, "/elsewhere"])
    assert not Packed(pack).begin()


def test_the_program_begins_with_it(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom visio_desktop.__main__ import main\nfrom visio_desktop.system import packed\n"
        "packed.Packed.begin = lambda self: print('begun', 'dataclasses' in sys.modules)\n"
        "sys.argv = ['visio-desktop', '--version']\nmain()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.splitlines()[0] == "begun False"


def test_a_bundle_may_lie_anywhere(pack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its file names sources from where its Python is; so does the stamp."""
    file, behind, index = packed.opened(pack)
    os.close(file)
    within = {
        name: (f"{packed.HERE}/{Path(entry[0]).relative_to(tmp_path)}", *entry[1:]) for name, entry in index.items()
    }
    codes = Path(pack).read_bytes()[behind:]
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    stamp = packed.stamp()
    assert os.fsencode(tmp_path) not in stamp
    listed = marshal.dumps((stamp, within))
    Path(pack).write_bytes(len(listed).to_bytes(packed.LENGTH_BYTES) + listed + codes)
    with_code_of(pack, "parcel.inner", "def where():\n    return 'pack'\n")
    assert Packed(pack).begin()
    assert import_module("parcel.inner").where() == "pack"
    assert sys.modules["parcel.inner"].__file__ == str(tmp_path / "parcel" / "inner.py")
    assert packing.keep({}, pack) == set(within), "what is there counts as known"
