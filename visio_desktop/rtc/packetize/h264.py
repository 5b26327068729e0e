"""H.264 from Annex B into packets (RFC 6184, mode 1): small NAL units together, large ones in fragments."""

from __future__ import annotations

from visio_desktop.rtc.frames import EncodedFrame
from visio_desktop.rtc.packetize.split import MAX_PAYLOAD_BYTES, split_evenly

_START_CODE = b"\x00\x00\x01"
_STAP_A, _FU_A = 24, 28
_FU_START, _FU_END = 0x80, 0x40
_LENGTH_BYTES = 2


def nal_units(stream: bytes) -> list[bytes]:
    """The NAL units of an Annex B stream (ITU-T H.264, B.1), without start codes.

    Zeros before a start code belong to it; those at the very end are kept, as an encrypted unit may end with one.
    """
    *units, last = [b"", *stream.split(_START_CODE)[1:]]
    return [unit for unit in (*[unit.rstrip(b"\x00") for unit in units], last) if unit.strip(b"\x00")]


def packetize(frame: EncodedFrame, picture: int) -> list[bytes]:  # noqa: ARG001 - H.264 has no picture id
    """The payloads of one access unit."""
    payloads: list[bytes] = []
    together: list[bytes] = []
    for unit in nal_units(frame.payload):
        if together and _aggregated_size(together) + _LENGTH_BYTES + len(unit) > MAX_PAYLOAD_BYTES:
            payloads.append(_aggregate(together))
            together = []
        if len(unit) > MAX_PAYLOAD_BYTES:
            payloads += _fragments(unit)
        else:
            together.append(unit)
    if together:
        payloads.append(_aggregate(together))
    return payloads


def _aggregated_size(units: list[bytes]) -> int:
    return 1 + sum(_LENGTH_BYTES + len(unit) for unit in units)


def _aggregate(units: list[bytes]) -> bytes:
    if len(units) == 1:
        return units[0]
    importance = max(unit[0] & 0x60 for unit in units)
    return bytes([importance | _STAP_A]) + b"".join([len(unit).to_bytes(_LENGTH_BYTES) + unit for unit in units])


def _fragments(unit: bytes) -> list[bytes]:
    indicator, kind = unit[0] & 0xE0 | _FU_A, unit[0] & 0x1F
    pieces = split_evenly(unit[1:], MAX_PAYLOAD_BYTES - 2)
    last = len(pieces) - 1
    return [
        bytes([indicator, kind | (_FU_START if at == 0 else 0) | (_FU_END if at == last else 0)]) + piece
        for at, piece in enumerate(pieces)
    ]
