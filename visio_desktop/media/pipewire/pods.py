"""Values as PipeWire passes them (SPA pods: `spa/pod/pod.h`), as far as a stream of pictures takes them.

A pod is its body's size and type, four bytes each, and the body, filled up to eight. What PipeWire says comes from
other programs: reading is bounded, and what is not understood is None.

The offer is pictures in memory everybody can read. No `modifier` is named, which says that buffers of the graphics
processor are not wanted.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

BGRX, RGBX, BGRA, RGBA, RGB, BGR = 8, 7, 12, 11, 15, 16
FORMATS: Final = (BGRX, BGRA, RGBX, RGBA, RGB, BGR)
"""Orders of colours that can be converted, the dearer ones last (`enum spa_video_format`)."""
BYTES_A_PIXEL: Final = {BGRX: 4, RGBX: 4, BGRA: 4, RGBA: 4, RGB: 3, BGR: 3}
MOST_PX: Final = 16_384
"""The longest side of a picture."""

ENUM_FORMAT, FORMAT, BUFFERS, META = 3, 4, 5, 6
CROP, TURN = 2, 8
"""Remarks that say which part of a buffer the picture is, and how it lies there (`enum spa_meta_type`)."""
REMARK_BYTES: Final = {CROP: 16, TURN: 4}

_ID, _INT, _RECTANGLE, _FRACTION, _OBJECT, _CHOICE = 3, 4, 10, 11, 15, 19
_FORMAT_OBJECT, _BUFFERS_OBJECT, _META_OBJECT = 0x40003, 0x40004, 0x40005
_NO_CHOICE, _RANGE, _ENUM, _FLAGS = 0, 1, 3, 4
_MEDIA_TYPE, _MEDIA_SUBTYPE, _VIDEO, _RAW = 1, 2, 2, 1
_VIDEO_FORMAT, _SIZE, _RATE, _MOST_RATE = 0x20001, 0x20003, 0x20004, 0x20005
_BUFFER_COUNT, _BLOCKS, _DATA_TYPE = 1, 2, 6
_META_TYPE, _META_SIZE = 1, 2
_MEM_PTR, _MEM_FD = 1 << 1, 1 << 2
_LONGEST: Final = 1 << 16
_HEAD: Final = 16
"""Before an object's first property, before a property's value, and before the values of a choice."""
_MOST_PROPERTIES: Final = 64


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """What was agreed on; `order` is one of `FORMATS`."""

    order: int
    width_px: int
    height_px: int


def offer(fps: int) -> bytes:
    """What pictures we take: any size, at most so many a second, fewer where nothing changes."""
    size = _choice(_RANGE, [_rectangle(1280, 720), _rectangle(1, 1), _rectangle(MOST_PX, MOST_PX)])
    rate = _choice(_RANGE, [_fraction(fps, 1), _fraction(0, 1), _fraction(1000, 1)])
    most = _choice(_RANGE, [_fraction(fps, 1), _fraction(1, 1), _fraction(fps, 1)])
    return _object(
        _FORMAT_OBJECT,
        ENUM_FORMAT,
        (_MEDIA_TYPE, _pod(_ID, _word(_VIDEO))),
        (_MEDIA_SUBTYPE, _pod(_ID, _word(_RAW))),
        (_VIDEO_FORMAT, _choice(_ENUM, [_pod(_ID, _word(order)) for order in (FORMATS[0], *FORMATS)])),
        (_SIZE, size),
        (_RATE, rate),
        (_MOST_RATE, most),
    )


def buffers() -> bytes:
    """How pictures are handed over: in memory, some at once, so that one can be looked at while the next is made."""
    count = _choice(_RANGE, [_pod(_INT, _word(each)) for each in (4, 2, 8)])
    kinds = _choice(_FLAGS, [_pod(_INT, _word(_MEM_PTR | _MEM_FD))])
    return _object(
        _BUFFERS_OBJECT,
        BUFFERS,
        (_BUFFER_COUNT, count),
        (_BLOCKS, _pod(_INT, _word(1))),
        (_DATA_TYPE, kinds),
    )


def remark(kind: int) -> bytes:
    """That we want a remark: windows come in buffers that are larger, and pictures of a turned screen lie on a side."""
    size = REMARK_BYTES[kind]
    return _object(_META_OBJECT, META, (_META_TYPE, _pod(_ID, _word(kind))), (_META_SIZE, _pod(_INT, _word(size))))


def read_format(pod: bytes) -> PictureFormat | None:
    """What was agreed on, None where it is nothing we can show."""
    found = dict(_properties(pod))
    order, size = _number(found.get(_VIDEO_FORMAT)), found.get(_SIZE)
    if order not in BYTES_A_PIXEL or size is None or size[0] != _RECTANGLE or len(size[1]) < struct.calcsize("=II"):
        return None
    width, height = struct.unpack_from("=II", size[1])
    if not (0 < width <= MOST_PX and 0 < height <= MOST_PX):
        return None
    return PictureFormat(order, width, height)


def _number(value: tuple[int, bytes] | None) -> int:
    if value is None or value[0] not in {_ID, _INT} or len(value[1]) < struct.calcsize("=I"):
        return -1
    return int(struct.unpack_from("=I", value[1])[0])


def _properties(pod: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """Each property of an object, by its key: the type and body of its value. Ends where it makes no sense."""
    if not _HEAD <= len(pod) <= _LONGEST:
        return
    size, kind, what = struct.unpack_from("=III", pod)
    if kind != _OBJECT or what != _FORMAT_OBJECT:
        return
    at, end = _HEAD, min(len(pod), 8 + size)
    for _ in range(_MOST_PROPERTIES):
        if at + _HEAD > end:
            return
        key, _, length, value_kind = struct.unpack_from("=IIII", pod, at)
        body = pod[at + _HEAD : at + _HEAD + length]
        if len(body) < length:
            return
        yield key, _fixed(value_kind, body)
        at += _HEAD + _filled(length)


def _fixed(kind: int, body: bytes) -> tuple[int, bytes]:
    """A choice of one is that one; of several the first is the one that is used."""
    if kind == _CHOICE and len(body) >= _HEAD:
        _, _, size, child = struct.unpack_from("=IIII", body)
        return child, body[_HEAD : _HEAD + size]
    return kind, body


def _filled(length: int) -> int:
    return length + 7 & ~7


def _word(value: int) -> bytes:
    return struct.pack("=I", value)


def _rectangle(width: int, height: int) -> bytes:
    return _pod(_RECTANGLE, struct.pack("=II", width, height))


def _fraction(number: int, divisor: int) -> bytes:
    return _pod(_FRACTION, struct.pack("=II", number, divisor))


def _pod(kind: int, body: bytes) -> bytes:
    return struct.pack("=II", len(body), kind) + body.ljust(_filled(len(body)), b"\0")


def _choice(how: int, values: Sequence[bytes]) -> bytes:
    """One of several values of a kind; a single one may be changed by nobody."""
    size, kind = struct.unpack_from("=II", values[0])
    bodies = b"".join(value[8 : 8 + size] for value in values)
    return _pod(_CHOICE, struct.pack("=IIII", how, 0, size, kind) + bodies)


def _object(kind: int, what: int, *properties: tuple[int, bytes]) -> bytes:
    body = struct.pack("=II", kind, what)
    return _pod(_OBJECT, body + b"".join(struct.pack("=II", key, 0) + value for key, value in properties))
