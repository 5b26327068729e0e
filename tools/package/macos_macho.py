"""Reading macOS' programs and libraries (Mach-O, `mach-o/loader.h`): which halves they have, and what they load.

UnreadableProgram   the file is no such program
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

_FAT: Final = 0xCAFEBABE
_THIN_64: Final = 0xFEEDFACF
_ARM64: Final = 0x0100000C
_LOADS: Final = frozenset({0xC, 0x80000018, 0x8000001F})
_MOST: Final = 10_000


class UnreadableProgram(Exception):  # noqa: N818 - reads as what it is
    """No program of macOS for Apple's processors, or a broken one."""


def is_program(path: Path) -> bool:
    """Whether the file begins as a program or library does."""
    with path.open("rb") as file:
        start = file.read(4)
    return start in (struct.pack(">I", _FAT), struct.pack("<I", _THIN_64))


def thin(data: bytes) -> bytes:
    """The half for Apple's processors, of a file that may have others too. Raises `UnreadableProgram`."""
    try:
        magic, count = struct.unpack_from(">II", data)
        if magic == _FAT:
            rows = [struct.unpack_from(">IIIII", data, 8 + 20 * index) for index in range(min(count, _MOST))]
            data = next((data[at : at + size] for kind, _, at, size, _ in rows if kind == _ARM64), b"")
        if struct.unpack_from("<II", data) != (_THIN_64, _ARM64):
            raise UnreadableProgram("not for Apple's processors")
    except struct.error as error:
        raise UnreadableProgram(str(error)) from error
    return data


def loads(data: bytes) -> tuple[str, ...]:
    """The names of the libraries a thin file loads. Raises `UnreadableProgram`."""
    found = []
    try:
        (count,) = struct.unpack_from("<I", data, 16)
        at = 32
        for _ in range(min(count, _MOST)):
            command, size = struct.unpack_from("<II", data, at)
            if command in _LOADS:
                (name,) = struct.unpack_from("<I", data, at + 8)
                found.append(data[at + name : at + size].split(b"\0")[0].decode())
            at += size
    except (struct.error, UnicodeDecodeError) as error:
        raise UnreadableProgram(str(error)) from error
    return tuple(found)
