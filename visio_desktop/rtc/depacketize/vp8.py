"""VP8 (RFC 7741): payload descriptor off, key frame test."""

from __future__ import annotations

from collections.abc import Sequence

from visio_desktop.rtc.depacketize.part import Part, Temporal
from visio_desktop.rtc.errors import PayloadError

_X, _S, _PID = 0x80, 0x10, 0x07
_I, _L, _T, _K = 0x80, 0x40, 0x20, 0x10
_LONG_PICTURE_ID = 0x80
_INTER_FRAME = 0x01


def parse(payload: bytes) -> Part:
    """The part one packet carries (RFC 7741, 4.2 and 4.3). Raises `PayloadError`."""
    try:
        first = payload[0]
        position, temporal = _extension(payload) if first & _X else (1, None)
        starts = first & (_S | _PID) == _S
        key = starts and not payload[position] & _INTER_FRAME
    except IndexError:
        raise PayloadError("VP8 payload is cut short") from None
    if position >= len(payload):
        raise PayloadError("VP8 payload is empty")
    return Part(payload[position:], starts, key, key, 0, temporal)


def _extension(payload: bytes) -> tuple[int, Temporal | None]:
    """The end of the extended descriptor and the temporal layering it tells of."""
    flags = payload[1]
    position = 2
    if flags & _I:
        position += 2 if payload[position] & _LONG_PICTURE_ID else 1
    base = -1
    if flags & _L:
        base = payload[position]
        position += 1
    if not flags & (_T | _K):
        return position, None
    layering = payload[position]
    known = flags & _T and base >= 0
    return position + 1, Temporal(layering >> 6, base, bool(layering & 0x20)) if known else None


def assemble(parts: Sequence[Part]) -> bytes:
    """The whole frame."""
    return parts[0].body if len(parts) == 1 else b"".join([part.body for part in parts])
