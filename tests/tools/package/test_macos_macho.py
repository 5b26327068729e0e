from __future__ import annotations

import contextlib
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.package.macos_macho import UnreadableProgram, is_program, loads, thin

ARM, INTEL = 0x0100000C, 0x01000007


def library(*names: str, kind: int = ARM) -> bytes:
    """A thin library that loads these."""
    commands = b""
    for name in names:
        text = name.encode() + b"\0" * (8 - len(name) % 8)
        commands += struct.pack("<IIIIII", 0xC, 24 + len(text), 24, 0, 0, 0) + text
    return struct.pack("<IIIIIIII", 0xFEEDFACF, kind, 0, 6, len(names), len(commands), 0, 0) + commands


def fat(*halves: tuple[int, bytes]) -> bytes:
    rows, body, at = b"", b"", 8 + 20 * len(halves)
    for kind, data in halves:
        rows += struct.pack(">IIIII", kind, 0, at + len(body), len(data), 0)
        body += data
    return struct.pack(">II", 0xCAFEBABE, len(halves)) + rows + body


def test_the_half_for_apples_processors_is_taken(tmp_path: Path) -> None:
    ours = library("@rpath/libx.dylib")
    both = fat((INTEL, library(kind=INTEL)), (ARM, ours))
    assert thin(both) == thin(ours) == ours
    (tmp_path / "a").write_bytes(both)
    (tmp_path / "b").write_text("text")
    assert is_program(tmp_path / "a")
    assert not is_program(tmp_path / "b")


def test_what_it_loads_is_read() -> None:
    names = ("@rpath/QtCore.framework/Versions/A/QtCore", "/usr/lib/libSystem.B.dylib")
    assert loads(library(*names)) == names


@pytest.mark.parametrize("data", [b"", b"\xca\xfe\xba\xbe", library(kind=INTEL), fat((INTEL, library(kind=INTEL)))])
def test_others_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadableProgram):
        thin(data)


@given(st.binary(max_size=300))
def test_broken_files_raise_nothing_else(data: bytes) -> None:
    for broken in (data, library("a")[:32] + data):
        with contextlib.suppress(UnreadableProgram):
            loads(thin(broken))
