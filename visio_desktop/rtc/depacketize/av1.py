"""AV1 (RTP Payload Format For AV1, AOMedia, version 1.0.0): OBU elements into a temporal unit with sizes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from visio_desktop.rtc.depacketize.part import Part
from visio_desktop.rtc.errors import PayloadError

_Z, _Y, _N = 0x80, 0x40, 0x08
_EXTENSION, _HAS_SIZE = 0x04, 0x02
_TEMPORAL_DELIMITER, _TILE_LIST = 2, 8
_DELIMITER = b"\x12\x00"
_MAX_SIZE_BYTES = 5


def parse(payload: bytes) -> Part:
    """The part one packet carries; its body keeps the aggregation header. Raises `PayloadError`."""
    if len(payload) <= 1:
        raise PayloadError("AV1 payload is empty")
    head = payload[0]
    starts = not head & _Z
    key = starts and bool(head & _N)
    return Part(payload, starts, key, key)


def assemble(parts: Sequence[Part]) -> bytes:
    """The temporal unit, as decoders read it (AV1 bitstream specification, 5.2)."""
    units: list[bytes] = [_DELIMITER]
    unfinished = b""
    for part in parts:
        continues, more = bool(part.body[0] & _Z), bool(part.body[0] & _Y)
        elements = list(_elements(part.body))
        if continues != bool(unfinished) or not elements:
            raise PayloadError("AV1 fragments do not fit together")
        elements[0] = unfinished + elements[0]
        unfinished = elements.pop() if more else b""
        units += [_with_size(element) for element in elements]
    if unfinished:
        raise PayloadError("AV1 fragment has no end")
    return b"".join(units)


def read_size(data: bytes, position: int) -> tuple[int, int]:
    """A leb128 number and the position after it. Raises `PayloadError`."""
    value = 0
    for index in range(_MAX_SIZE_BYTES):
        if position + index >= len(data):
            break
        byte = data[position + index]
        value |= (byte & 0x7F) << 7 * index
        if not byte & 0x80:
            return value, position + index + 1
    raise PayloadError("AV1 size is cut short")


def write_size(value: int) -> bytes:
    """A number as leb128."""
    data = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits
        data.append(value & 0x7F | 0x80)
        value >>= 7
    data.append(value)
    return bytes(data)


def _elements(body: bytes) -> Iterator[bytes]:
    count = body[0] >> 4 & 0x03
    position, number = 1, 0
    while position < len(body):
        number += 1
        size = len(body) - position
        if number != count:
            size, position = read_size(body, position)
        if not size or position + size > len(body):
            raise PayloadError("AV1 element is cut short")
        yield body[position : position + size]
        position += size
    if count and number != count:
        raise PayloadError("AV1 elements are missing")


def _with_size(unit: bytes) -> bytes:
    """The OBU with its size; nothing for those that do not travel."""
    if unit[0] >> 3 & 0x0F in (_TEMPORAL_DELIMITER, _TILE_LIST):
        return b""
    if unit[0] & _HAS_SIZE:
        return unit
    head = 2 if unit[0] & _EXTENSION else 1
    if len(unit) < head:
        raise PayloadError("AV1 unit is cut short")
    return bytes([unit[0] | _HAS_SIZE]) + unit[1:head] + write_size(len(unit) - head) + unit[head:]
