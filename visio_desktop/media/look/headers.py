"""What a picture file says of itself, read before any library is let at it: kind, size, whether it moves.

JPEG (ITU-T T.81), PNG (W3C, third edition, with its animation chunks), WebP (RFC 9649). Nothing else is taken.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_MOST_PARTS: Final = 10_000
_STARTS_OF_FRAME: Final = {0xC0, 0xC1, 0xC2}
_START_OF_SCAN: Final = 0xDA
_END_OF_IMAGE: Final = b"\xff\xd9"
_MOVES: Final = 0x02
_LOSSLESS_MARK: Final = 0x2F
_KEY_FRAME: Final = b"\x9d\x01\x2a"
_SIDE: Final = 0x3FFF


class HeaderRefused(ValueError):  # noqa: N818 - reads as what happened
    """Not a whole, still picture of a kind we take."""


@dataclass(frozen=True, slots=True)
class Header:
    """The size a file says its picture has."""

    width_px: int
    height_px: int


def read_header(data: bytes) -> Header:
    """The header of a whole file. Raises `HeaderRefused` and nothing else."""
    try:
        if data.startswith(_PNG):
            return _png(data)
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
    except (struct.error, IndexError) as error:
        raise HeaderRefused("ends early") from error
    raise HeaderRefused("neither JPEG nor PNG nor WebP")


def _png(data: bytes) -> Header:
    header: Header | None = None
    for name, body in _png_chunks(data):
        match name:
            case b"IHDR":
                header = Header(*struct.unpack_from(">II", body))
            case b"acTL":
                raise HeaderRefused("moves")
            case b"IEND" if header is not None:
                return header
    raise HeaderRefused("ends early")


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    for _ in range(_MOST_PARTS):
        length, name = struct.unpack_from(">I4s", data, at)
        yield name, data[at + 8 : at + 8 + min(length, 16)]
        at += length + 12
        if at > len(data):
            raise HeaderRefused("ends early")


def _jpeg(data: bytes) -> Header:
    header: Header | None = None
    at = 2
    for _ in range(_MOST_PARTS):
        while data[at] == 0xFF and data[at + 1] == 0xFF:  # noqa: PLR2004 - fill bytes
            at += 1
        start, marker, length = struct.unpack_from(">BBH", data, at)
        if start != 0xFF:  # noqa: PLR2004 - every marker begins so
            break
        if marker in _STARTS_OF_FRAME:
            height, width = struct.unpack_from(">HH", data, at + 5)
            header = Header(width, height)
        if marker == _START_OF_SCAN:
            if header is not None and data.rfind(_END_OF_IMAGE) > at:
                return header
            break
        at += 2 + length
    raise HeaderRefused("no whole JPEG")


def _webp(data: bytes) -> Header:
    (size,) = struct.unpack_from("<I", data, 4)
    if size + 8 > len(data):
        raise HeaderRefused("ends early")
    match data[12:16]:
        case b"VP8X":
            if data[20] & _MOVES:
                raise HeaderRefused("moves")
            width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
            return Header(width, height)
        case b"VP8 " if data[23:26] == _KEY_FRAME:
            width, height = struct.unpack_from("<HH", data, 26)
            return Header(width & _SIDE, height & _SIDE)
        case b"VP8L" if data[20] == _LOSSLESS_MARK:
            (bits,) = struct.unpack_from("<I", data, 21)
            return Header((bits & _SIDE) + 1, (bits >> 14 & _SIDE) + 1)
        case _:
            raise HeaderRefused("no WebP we know")
