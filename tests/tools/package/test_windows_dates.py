from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tools.package.windows_dates import set_dates, times
from tools.shell import SetUpError

FMTID = bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")


def summary(kind: int = 64) -> bytes:
    """A property set with a text and both times, somewhere in a file."""
    rows = ((2, 40), (12, 48), (13, 60))
    section = struct.pack("<II", 100, len(rows)) + b"".join(struct.pack("<II", *row) for row in rows)
    section = section.ljust(40, b"\0") + struct.pack("<II", 30, 0) + struct.pack("<IQIQ", kind, 111, kind, 222)
    return bytes(512) + bytes(28) + FMTID + struct.pack("<I", 48) + section + bytes(100)


def test_both_times_are_set_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "a.msi"
    file.write_bytes(summary())
    set_dates(file, 0)
    data = file.read_bytes()
    assert [struct.unpack_from("<Q", data, at)[0] for at in times(data)] == [116_444_736_000_000_000] * 2
    assert sum(a != b for a, b in zip(data, summary(), strict=True)) <= 16


@pytest.mark.parametrize("data", [b"", bytes(600), summary()[:570], summary(kind=30)])
def test_files_without_are_refused(data: bytes) -> None:
    with pytest.raises(SetUpError):
        times(data)
