"""What a start has read, written down."""

from __future__ import annotations

import array
import io
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.system import ahead, compiled, footprint, lean, packed, paths
from visio_desktop.system.compiled import Compiled

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux only")


@pytest.fixture(autouse=True)
def _writing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(packed, "FILE", str(tmp_path / "pack"))


@pytest.fixture
def book(tmp_path: Path) -> tuple[str, ...]:
    return (str(tmp_path / "cache" / "list"),)


def test_what_was_loaded_is_written_down_and_read_again(book: tuple[str, ...]) -> None:
    assert footprint.keep(book)
    lines = ahead.kept(book)
    names = [line.partition(b"\t")[0] for line in lines]
    assert lines
    assert len(names) == len(set(names))
    assert os.fsencode(footprint.__file__) + b"\t-" in lines, "it is in one file with the others"
    assert any(b"/libc.so" in line and b"\t" in line for line in lines)
    assert bytes(paths.resources() / "translations" / "fr" / "cli.json") in lines
    file = Path(book[0])
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_it_is_written_again_only_for_something_new(book: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    assert footprint.keep(book)
    assert not footprint.keep(book)
    new = bytes(paths.resources() / "styles")
    monkeypatch.setattr(footprint, "modules", lambda _: [new])
    assert not footprint.keep(book, if_none=True)
    assert footprint.keep(book)
    assert ahead.kept(book)[0] == new


def test_a_library_that_is_new_is_something_new(book: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    assert footprint.keep(book)
    mapping = re.fullmatch(footprint._MAPPING, b"1000-2000 r-xp 0 fe:00 1 /usr/lib/libnew.so")
    assert mapping is not None
    monkeypatch.setattr(footprint, "_mappings", lambda: [mapping])
    assert footprint.keep(book)


def test_of_a_library_the_pages_of_both_starts_are_kept() -> None:
    now, known = [b"/usr/a\t0+2 50+1", b"/usr/b", b"/usr/c\t-"], [b"/usr/a\t30+2", b"/usr/c", b"/nowhere"]
    assert footprint._merged(now, known) == [b"/usr/a\t0+2 30+2 50+1", b"/usr/b", b"/usr/c\t-"]


def test_what_another_start_has_read_is_kept_as_long_as_it_is_there(
    book: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    still, gone = bytes(paths.resources() / "styles") + b"\t1+2", b"/usr/gone.so\t0+1"
    modules = footprint.modules
    monkeypatch.setattr(footprint, "modules", lambda _: [still, gone])
    assert footprint.keep(book)
    monkeypatch.setattr(footprint, "modules", modules)
    assert footprint.keep(book)
    lines = ahead.kept(book)
    assert lines[-1] == still
    assert gone not in lines


def test_nothing_of_the_person_is_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = tmp_path / "holiday.py"
    private.write_text("WHERE = 'sea'\n")
    monkeypatch.syspath_prepend(tmp_path)
    code = "import sys, holiday, mmap\nfrom visio_desktop.system import footprint\nfile = open(sys.argv[1], 'rb')\n"
    code += "held = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)\nassert held[:5] == b'WHERE'\n"
    code += "print(*map(bytes.decode, footprint.modules() + footprint.mapped()), sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", code, str(private)],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "footprint" in done.stdout
    assert "/libc.so" in done.stdout
    assert "holiday" not in done.stdout


def test_names_that_would_end_a_line_are_left_out() -> None:
    assert footprint._lines(["/usr/a", "/usr/b\n/etc", "/usr/c\td", "/etc/passwd", "usr"]) == [b"/usr/a"]


def test_a_module_that_was_put_off_was_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "wsgiref.validate"
    for each in (name, "wsgiref"):
        monkeypatch.delitem(sys.modules, each, raising=False)
    assert lean.later(name)
    try:
        spec = sys.modules[name].__spec__
        assert spec is not None
        assert spec.cached is not None
        assert os.fsencode(spec.cached) not in footprint.modules()
        assert sys.modules[name].validator
        assert os.fsencode(spec.cached) in footprint.modules()
    finally:
        sys.modules.pop(name, None)


def test_the_pages_in_use_are_those_the_system_names() -> None:
    page = os.sysconf("SC_PAGE_SIZE")
    scale = page // ahead.PAGE
    present, swapped = 1 << 63 | 77, 1 << 62
    pages = io.BytesIO(array.array("Q", [present] * 4 + [0, present, swapped, 0, present, 1 << 61]).tobytes())
    mappings = (
        f"{2 * page:x}-{10 * page:x} r-xp {3 * page:08x} fe:00 1234    /usr/lib/a b.so\n"
        f"{2 * page:x}-{10 * page:x} rw-p 00000000 00:00 0\nrubbish\n"
    ).encode()
    assert list(footprint._in_use(pages, footprint._mappings(mappings))) == [
        (b"/usr/lib/a b.so", first * scale, count * scale) for first, count in ((3, 2), (6, 2), (9, 1))
    ]


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 20)), max_size=30))
def test_runs_that_touch_are_one(found: list[tuple[int, int]]) -> None:
    made = footprint.joined(found)
    pages = {page for first, count in found for page in range(first, first + count)}
    covered = [page for first, count in made for page in range(first, first + count)]
    assert pages <= set(covered)
    assert len(covered) == len(set(covered))
    ends = [first + count for first, count in made]
    assert all(first - end > footprint._CLOSE_PAGES for end, (first, _) in zip(ends, made[1:], strict=False))


def test_where_nothing_can_be_written_the_next_place_is_taken(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    nowhere, somewhere = str(tmp_path / "file" / "list"), str(tmp_path / "list")
    assert footprint.keep((nowhere, somewhere))
    assert ahead.kept((nowhere, somewhere))
    assert not footprint.keep((nowhere,))


def test_nothing_is_written_where_it_is_not_wanted_or_not_known(
    book: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert not footprint.keep(book)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "platform", "win32")
    assert not footprint.keep(book)
    assert not Path(book[0]).exists()


async def test_it_is_written_once_the_start_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []
    begun = Compiled("nowhere")
    monkeypatch.setattr(begun, "keep", lambda: kept.append("compiled"))
    monkeypatch.setattr(compiled, "_begun", [begun])
    monkeypatch.setattr(footprint, "keep", lambda: kept.append("all"))
    await footprint.keep_once_settled(0.0)
    assert kept == ["compiled", "all"]
    monkeypatch.setattr(compiled, "_begun", [])
    await footprint.keep_once_settled(0.0)
    assert kept == ["compiled", "all", "all"]
