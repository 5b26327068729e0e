"""VP9 (RFC 9628): payload descriptor off, key frame test, spatial layers closed into one superframe."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from visio_desktop.rtc.depacketize.part import Part
from visio_desktop.rtc.errors import PayloadError

_I, _P, _L, _F, _B, _V = 0x80, 0x40, 0x20, 0x10, 0x08, 0x02
_LONG_PICTURE_ID = 0x80
_Y, _G = 0x10, 0x08
_MAX_REFERENCES = 3
_MAX_LAYERS = 8
_SUPERFRAME = 0xC0


def parse(payload: bytes) -> Part:
    """The part one packet carries (RFC 9628, 4.2). Raises `PayloadError`."""
    try:
        flags = payload[0]
        position = 1
        layer = 0
        if flags & _I:
            position += 2 if payload[1] & _LONG_PICTURE_ID else 1
        if flags & _L:
            layer = payload[position] >> 1 & 0x07
            position += 1 if flags & _F else 2
        if flags & _F and flags & _P:
            position = _after_references(payload, position)
        if flags & _V:
            position = _after_structure(payload, position)
    except IndexError:
        raise PayloadError("VP9 descriptor is cut short") from None
    if position >= len(payload):
        raise PayloadError("VP9 payload is empty")
    # Of a picture without inter-layer prediction the server may send its top layer only: any layer can come first.
    starts = bool(flags & _B)
    key = starts and layer == 0 and not flags & _P
    return Part(payload[position:], starts, key, key, layer)


def _after_references(payload: bytes, position: int) -> int:
    for offset in range(_MAX_REFERENCES):
        if not payload[position + offset] & 0x01:
            return position + offset + 1
    raise PayloadError("VP9 descriptor names too many references")


def _after_structure(payload: bytes, position: int) -> int:
    head = payload[position]
    position += 1
    if head & _Y:
        position += 4 * ((head >> 5) + 1)
    if head & _G:
        pictures = payload[position]
        position += 1
        for _ in range(pictures):
            position += 1 + (payload[position] >> 2 & 0x03)
    return position


def layers(parts: Sequence[Part]) -> list[bytes]:
    """The frame of each spatial layer, lowest first. Raises `PayloadError` for too many."""
    if parts[0].layer == parts[-1].layer:
        return [b"".join([part.body for part in parts])]
    found = [b"".join([part.body for part in group]) for _, group in groupby(parts, attrgetter("layer"))]
    if len(found) > _MAX_LAYERS:
        raise PayloadError("VP9 superframe has too many layers")
    return found


def superframe(layers: Sequence[bytes]) -> bytes:
    """What a decoder takes; more than one layer get an index (VP9 bitstream specification, annex B)."""
    return layers[0] if len(layers) == 1 else _superframe(layers)


def assemble(parts: Sequence[Part]) -> bytes:
    """The whole frame, spatial layers closed into a superframe."""
    return superframe(layers(parts))


def _superframe(layers: Sequence[bytes]) -> bytes:
    width = (max(map(len, layers)).bit_length() + 7) // 8
    marker = bytes([_SUPERFRAME | (width - 1) << 3 | (len(layers) - 1)])
    sizes = b"".join([len(layer).to_bytes(width, "little") for layer in layers])
    return b"".join([*layers, marker, sizes, marker])
