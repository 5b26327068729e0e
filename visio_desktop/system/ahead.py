"""Has the system read what a start before this one has read, where it is not in memory any more.

A start from the disk waits for it some thousand times, one file and one page after the other, while the disk could do
many things at once. So a process of its own, forked before anything else is loaded, asks for all of it ahead: it holds
no lock of ours, and the system does the reading (`posix_fadvise`). Where a few samples are in memory nothing is done.

The list is written by `system/footprint`: names of files of this program, its libraries and the system's, and which
pages of the large ones. It lies among the compiled modules, or in the person's cache where those are not theirs. It is
taken only if nobody else can have written it, and whatever it says, nothing but regular files is opened, and nothing of
them is read into a process. This module is loaded first: it imports nothing that is not there already.
"""
# ruff: noqa: PTH110, PTH111, PTH112, PTH116, PTH118, PTH119, PTH120, PTH208 - pathlib is not loaded yet

from __future__ import annotations

import _thread
import os
import stat
import sys
import time

from visio_desktop import __version__

TYPE_CHECKING = False  # `typing` is not loaded yet
if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_LIST = 1 << 20
MOST_FILES = 6_000
MOST_PAGES = 100_000
PAGE = 4096
SAMPLES = 8
LONGEST_S = 8.0
_FORMAT = b"1"
_READERS = (4, 2)  # of whole files, of parts of large ones: more found no more to do
_NAME = f"ahead.{sys.implementation.cache_tag}.list"
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH
_OPEN = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)


def begin() -> int | None:
    """Begin to read ahead; the process that does it, None where there is nothing to do. Comes before any thread."""
    if sys.platform != "linux":
        return None
    lines = kept()
    if not is_cold(lines) or len(os.listdir("/proc/self/task")) > 1:
        return None
    try:
        process = os.fork()
    except OSError:
        return None
    if process == 0:
        try:
            _read_all(lines, os.getppid())
        finally:
            os._exit(0)
    _thread.start_new_thread(_await, (process,))
    return process


def places() -> tuple[str, ...]:
    """Where the list may lie, best first."""
    compiled = os.path.join(os.path.dirname(__file__), "__pycache__")
    cache = os.environ.get("XDG_CACHE_HOME", "")
    if not cache.startswith("/"):
        cache = os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(compiled, _NAME), os.path.join(cache, "visio-desktop", _NAME)


def stamp() -> bytes:
    """What a list holds for: this release of the program and of Python, and what was installed last beside it.

    Beside a bundle, whose Python knows no `site`, nothing is installed.
    """
    folders = [path for path in sys.path if is_packages(path) and os.path.isdir(path)] if "site" in sys.modules else []
    installed = [f"{os.stat(path).st_mtime_ns}" for path in folders]
    parts = (__version__, sys.version.split()[0], sys.prefix, os.path.dirname(__file__), *installed)
    return b"\t".join((_FORMAT, *(os.fsencode(part) for part in parts)))


def is_packages(folder: str) -> bool:
    """Whether a folder of `sys.path` is one that packages are installed in."""
    return os.path.basename(folder) in {"site-packages", "dist-packages"}


def kept(names: tuple[str, ...] | None = None) -> list[bytes]:
    """The lines of the list; none where there is no list, or none to be trusted, or one of something else.

    A line is the name of a file. After a tab follow `first+count` for each run of pages, where not all of it is needed,
    or `-` where only what its folder says of it is.
    """
    for name in places() if names is None else names:
        first, _, rest = _trusted(name).partition(b"\n")
        if first and first == stamp():
            return [line for line in rest.split(b"\n")[:MOST_FILES] if line.startswith(b"/")]
    return []


def is_cold(lines: list[bytes]) -> bool:
    """Whether one of some files on the list is not in memory; no, where the system does not tell."""
    read = [line for line in lines if not line.endswith(b"\t-")]
    for line in read[:: max(1, len(read) // SAMPLES)]:
        name, _, text = line.partition(b"\t")
        file = _opened(name)
        if file is None:
            continue
        first = next((first for first, _ in runs(text)), 0)
        try:
            os.preadv(file, [bytearray(1)], first * PAGE, os.RWF_NOWAIT)
        except BlockingIOError:
            return True
        except OSError:
            return False
        finally:
            os.close(file)
    return False


def runs(text: bytes) -> Iterator[tuple[int, int]]:
    """The runs of pages that a line names after its tab, as far as they are some, `MOST_PAGES` in all."""
    left = MOST_PAGES
    for run in text.split():
        first, _, count = run.partition(b"+")
        if not (first.isdigit() and count.isdigit() and len(run) < len(str(sys.maxsize))):
            return
        left -= int(count)
        if left < 0:
            return
        yield int(first), int(count)


def _trusted(name: str) -> bytes:
    """What is in this file, nothing where somebody else might have written it."""
    try:
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | _OPEN)
    except OSError:
        return b""
    try:
        about = os.fstat(file)
        is_ours = stat.S_ISREG(about.st_mode) and about.st_uid in {0, os.geteuid()}
        if not is_ours or about.st_mode & _OTHERS_MAY_WRITE or about.st_size > LARGEST_LIST:
            return b""
        return os.read(file, LARGEST_LIST)
    except OSError:
        return b""
    finally:
        os.close(file)


def _read_all(lines: list[bytes], parent: int) -> None:
    """In a process of its own: ask for everything, in its order, by several threads, as asking waits for the disk too.

    What is open belongs to the program: whoever waits for its end must not wait for this process.
    """
    os.closerange(0, 256)
    until_s = time.monotonic() + LONGEST_S
    whole = iter([line for line in lines if b"+" not in line.partition(b"\t")[2]])
    parts = iter([line for line in lines if b"+" in line.partition(b"\t")[2]])
    ended = []
    for work in (whole,) * _READERS[0] + (parts,) * _READERS[1]:
        end = _thread.allocate_lock()
        end.acquire()
        ended.append(end)
        _thread.start_new_thread(_read_each, (work, parent, until_s, end))
    for end in ended:
        end.acquire()


def _read_each(work: Iterator[bytes], parent: int, until_s: float, end: _thread.LockType) -> None:
    """As long as there is work, time, and a program to do it for."""
    try:
        for line in work:
            if os.getppid() != parent or time.monotonic() > until_s:
                return
            ask_for(line)
    finally:
        end.release()


def ask_for(line: bytes) -> bool:
    """Have the system read what a line of the list names; whether it is something to read."""
    name, _, text = line.partition(b"\t")
    file = _opened(name)
    if file is None:
        return False
    try:
        for first, count in runs(text) if text else ((0, 0),):
            os.posix_fadvise(file, first * PAGE, count * PAGE, os.POSIX_FADV_WILLNEED)
        _look_at_source(name)
    except (OSError, OverflowError):
        return False
    finally:
        os.close(file)
    return True


def _look_at_source(name: bytes) -> None:
    """Python looks when the source of a compiled module was changed: the disk is asked about that here already."""
    folder, _, compiled = name.rpartition(b"/__pycache__/")
    if folder:
        os.path.exists(b"%b/%b.py" % (folder, compiled.partition(b".")[0]))


def _opened(name: bytes) -> int | None:
    """A regular file, open; nothing else is opened, as that could do something."""
    try:
        if stat.S_ISREG(os.stat(name).st_mode):
            return os.open(name, os.O_RDONLY | _OPEN)
    except (OSError, ValueError):
        return None
    return None


def _await(process: int) -> None:
    try:
        os.waitpid(process, 0)
    except ChildProcessError:
        return
