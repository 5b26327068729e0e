"""VP9 with one spatial layer into packets (RFC 9628, not flexible mode) with a 15-bit picture id."""

from __future__ import annotations

from visio_desktop.rtc.frames import EncodedFrame
from visio_desktop.rtc.packetize.split import MAX_PAYLOAD_BYTES, split_evenly

_I, _P, _B, _E = 0x80, 0x40, 0x08, 0x04
_DESCRIPTOR_BYTES = 3


def packetize(frame: EncodedFrame, picture: int) -> list[bytes]:
    """The payloads of one frame; `picture` counts frames."""
    flags = _I if frame.key else _I | _P
    picture_id = (0x8000 | picture & 0x7FFF).to_bytes(2)
    pieces = split_evenly(frame.payload, MAX_PAYLOAD_BYTES - _DESCRIPTOR_BYTES)
    last = len(pieces) - 1
    return [
        bytes([flags | (_B if at == 0 else 0) | (_E if at == last else 0)]) + picture_id + piece
        for at, piece in enumerate(pieces)
    ]
