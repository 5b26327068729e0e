"""Reading Windows' programs and libraries (PE/COFF, Microsoft's specification): what they need, give, and who signed.

UnreadableProgram   the file is no such program
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SUFFIXES: Final = frozenset({".exe", ".dll", ".pyd"})
_MACHINE_X64: Final = 0x8664
_PE32_PLUS: Final = 0x20B
_EXPORTS, _IMPORTS, _SIGNATURE, _DELAYED = 0, 1, 4, 13
_MOST: Final = 100_000


class UnreadableProgram(Exception):  # noqa: N818 - reads as what it is
    """No program of Windows for 64 bits, or a broken one."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program or library. `needs` are names of libraries in small letters, those loaded later included."""

    needs: frozenset[str]
    exports: tuple[str, ...]
    is_signed: bool


def read(path: Path) -> Program:
    """What the file says of itself; raises `OSError`, `UnreadableProgram`."""
    try:
        return _Reader(path.read_bytes()).program()
    except (struct.error, ValueError) as error:
        raise UnreadableProgram(f"{path.name}: {error}") from error


def programs(folder: Path) -> list[Path]:
    """All programs and libraries below a folder, in order."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())


def missing(folder: Path, of_windows: Callable[[str], bool]) -> dict[str, list[str]]:
    """Libraries that something below the folder needs, and neither it nor Windows brings, with who needs them."""
    found = programs(folder)
    there = {path.name.lower() for path in found}
    lost: dict[str, list[str]] = {}
    for path in found:
        for name in sorted(read(path).needs - there):
            if not of_windows(name):
                lost.setdefault(name, []).append(path.name)
    return lost


def unsigned(paths: Iterable[Path]) -> list[Path]:
    """Those that bear nobody's signature."""
    return [path for path in paths if not read(path).is_signed]


class _Reader:
    """One file; offsets are in bytes from its start, addresses are relative to where it is loaded."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        if data[:2] != b"MZ":
            raise UnreadableProgram("no program")
        (header,) = struct.unpack_from("<I", data, 0x3C)
        signature, machine, sections, size = struct.unpack_from("<4sHH12xH", data, header)
        (magic,) = struct.unpack_from("<H", data, header + 24)
        if (signature, machine, magic) != (b"PE\0\0", _MACHINE_X64, _PE32_PLUS):
            raise UnreadableProgram("not for Windows on 64 bits")
        self._directories = header + 24 + 112
        rows = header + 24 + size
        self._sections = [struct.unpack_from("<8xIIII", data, rows + 40 * index) for index in range(sections)]

    def program(self) -> Program:
        at, size = struct.unpack_from("<II", self._data, self._directories + 8 * _SIGNATURE)
        needs = frozenset(name.lower() for name in (*self._imports(_IMPORTS, 20, 12), *self._imports(_DELAYED, 32, 4)))
        return Program(needs, tuple(self._exports()), is_signed=min(at, size) > 0 and at + size <= len(self._data))

    def _directory(self, index: int) -> int:
        """The offset of a table, 0 where there is none."""
        (address,) = struct.unpack_from("<I", self._data, self._directories + 8 * index)
        return self._offset(address) if address else 0

    def _offset(self, address: int) -> int:
        for virtual_size, start, raw_size, at in self._sections:
            if start <= address < start + max(virtual_size, raw_size):
                return int(at + address - start)
        raise UnreadableProgram("an address outside of all sections")

    def _text(self, address: int) -> str:
        at = self._offset(address)
        return self._data[at : self._data.index(b"\0", at)].decode("ascii")

    def _imports(self, index: int, row_bytes: int, name_at: int) -> Iterable[str]:
        at = self._directory(index)
        for row in range(at, at + row_bytes * _MOST if at else at, row_bytes):
            (name,) = struct.unpack_from("<I", self._data, row + name_at)
            if not name:
                return
            yield self._text(name)

    def _exports(self) -> Iterable[str]:
        at = self._directory(_EXPORTS)
        if not at:
            return
        count, _, names = struct.unpack_from("<III", self._data, at + 24)
        if count > _MOST:
            raise UnreadableProgram("too many names")
        table = self._offset(names) if count else 0
        for index in range(count):
            yield self._text(*struct.unpack_from("<I", self._data, table + 4 * index))
