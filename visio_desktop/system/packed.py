"""Keeps the compiled modules of a start in one file, from which the next start takes them.

Python looks for each module in its folder and opens a file for it: 60 us each of nearly a thousand, a tenth of the
start, and from the disk as many reads. Here one read follows the other in one file, in the order in which modules are
loaded. A module is taken from it only while its source is as it was, which Python asks of its own files too; whatever
is new, changed or missing is loaded as ever. The file lies among the compiled modules, is as trustworthy as they are,
and is not written where they are not (`system/packing` does that).
"""
# ruff: noqa: PTH116, PTH118, PTH120 - pathlib is not loaded yet

from __future__ import annotations

import marshal
import os
import sys
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader

from visio_desktop.system import ahead

TYPE_CHECKING = False  # `typing` is not loaded yet
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType, ModuleType

    # Source, its time of change in nanoseconds, its size, where the code begins behind the index, and its length.
    type Entry = tuple[str, int, int, int, int]

FILE = os.path.join(os.path.dirname(__file__), "__pycache__", f"modules.{sys.implementation.cache_tag}.marshal")
LENGTH_BYTES = 8
HERE = "~"
"""Stands for `sys.prefix`."""

_LARGEST_INDEX = 1 << 22


class Packed:
    """A finder of modules (`sys.meta_path`) that asks a file."""

    def __init__(self, name: str = FILE) -> None:
        self._file, self._behind, self._index = opened(name)
        self._path = sys.path[1:]

    def begin(self) -> bool:
        """Be asked from now on, before folders are looked through; whether there is anything to ask."""
        if self._index and PathFinder in sys.meta_path:
            sys.meta_path.insert(sys.meta_path.index(PathFinder), self)
            return True
        return False

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """See `importlib.abc.MetaPathFinder`; a module whose source was changed is for the next finder."""
        del target
        entry = self._index.get(name)
        if entry is None:
            return None
        source, changed_ns, size, start, length = place_of(entry[0]), *entry[1:]
        folder, _, file = source.rpartition("/")
        stem = file.removesuffix(".py")
        place = folder.rpartition("/")[0] if stem == "__init__" else folder
        if (sys.path[1:] != self._path) if path is None else (place not in path):
            return None  # OpenCV has its name found twice: in its folder the second time
        if state(source) != (changed_ns, size):
            return None
        loader = _Loader(name, source)
        loader.place = (self._file, self._behind + start, length)
        spec = ModuleSpec(name, loader, origin=source)
        spec.has_location = True
        spec.cached = f"{folder}/__pycache__/{stem}.{sys.implementation.cache_tag}.pyc"
        if stem == "__init__":
            spec.submodule_search_locations = [folder]
        return spec


class _Loader(SourceFileLoader):
    """Takes the code of a module from the file; all else is as ever."""

    place = (-1, 0, 0)

    def get_code(self, fullname: str) -> CodeType | None:
        file, start, length = self.place
        try:
            code: CodeType = marshal.loads(os.pread(file, length, start))  # noqa: S302 - our own file, see above
        except (OSError, ValueError, EOFError, TypeError):
            return super().get_code(fullname)
        return code


def place_of(source: str) -> str:
    """Where a source in the index lies: a bundle's are named from where its Python is, as it may lie anywhere."""
    return sys.prefix + source[len(HERE) :] if source.startswith(HERE) else source


def state(source: str) -> tuple[int, int] | None:
    """When a file was changed last, in nanoseconds, and its size in bytes; None where there is none."""
    try:
        about = os.stat(source)
    except OSError:
        return None
    return about.st_mtime_ns, about.st_size


def stamp() -> bytes:
    """What a file holds for: all that a list of files does, and what else decides which module a name means."""
    words = (sys.version, str(sys.flags.optimize), *sys.path[1:])
    whole = b"\t".join((ahead.stamp(), *map(os.fsencode, words)))
    return whole.replace(os.fsencode(sys.prefix), os.fsencode(HERE))


def opened(name: str) -> tuple[int, int, dict[str, Entry]]:
    """The file, where its index ends, and the index; an empty one where there is none, or one of something else."""
    nothing: tuple[int, int, dict[str, Entry]] = (-1, 0, {})
    try:
        file = os.open(name, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
    except OSError:
        return nothing
    try:
        length = int.from_bytes(os.read(file, LENGTH_BYTES))
        found = marshal.loads(os.read(file, min(length, _LARGEST_INDEX)))  # noqa: S302 - our own file, see above
    except (OSError, ValueError, EOFError, TypeError):
        found = None
    match found:
        case (bytes(held_for), dict(index)) if held_for == stamp():
            return file, LENGTH_BYTES + length, index
    os.close(file)
    return nothing
