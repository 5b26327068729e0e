"""Keeps for the next start what this one has loaded: modules in one file (`system/packing`), and a list of all it read.

The list is for `system/ahead`. Modules come in their order; of libraries, fonts and the like the pages in use
(`/proc/self/pagemap`: of Qt, FFmpeg and OpenCV a start touches a quarter). Only names below the program's own folders
and the system's are written, so nothing of the person's: no meeting, no picture, no device.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from visio_desktop.system import ahead, compiled, lean, packed, packing, paths
from visio_desktop.system.log import get_logger

SETTLED_S: Final = 10.0
"""After that a start is over, whatever it was a start to."""

_SYSTEM: Final = ("/usr/", "/lib/", "/lib64/", "/var/cache/fontconfig/")
_MAPPING: Final = re.compile(rb"([0-9a-f]+)-([0-9a-f]+) \S+ ([0-9a-f]+) \S+ [1-9]\d* +(/.*)")
_ENTRY_BYTES: Final = 8
_IN_USE: Final = bytes(1 if high & 0xC0 else 0 for high in range(256))  # pagemap.rst: bit 63 present, 62 swapped
_RUN: Final = re.compile(b"\x01+")
_CLOSE_PAGES: Final = 8
_log = get_logger(__name__)


def keep(names: tuple[str, ...] | None = None, *, if_none: bool = False) -> bool:
    """Keep what this start has loaded beyond what is kept (`if_none`: only where nothing is); whether it did.

    Blocks for 0.3 s where it writes: not for a loop or the window's thread.
    """
    if sys.platform != "linux" or sys.dont_write_bytecode:
        return False
    places = ahead.places() if names is None else names
    known = ahead.kept(places)
    if known and if_none:
        return False
    loaded = modules(packing.keep(packing.sources(), packed.FILE))
    files = {_file(line) for line in known}
    if set(known).issuperset(loaded) and files.issuperset(_lines(os.fsdecode(mapping[4]) for mapping in _mappings())):
        return False
    return _write(places, b"\n".join([ahead.stamp(), *_merged([*loaded, *resources(), *mapped()], known)]))


async def keep_once_settled(after_s: float = SETTLED_S) -> None:
    """Keep it in a thread when the start is over, with what was compiled: not every run comes to an end in order."""
    await asyncio.sleep(after_s)
    begun = compiled.begun()
    if begun is not None:
        await asyncio.to_thread(begun.keep)
    await asyncio.to_thread(keep)


def _merged(now: list[bytes], known: list[bytes]) -> list[bytes]:
    """The lines of this start, then those of others that it has not; of a large file the pages of both."""
    earlier = {_file(line): line for line in known}
    made = []
    for line in now:
        name, _, text = line.partition(b"\t")
        other = earlier.pop(name, b"")
        pages = b"+" in text and b"+" in other
        made.append(_line(name, [*ahead.runs(text), *ahead.runs(other.partition(b"\t")[2])]) if pages else line)
    there = (line for name, line in earlier.items() if Path(os.fsdecode(name)).exists())
    return [*made, *there][: ahead.MOST_FILES]


def _file(line: bytes) -> bytes:
    return line.partition(b"\t")[0]


def _line(name: bytes, runs: Iterable[tuple[int, int]]) -> bytes:
    return name + b"\t" + b" ".join(b"%d+%d" % run for run in joined(runs))


def modules(packed_ones: Collection[str] = ()) -> list[bytes]:
    """What the modules in Python that are loaded are read from, in their order; first the files that hold many."""
    found = {packed.FILE: "", compiled.FILE: ""}
    for name, module in list(sys.modules.items()):
        spec = getattr(module, "__spec__", None)
        if spec is None or not spec.has_location or not spec.cached or lean.is_put_off(module):
            continue
        if name in packed_ones:
            found[spec.origin] = "\t-"
        else:
            found[spec.cached] = ""
    return [line + os.fsencode(found[os.fsdecode(line)]) for line in _lines(found)]


def resources() -> list[bytes]:
    """Texts, icons and styles: small, and all needed sooner or later."""
    return _lines(sorted(str(path) for path in paths.resources().rglob("*") if path.is_file()))


def mapped() -> list[bytes]:
    """The mapped files and their pages in use; what is mapped later lies lower, so they come in their order."""
    try:
        with Path("/proc/self/pagemap").open("rb", buffering=0) as pages:
            found = list(_in_use(pages, _mappings()))
    except OSError:
        return []
    files: dict[bytes, list[tuple[int, int]]] = {}
    for name, first, count in reversed(found):
        files.setdefault(name, []).append((first, count))
    own = set(_lines(os.fsdecode(name) for name in files))
    return [_line(name, runs) for name, runs in files.items() if name in own]


def _mappings(text: bytes | None = None) -> list[re.Match[bytes]]:
    """Of `/proc/self/maps`: start and end, offset in the file, and its name, of each mapping of a file."""
    try:
        lines = (Path("/proc/self/maps").read_bytes() if text is None else text).splitlines()
    except OSError:
        return []
    return [mapping for mapping in map(_MAPPING.fullmatch, lines) if mapping is not None]


def joined(found: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Runs of pages, first and number, with those in one that touch or nearly do: one request costs less than two."""
    made: list[tuple[int, int]] = []
    for first, count in sorted(found):
        before, length = made[-1] if made else (0, -ahead.MOST_PAGES)
        if first - before - length <= _CLOSE_PAGES:
            made[-1] = (before, max(length, first + count - before))
        else:
            made.append((first, count))
    return made


def _in_use(pages: BinaryIO, mappings: Iterable[re.Match[bytes]]) -> Iterator[tuple[bytes, int, int]]:
    """File, first page within it, and number of pages."""
    page = os.sysconf("SC_PAGE_SIZE")
    for mapping in mappings:
        start, end, offset = (int(mapping[n], 16) for n in (1, 2, 3))
        pages.seek(start // page * _ENTRY_BYTES)
        entries = pages.read((end - start) // page * _ENTRY_BYTES)
        high = entries[_ENTRY_BYTES - 1 :: _ENTRY_BYTES].translate(_IN_USE)
        scale = page // ahead.PAGE
        for run in _RUN.finditer(high):
            yield mapping[4], (offset // page + run.start()) * scale, len(run[0]) * scale


def _lines(names: Iterable[str]) -> list[bytes]:
    """The names that may be written down."""
    packages = [path for path in sys.path if ahead.is_packages(path)]
    program = Path(ahead.__file__).parent.parent
    own = [sys.prefix, sys.base_prefix, str(program), str(paths.resources()), *packages]
    below = (*_SYSTEM, *(f"{folder}/" for folder in own if len(folder) > 1))
    return [os.fsencode(name) for name in names if name.startswith(below) and not set("\t\n") & set(name)]


def _write(names: Iterable[str], content: bytes) -> bool:
    """Whole or not at all, in the first place that can be written to."""
    for name in names:
        part = Path(f"{name}.{os.getpid()}")
        try:
            part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.write_bytes(content)
            part.chmod(0o644)
            part.replace(name)
        except OSError:
            with suppress(OSError):
                part.unlink()
            continue
        _log.info("start_written_down", lines=content.count(b"\n"))
        return True
    return False
