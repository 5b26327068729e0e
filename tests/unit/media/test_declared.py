"""Interfaces to libraries in C."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from visio_desktop.media import opus, pulse_library, vpx_library
from visio_desktop.media.declared import interface
from visio_desktop.system import compiled
from visio_desktop.system.compiled import Compiled

ALL = {each.__name__.rpartition(".")[2]: each._DECLARATIONS for each in (opus, pulse_library, vpx_library)}


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The file of a start that keeps what it compiles."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    file = str(tmp_path / "kept")
    monkeypatch.setattr(compiled, "_begun", [Compiled(file)])
    return file


@pytest.mark.parametrize("name", ALL)
def test_what_is_kept_means_the_same(name: str, kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = interface(ALL[name])
    monkeypatch.setattr(compiled, "_begun", [])
    usual = interface(ALL[name])
    names, structs, unions = usual.list_types()
    assert tuple(map(sorted, made.list_types())) == (sorted(names), sorted(structs), sorted(unions))
    for each in (*names, *(f"struct {struct}" for struct in structs)):
        fields = getattr(usual.typeof(each), "fields", None)
        if fields is None:
            continue
        assert made.sizeof(each) == usual.sizeof(each)
        assert [(field, at.offset) for field, at in made.typeof(each).fields] == [
            (field, at.offset) for field, at in fields
        ]


@pytest.mark.parametrize("name", ALL)
def test_the_next_start_needs_no_parser(name: str, kept: str, tmp_path: Path) -> None:
    interface(ALL[name])
    begun = compiled.begun()
    assert begun is not None
    begun.keep()
    (tmp_path / "declarations.h").write_text(ALL[name])
    code = (
        "import sys\nfrom visio_desktop.system import compiled\nfrom visio_desktop.media.declared import interface\n"
        "compiled._begun[:] = [compiled.Compiled(sys.argv[1])]\nmade = interface(open(sys.argv[2]).read())\n"
        "print(made.string(made.new('char[]', b'ready')), sorted({'cffi', 'pycparser'} & sys.modules.keys()))"
    )
    words = [sys.executable, "-c", code, kept, str(tmp_path / "declarations.h")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["b'ready'", "[]"]


def test_without_anything_kept_it_is_read_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_begun", [])
    made = interface("typedef struct { int one; char two; } pair; int abs(int);")
    assert made.sizeof("pair") == 8
    assert made.dlopen(None).abs(-3) == 3
