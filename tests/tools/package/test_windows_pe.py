from __future__ import annotations

import contextlib
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.package.windows_pe import Program, UnreadableProgram, missing, programs, read, unsigned

SECTION_AT, RAW_AT = 0x1000, 0x400


def program(
    *, needs: tuple[str, ...] = (), later: tuple[str, ...] = (), exports: tuple[str, ...] = (), signed: bool = False
) -> bytes:
    """A library with one section that holds its tables."""
    body = bytearray(8)
    directories = [(0, 0)] * 16

    def put(data: bytes) -> int:
        body.extend(data)
        return SECTION_AT + len(body) - len(data)

    def put_names(names: tuple[str, ...]) -> list[int]:
        return [put(name.encode() + b"\0") for name in names]

    if exports:
        table = put(b"".join(struct.pack("<I", at) for at in put_names(exports)))
        directories[0] = (put(struct.pack("<24xIII", len(exports), 0, table)), 36)
    for index, names, row in ((1, needs, "<12xI4x"), (13, later, "<4xI24x")):
        if names:
            rows = b"".join(struct.pack(row, at) for at in put_names(names))
            directories[index] = (put(rows + bytes(struct.calcsize(row))), len(rows))
    header = b"MZ" + bytes(58) + struct.pack("<I", 0x40)
    size = 112 + 8 * len(directories)
    coff = struct.pack("<4sHH12xHH", b"PE\0\0", 0x8664, 1, size, 0x2022)
    if signed:
        directories[4] = (RAW_AT + len(body), 8)
    optional = struct.pack("<H110x", 0x20B) + b"".join(struct.pack("<II", *row) for row in directories)
    section = struct.pack("<8sIIII16x", b".data", len(body), SECTION_AT, len(body), RAW_AT)
    return (header + coff + optional + section).ljust(RAW_AT, b"\0") + bytes(body) + (bytes(8) if signed else b"")


def test_what_a_library_needs_gives_and_who_signed_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.dll"
    file.write_bytes(program(needs=("KERNEL32.dll", "b.dll"), later=("c.dll",), exports=("first", "second")))
    assert read(file) == Program(frozenset({"kernel32.dll", "b.dll", "c.dll"}), ("first", "second"), is_signed=False)
    file.write_bytes(program(signed=True))
    assert read(file) == Program(frozenset(), (), is_signed=True)


def test_what_nobody_brings_is_missing(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.exe").write_bytes(program(needs=("B.dll", "kernel32.dll", "lost.dll"), signed=True))
    (tmp_path / "deep" / "b.DLL").write_bytes(program(needs=("lost.dll",)))
    (tmp_path / "text.txt").write_text("no program")
    assert missing(tmp_path, lambda name: name == "kernel32.dll") == {"lost.dll": ["a.exe", "b.DLL"]}
    assert unsigned(programs(tmp_path)) == [tmp_path / "deep" / "b.DLL"]


def test_others_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.dll"
    good = program(needs=("b.dll",))
    for bad in (b"", b"MZ", b"\x7fELF" + bytes(100), good[:100], good.replace(b"PE\0\0\x64\x86", b"PE\0\0\x4c\x01")):
        file.write_bytes(bad)
        with pytest.raises(UnreadableProgram):
            read(file)


@given(st.integers(0, 700), st.binary(min_size=1, max_size=12))
def test_broken_files_raise_nothing_else(tmp_path_factory: pytest.TempPathFactory, at: int, junk: bytes) -> None:
    file = tmp_path_factory.mktemp("pe") / "a.dll"
    data = bytearray(program(needs=("b.dll",), later=("c.dll",), exports=("first", "second")))
    data[at : at + len(junk)] = junk
    file.write_bytes(data)
    with contextlib.suppress(UnreadableProgram):
        read(file)
