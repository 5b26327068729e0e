"""Reading ahead."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.system import ahead

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux only")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "list"


def write(book: Path, *lines: bytes, stamp: bytes | None = None) -> tuple[str, ...]:
    book.write_bytes(b"\n".join((ahead.stamp() if stamp is None else stamp, *lines)))
    book.chmod(0o644)
    return (str(book),)


def test_what_was_kept_is_there_again(book: Path) -> None:
    assert ahead.kept(write(book, b"/a/b.pyc", b"/c.so\t0+3 9+1")) == [b"/a/b.pyc", b"/c.so\t0+3 9+1"]


def test_the_first_place_with_a_list_counts(book: Path, tmp_path: Path) -> None:
    names = write(book, b"/a")
    assert ahead.kept((str(tmp_path / "none"), *names)) == [b"/a"]
    assert ahead.kept(()) == []


@pytest.mark.parametrize("stamp", [b"", b"1", b"2\t0.1.0", ahead.stamp() + b"0"])
def test_a_list_of_another_release_is_none(book: Path, stamp: bytes) -> None:
    assert ahead.kept(write(book, b"/a", stamp=stamp)) == []


def test_what_is_installed_later_makes_the_list_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = tmp_path / "site-packages"
    packages.mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(packages)])
    before = ahead.stamp()
    assert ahead.stamp() == before
    os.utime(packages, (1, 1))
    assert ahead.stamp() != before


def test_beside_a_bundle_nothing_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = tmp_path / "site-packages"
    packages.mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(packages)])
    with_it = ahead.stamp()
    monkeypatch.delitem(sys.modules, "site")
    assert ahead.stamp() != with_it
    before = ahead.stamp()
    os.utime(packages, (1, 1))
    assert ahead.stamp() == before


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
def test_a_list_that_others_may_write_is_none(book: Path, mode: int) -> None:
    names = write(book, b"/a")
    book.chmod(mode)
    assert ahead.kept(names) == []


def test_a_list_of_somebody_else_is_none(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = write(book, b"/a")
    owner = book.stat().st_uid
    if owner == 0:
        os.chown(book, 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    assert ahead.kept(names) == []


def test_a_list_that_is_too_large_a_link_or_no_file_is_none(book: Path, tmp_path: Path) -> None:
    names = write(book, b"/a" * ahead.LARGEST_LIST)
    assert ahead.kept(names) == []
    write(book, b"/a")
    (tmp_path / "link").symlink_to(book)
    os.mkfifo(tmp_path / "pipe")
    assert ahead.kept((str(tmp_path / "link"), str(tmp_path / "pipe"), str(tmp_path))) == []


def test_names_without_a_folder_and_too_many_are_passed_over(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "MOST_FILES", 3)
    assert ahead.kept(write(book, b"relative", b"", b"/a", b"/b")) == [b"/a"]


@given(st.binary(max_size=300))
def test_rubbish_in_a_line_asks_for_nothing_bad(text: bytes) -> None:
    found = list(ahead.runs(text))
    assert sum(count for _, count in found) <= ahead.MOST_PAGES
    assert all(first >= 0 <= count for first, count in found)
    assert isinstance(ahead.ask_for(b"/\t" + text), bool)
    assert isinstance(ahead.ask_for(text), bool)


def test_runs_of_pages_are_read_until_one_is_none() -> None:
    assert list(ahead.runs(b"0+2 10+1")) == [(0, 2), (10, 1)]
    assert list(ahead.runs(b"0+2 -4+1 10+1")) == [(0, 2)]
    assert list(ahead.runs(b"0+2 3+999999999 10+1")) == [(0, 2)]


def test_regular_files_are_asked_for_and_nothing_else_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "posix_fadvise", lambda _file, start, length, _advice: asked.append((start, length)))
    file, pipe = tmp_path / "module.pyc", tmp_path / "pipe"
    file.write_bytes(b"x")
    os.mkfifo(pipe)
    assert ahead.ask_for(bytes(file))
    assert ahead.ask_for(bytes(file) + b"\t0+1 7+2")
    assert asked == [(0, 0), (0, ahead.PAGE), (7 * ahead.PAGE, 2 * ahead.PAGE)]
    monkeypatch.setattr(os, "open", lambda *_: pytest.fail("opened"))
    for name in (bytes(pipe), bytes(tmp_path), b"/dev/null", b"/nowhere/at/all", b"/a\0b"):
        assert not ahead.ask_for(name)


def not_in_memory(*_: object) -> NoReturn:
    raise BlockingIOError


def test_it_is_cold_where_a_sample_is_not_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [tmp_path / f"{number}" for number in range(20)]
    for file in files:
        file.write_bytes(b"x" * 100)
    lines = [bytes(file) for file in files]
    assert not ahead.is_cold(lines)
    assert not ahead.is_cold([])
    monkeypatch.setattr(os, "preadv", not_in_memory)
    assert ahead.is_cold(lines)
    assert not ahead.is_cold([b"/nowhere"])
    assert not ahead.is_cold([bytes(files[0]) + b"\t-"]), "nothing in it is needed"


def test_of_a_large_file_a_page_that_is_needed_is_the_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    monkeypatch.setattr(os, "preadv", lambda _file, _into, start, _flags: looked.append(start))
    (tmp_path / "a.so").write_bytes(b"x")
    assert not ahead.is_cold([bytes(tmp_path / "a.so") + b"\t7+2 20+1"])
    assert looked == [7 * ahead.PAGE]


def test_a_system_that_does_not_tell_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_known(*_: object) -> NoReturn:
        raise OSError

    (tmp_path / "a").write_bytes(b"x")
    monkeypatch.setattr(os, "preadv", not_known)
    assert not ahead.is_cold([bytes(tmp_path / "a")])


@pytest.mark.parametrize("cache", ["", "relative", "/elsewhere"])
def test_there_is_a_place_beside_the_compiled_modules_and_one_of_the_person(
    monkeypatch: pytest.MonkeyPatch, cache: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", cache)
    monkeypatch.setenv("HOME", "/home-of-mine")
    first, second = (Path(name) for name in ahead.places())
    assert first.parent == Path(ahead.__file__).parent / "__pycache__"
    assert second.parent == Path("/elsewhere" if cache == "/elsewhere" else "/home-of-mine/.cache") / "visio-desktop"


def test_nothing_is_begun_beside_other_threads_or_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("forked"))
    monkeypatch.setattr(ahead, "kept", lambda: [b"/a"])
    monkeypatch.setattr(ahead, "is_cold", lambda _: True)
    over = threading.Event()
    beside = threading.Thread(target=over.wait)
    beside.start()
    try:
        assert ahead.begin() is None
    finally:
        over.set()
        beside.join()
    monkeypatch.setattr(ahead, "is_cold", lambda _: False)
    assert ahead.begin() is None
    monkeypatch.setattr(sys, "platform", "darwin")
    assert ahead.begin() is None


READ = """
import os, sys, time
from visio_desktop.system import ahead
book, far, pipe = sys.argv[1:]
with open(far, "rb+") as file:
    file.write(b"x" * 200_000)
    os.fsync(file.fileno())
    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
lines = [os.fsencode(name) for name in ("/nowhere", pipe, "/dev/zero", far)] + [os.fsencode(far) + b"\\t9+2"]
with open(book, "wb") as file:
    file.write(b"\\n".join([ahead.stamp(), *lines]))
ahead.places = lambda: (book,)
ahead.is_cold, tell = (lambda _: True), ahead.is_cold
process = ahead.begin()
until = time.monotonic() + 30
while tell([os.fsencode(far)]) and time.monotonic() < until:
    time.sleep(0.01)
print(tell([os.fsencode(far)]), flush=True)
while os.path.exists(f"/proc/{process}") and time.monotonic() < until:
    time.sleep(0.01)
print(process is not None, os.path.exists(f"/proc/{process}"))
"""


def test_a_process_of_its_own_has_files_read_and_is_gone(tmp_path: Path) -> None:
    (tmp_path / "far").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe")
    words = [sys.executable, "-c", READ, *(str(tmp_path / name) for name in ("list", "far", "pipe"))]
    done = subprocess.run(words, capture_output=True, text=True, timeout=100, check=True)
    assert done.stdout.splitlines() == ["False", "True False"]
    assert done.stderr == ""


def test_it_brings_nothing_that_python_does_not_bring() -> None:
    code = "import sys\nbefore = set(sys.modules)\nimport visio_desktop.system.ahead\nprint(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert set(done.stdout.split()) == {
        "__future__",
        "visio_desktop",
        "visio_desktop.system",
        "visio_desktop.system.ahead",
    }
