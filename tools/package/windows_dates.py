"""The two times in an installer that no tool lets one choose: when its summary was made, and when it was saved.

They stand in the property set of the file's summary (MS-OLEPS), which lies in one piece.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

from tools.shell import SetUpError

_SUMMARY: Final = bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")
_TIMES: Final = (12, 13)
_FILETIME: Final = 64
_HUNDRED_NS: Final = 10_000_000
_FROM_1601_S: Final = 11_644_473_600
_MOST: Final = 100
_HEADER_BYTES: Final = 28


def set_dates(msi: Path, at_s: int) -> None:
    """Write this time in place of both. Raises `SetUpError` where they are not found."""
    data = bytearray(msi.read_bytes())
    moment = struct.pack("<Q", (at_s + _FROM_1601_S) * _HUNDRED_NS)
    for at in times(data):
        data[at : at + len(moment)] = moment
    msi.write_bytes(data)


def times(data: bytes | bytearray) -> list[int]:
    """Where in the file both times stand, in bytes from its start. Raises `SetUpError`."""
    name = data.find(_SUMMARY)
    try:
        if name < _HEADER_BYTES:
            raise SetUpError("the installer has no summary")
        (start,) = struct.unpack_from("<I", data, name + len(_SUMMARY))
        section = name - _HEADER_BYTES + start
        (count,) = struct.unpack_from("<4xI", data, section)
        rows = [struct.unpack_from("<II", data, section + 8 + 8 * index) for index in range(min(count, _MOST))]
        found = [section + at for what, at in rows if what in _TIMES]
        kinds = [struct.unpack_from("<I", data, at)[0] for at in found]
    except struct.error as error:
        raise SetUpError("the installer's summary ends early") from error
    if kinds != [_FILETIME] * len(_TIMES):
        raise SetUpError("the installer's summary does not hold its times")
    return [at + 4 for at in found]
