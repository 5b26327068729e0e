"""Compiled modules put into one file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from visio_desktop.system import packed, packing


@pytest.fixture(autouse=True)
def _writing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


@pytest.fixture
def named(tmp_path: Path) -> dict[str, str]:
    """Thirty modules."""
    found = {}
    for number in range(30):
        source = tmp_path / f"part{number}.py"
        source.write_text(f"NUMBER = {number}\n")
        found[source.stem] = str(source)
    return found


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "pack")


def test_the_modules_loaded_from_sources_are_named_in_their_order() -> None:
    found = packing.sources()
    assert found["visio_desktop.system.packing"] == packing.__file__
    assert list(found).index("visio_desktop.system") < list(found).index("visio_desktop.system.packing")
    assert not {"sys", "__main__", "math"} & found.keys()


def test_they_are_written_in_their_order_and_once(named: dict[str, str], file: str, tmp_path: Path) -> None:
    assert packing.keep(named, file) == set(named)
    number, behind, index = packed.opened(file)
    os.close(number)
    assert list(index) == list(named)
    starts = [entry[3] for entry in index.values()]
    assert starts == sorted(starts)
    assert behind + starts[-1] + index["part29"][4] == Path(file).stat().st_size
    before = Path(file).stat().st_ino
    assert packing.keep(named, file) == set(named)
    assert Path(file).stat().st_ino == before
    assert not list(tmp_path.glob("pack.*"))


def test_a_few_new_or_changed_ones_are_not_worth_it_and_many_are(named: dict[str, str], file: str) -> None:
    few = dict(list(named.items())[: 30 - packing.LEAST_NEW + 1])
    assert packing.keep(few, file) == set(few)
    assert packing.keep(named, file) == set(few)
    for source in list(few.values())[:1]:
        Path(source).write_text("NUMBER = 'changed'\n")
    assert packing.keep(named, file) == set(named)


def test_what_another_start_has_loaded_stays_while_it_is_as_it_was(named: dict[str, str], file: str) -> None:
    others = {name: source for name, source in named.items() if name < "part2"}
    assert packing.keep(named, file)
    gone = next(iter(others))
    Path(named[gone]).unlink()
    new = {f"{name}_again": source for name, source in named.items() if name != gone}
    assert packing.keep(new, file) >= set(new)
    assert packing._known(file).keys() == {*new, *named} - {gone}


def test_what_cannot_be_compiled_or_written_is_left_out(named: dict[str, str], file: str, tmp_path: Path) -> None:
    Path(named["part0"]).write_text("this cannot be compiled\n")
    Path(named["part1"]).unlink()
    assert packing.keep(named, file) == named.keys() - {"part0", "part1"}
    assert packing._known(file).keys() == named.keys() - {"part0", "part1"}
    assert packing.keep(named, str(tmp_path / "none" / "pack")) == set()


def test_nothing_is_written_where_python_is_to_write_nothing(
    named: dict[str, str], file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert packing.keep(named, file) == set()
    assert not Path(file).exists()


def test_it_does_not_grow_without_end(named: dict[str, str], file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MOST_MODULES", 5)
    packing.keep(named, file)
    assert len(packing._known(file)) == 5
