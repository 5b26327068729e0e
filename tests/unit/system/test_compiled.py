"""Dataclasses whose methods are not compiled anew."""

from __future__ import annotations

import builtins
import dataclasses
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from visio_desktop.system import compiled
from visio_desktop.system.compiled import Compiled

TEXT = "def __create_fn__(_a):\n def double(x):\n  return _a * x\n return double"


@pytest.fixture(autouse=True)
def _writing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    before, compiler = vars(dataclasses).get("exec"), compiled._PATTERNS
    assert compiler is not None
    monkeypatch.setattr(compiler, "compile", compiler.compile)
    monkeypatch.setattr(compiled, "_begun", [])
    yield
    if before is None:
        vars(dataclasses).pop("exec", None)
    else:
        vars(dataclasses)["exec"] = before


def double(cache: Compiled) -> int:
    names: dict[str, object] = {}
    cache.execute(TEXT, {}, names)
    made = names["__create_fn__"]
    assert callable(made)
    found = made(3)(4)
    assert isinstance(found, int)
    return found


def test_what_was_compiled_once_is_not_compiled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = str(tmp_path / "kept")
    first = Compiled(file)
    assert double(first) == 12
    first.keep()
    monkeypatch.setattr(builtins, "compile", None)
    assert double(Compiled(file)) == 12


def test_a_class_is_what_it_always_was(tmp_path: Path) -> None:
    for _ in range(2):
        cache = Compiled(str(tmp_path / "kept"))
        cache.begin()

        @dataclasses.dataclass(frozen=True, slots=True)
        class Point:
            x: int
            y: int = 2

        assert Point(1) == Point(1, 2)
        assert repr(Point(1)).endswith("Point(x=1, y=2)")
        assert hash(Point(1)) == hash(Point(1))
        assert dataclasses.replace(Point(1), y=5).y == 5
        with pytest.raises(dataclasses.FrozenInstanceError):
            Point(1).x = 3  # type: ignore[misc] # that is the point
        cache.keep()


PATTERNS: list[tuple[str | bytes, int, str | bytes]] = [
    ("", 0, "x"),
    (r"(?P<host>[a-z.]+)(:(?P<port>\d{1,5}))?/", re.IGNORECASE, "Visio.example.org:443/abc"),
    (r"(?ix) ^ \w+ \s (?#words) (\w+)+ (?!\d)", 0, "éric  lit lentement"),
    (r"(?<=a)b|\bc{2,3}?\Z|(d)(?(1)e|f)|[^\W\d_]+", re.MULTILINE | re.DOTALL, "ccc\nxde"),
    (rb"\x00\x00(?=[\x00-\x03])", 0, b"a\x00\x00\x01"),
]


@pytest.mark.parametrize(("text", "flags", "example"), PATTERNS)
def test_an_expression_means_what_it_always_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: Any, flags: int, example: Any
) -> None:
    usual = re.compile(text, flags)
    for name in ("parsed", "kept"):
        cache = Compiled(str(tmp_path / "kept"))
        made = cache.pattern(text, flags)
        assert (made.pattern, made.flags, made.groups, dict(made.groupindex)) == (
            usual.pattern,
            usual.flags,
            usual.groups,
            dict(usual.groupindex),
        ), name
        found, expected = made.search(example), usual.search(example)
        assert (found and (found.span(), found.groups(), found.lastgroup)) == (
            expected and (expected.span(), expected.groups(), expected.lastgroup)
        ), name
        cache.keep()
        monkeypatch.setattr(compiled, "_parsed", None)


def test_what_was_made_of_a_text_once_is_not_made_again(tmp_path: Path) -> None:
    file, made = str(tmp_path / "kept"), []

    def make() -> CodeType:
        made.append(1)
        return compile("6 * 7", "", "eval")

    for _ in range(2):
        cache = Compiled(file)
        assert eval(cache.code("six by seven", make)) == 42
        cache.keep()
    assert len(made) == 1


def test_the_one_that_was_begun_can_be_asked(tmp_path: Path) -> None:
    assert compiled.begun() is None
    cache = Compiled(str(tmp_path / "kept"))
    cache.begin()
    assert compiled.begun() is cache


def test_a_bad_expression_is_one_as_ever(tmp_path: Path) -> None:
    with pytest.raises(re.error):
        Compiled(str(tmp_path / "kept")).pattern("(", 0)


def test_expressions_are_asked_for_here_once_begun(tmp_path: Path) -> None:
    cache = Compiled(str(tmp_path / "kept"))
    cache.begin()
    re.purge()
    assert re.compile("once(begun)").groups == 1
    assert len(cache._new) == 1


@pytest.mark.parametrize("content", [b"", b"rubbish", MAGIC_NUMBER, MAGIC_NUMBER + b"N"])
def test_a_file_that_is_none_is_passed_over(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "kept"
    file.write_bytes(content)
    assert double(Compiled(str(file))) == 12


def test_nothing_is_written_where_it_is_not_possible_or_not_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = Compiled(str(tmp_path / "none" / "kept"))
    double(nowhere)
    nowhere.keep()
    unwanted = Compiled(str(tmp_path / "kept"))
    double(unwanted)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    unwanted.keep()
    assert not list(tmp_path.iterdir())


def test_it_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "kept"
    monkeypatch.setattr(compiled, "MOST_KEPT", 3)
    sizes = []
    for number in range(8):
        cache = Compiled(str(file))
        cache.execute(f"n = {number}", {}, {})
        cache.keep()
        sizes.append(file.stat().st_size)
    assert max(sizes) < 4 * sizes[0]


def test_the_program_begins_with_it() -> None:
    code = (
        "import dataclasses, sys\nfrom visio_desktop.__main__ import main\nsys.argv = ['visio-desktop', '--version']\n"
    )
    code += "try: main()\nexcept SystemExit: print(dataclasses.exec.__qualname__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.split()[-1] == "Compiled.execute"
