from __future__ import annotations

import struct

from tools.package.icons import MACOS, WINDOWS_PX, icns, ico

PNG = b"\x89PNG\r\n\x1a\n"


def test_windows_finds_a_picture_for_each_size() -> None:
    data = ico()
    assert struct.unpack_from("<HHH", data) == (0, 1, len(WINDOWS_PX))
    for index, size in enumerate(WINDOWS_PX):
        width, height, bits, length, at = struct.unpack_from("<BBxxxxHII", data, 6 + 16 * index)
        assert (width or 256, height or 256, bits) == (size, size, 32)
        picture = data[at : at + length]
        assert picture.startswith(PNG)
        assert struct.unpack_from(">II", picture, 16) == (size, size)


def test_macos_finds_a_picture_for_each_name() -> None:
    data = icns()
    assert struct.unpack_from(">4sI", data) == (b"icns", len(data))
    at, found = 8, dict[bytes, int]()
    while at < len(data):
        name, length = struct.unpack_from(">4sI", data, at)
        assert data[at + 8 :].startswith(PNG)
        found[name] = struct.unpack_from(">I", data, at + 8 + 16)[0]
        at += length
    assert found == MACOS
