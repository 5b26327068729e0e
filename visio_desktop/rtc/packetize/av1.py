"""AV1 into packets (RTP Payload Format For AV1, AOMedia, version 1.0.0): OBUs without sizes, in fragments as needed."""

from __future__ import annotations

from visio_desktop.rtc.depacketize.av1 import read_size, write_size
from visio_desktop.rtc.frames import EncodedFrame
from visio_desktop.rtc.packetize.split import MAX_PAYLOAD_BYTES

_Z, _Y, _N = 0x80, 0x40, 0x08
_EXTENSION, _HAS_SIZE = 0x04, 0x02
_TEMPORAL_DELIMITER = 2
_SIZE_BYTES = 2
_WORTHWHILE_BYTES = 16


def units(temporal_unit: bytes) -> list[bytes]:
    """The OBUs of a temporal unit without their sizes and without its delimiter."""
    found: list[bytes] = []
    position = 0
    while position < len(temporal_unit):
        head = temporal_unit[position]
        start = position + (2 if head & _EXTENSION else 1)
        size = len(temporal_unit) - start
        body = start
        if head & _HAS_SIZE:
            size, body = read_size(temporal_unit, start)
        if head >> 3 & 0x0F != _TEMPORAL_DELIMITER:
            unsized = bytes([head & ~_HAS_SIZE]) + temporal_unit[position + 1 : start]
            found.append(unsized + temporal_unit[body : body + size])
        position = body + size
    return found


def packetize(frame: EncodedFrame, picture: int) -> list[bytes]:  # noqa: ARG001 - AV1 has no picture id
    """The payloads of one temporal unit."""
    payloads: list[bytes] = []
    head = _N if frame.key else 0
    elements = b""
    for unit in units(frame.payload):
        rest = unit
        while rest:
            room = MAX_PAYLOAD_BYTES - 1 - len(elements) - _SIZE_BYTES
            if room < _WORTHWHILE_BYTES:
                payloads.append(bytes([head]) + elements)
                head, elements = 0, b""
                continue
            piece, rest = rest[:room], rest[room:]
            elements += write_size(len(piece)) + piece
            if rest:
                payloads.append(bytes([head | _Y]) + elements)
                head, elements = _Z, b""
    if elements:
        payloads.append(bytes([head]) + elements)
    return payloads
