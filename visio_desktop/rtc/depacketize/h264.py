"""H.264 (RFC 6184): single NAL units, STAP-A and FU-A into Annex B."""

from __future__ import annotations

from collections.abc import Sequence

from visio_desktop.rtc.depacketize.part import Part
from visio_desktop.rtc.errors import PayloadError

_START_CODE = b"\x00\x00\x00\x01"
_IDR, _SPS = 5, 7
_SINGLE = range(1, 24)
_STAP_A, _FU_A = 24, 28
_FU_START = 0x80
_FU_HEADER_BYTES = 2


def parse(payload: bytes) -> Part:
    """The part one packet carries, as Annex B (RFC 6184, 5.6 to 5.8). Raises `PayloadError`."""
    if not payload:
        raise PayloadError("H.264 payload is empty")
    kind = payload[0] & 0x1F
    if kind == _FU_A:
        return _fragment(payload)
    if kind == _STAP_A:
        return _aggregate(payload)
    if kind in _SINGLE:
        return Part(_START_CODE + payload, True, kind in (_IDR, _SPS), kind == _SPS)
    raise PayloadError(f"H.264 packet type {kind} is not of packetization mode 1")


def _fragment(payload: bytes) -> Part:
    if len(payload) <= _FU_HEADER_BYTES:
        raise PayloadError("H.264 fragment is cut short")
    header = payload[1]
    if not header & _FU_START:
        return Part(payload[2:], False, False, False)
    kind = header & 0x1F
    unit = bytes([payload[0] & 0xE0 | kind])
    return Part(_START_CODE + unit + payload[2:], True, kind in (_IDR, _SPS), kind == _SPS)


def _aggregate(payload: bytes) -> Part:
    units: list[bytes] = []
    kinds: set[int] = set()
    position, end = 1, len(payload)
    while position < end:
        size = int.from_bytes(payload[position : position + 2])
        position += 2
        if not size or position + size > end:
            raise PayloadError("H.264 aggregation is cut short")
        units += (_START_CODE, payload[position : position + size])
        kinds.add(payload[position] & 0x1F)
        position += size
    if not units:
        raise PayloadError("H.264 aggregation is empty")
    return Part(b"".join(units), True, not kinds.isdisjoint((_IDR, _SPS)), _SPS in kinds)


def assemble(parts: Sequence[Part]) -> bytes:
    """The whole access unit as Annex B."""
    return parts[0].body if len(parts) == 1 else b"".join([part.body for part in parts])
