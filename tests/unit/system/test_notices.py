from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.system.notices import MAX_BYTES, NOTICES, Notice, find, installed, parse, read, render

HEAVY, LIGHT = "=" * 79, "-" * 79
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), max_size=30)
LINES = st.lists(WORDS | st.sampled_from((HEAVY, LIGHT, "Name: x", "", "a  b")), max_size=8).map("\n".join)


@given(LINES, st.lists(st.builds(Notice, WORDS, WORDS, WORDS, LINES), max_size=5))
def test_what_is_written_is_read(preface: str, given_: list[Notice]) -> None:
    found = parse(render(preface, given_))
    assert [(n.name, n.version, n.licence) for n in found] == [(n.name, n.version, n.licence) for n in given_]
    for one, other in zip(found, given_, strict=True):
        assert one.text.replace(f" {HEAVY}", HEAVY).split() == other.text.split()


@given(st.text(max_size=300) | LINES)
def test_rubbish_has_no_parts_and_breaks_nothing(text: str) -> None:
    assert all(isinstance(one, Notice) for one in parse(text))


def test_the_file_is_for_reading_too() -> None:
    text = render("Said first.", [Notice("aiohttp", "3.14.5", "Apache-2.0 AND MIT", "Copyright…\n\n")])
    assert text == (
        f"Said first.\n\n{HEAVY}\nName: aiohttp\nVersion: 3.14.5\nLicence: Apache-2.0 AND MIT\n{LIGHT}\nCopyright…\n\n"
    )


def test_it_lies_beside_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find() is None, "there is none in a checkout"
    monkeypatch.setattr("sys.executable", str(tmp_path / "visio-desktop"))
    assert find() is None
    (tmp_path / NOTICES).write_text(render("", [Notice("a", "1", "MIT", "text")]), encoding="utf-8")
    assert find() == tmp_path / NOTICES
    assert read(find()) == (Notice("a", "1", "MIT", "text"),)
    monkeypatch.setattr("sys.executable", str(tmp_path / "Visio.app" / "Contents" / "MacOS" / "Visio"))
    (tmp_path / "Visio.app" / "Contents" / "Resources").mkdir(parents=True)
    (tmp_path / NOTICES).rename(tmp_path / "Visio.app" / "Contents" / "Resources" / NOTICES)
    assert find() == tmp_path / "Visio.app" / "Contents" / "Resources" / NOTICES


def test_no_more_is_read_than_is_bearable(tmp_path: Path) -> None:
    file = tmp_path / NOTICES
    file.write_bytes(render("", [Notice("a", "1", "MIT", "x" * 100)]).encode() + b"\n" * MAX_BYTES + b"\xff")
    assert [one.name for one in read(file)] == ["a"]


def test_without_the_file_python_says_what_is_there() -> None:
    found = {one.name: one for one in installed()}
    assert {"aiohttp", "av", "PySide6_Essentials"} <= found.keys()
    assert "Apache" in found["aiohttp"].licence
    assert "Redistribution and use" in found["av"].text
    assert read(None) == read(Path("/nowhere") / NOTICES) == tuple(found.values())
