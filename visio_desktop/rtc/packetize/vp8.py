"""VP8 into packets (RFC 7741) with a 15-bit picture id."""

from __future__ import annotations

from visio_desktop.rtc.frames import EncodedFrame
from visio_desktop.rtc.packetize.split import MAX_PAYLOAD_BYTES, split_evenly

_FIRST, _OTHER = b"\x90\x80", b"\x80\x80"
_DESCRIPTOR_BYTES = 4


def packetize(frame: EncodedFrame, picture: int) -> list[bytes]:
    """The payloads of one frame; `picture` counts frames."""
    picture_id = (0x8000 | picture & 0x7FFF).to_bytes(2)
    pieces = split_evenly(frame.payload, MAX_PAYLOAD_BYTES - _DESCRIPTOR_BYTES)
    return [(_OTHER if at else _FIRST) + picture_id + piece for at, piece in enumerate(pieces)]
