"""Which bytes of a frame stay clear, so that packets can be made of it and servers can tell key frames."""

from __future__ import annotations

import re
from typing import Final

from visio_desktop.rtc.frames import Codec
from visio_desktop.rtc.packetize.h264 import nal_units

_START_CODE: Final = b"\x00\x00\x01"
_SLICES: Final = (1, 5)
_OPUS_CLEAR: Final = 1
_VP8_KEY_CLEAR, _VP8_DELTA_CLEAR = 10, 3
_H264_CLEAR_AFTER_START_CODE: Final = 2
_TO_ESCAPE = re.compile(rb"\x00\x00(?=[\x00-\x03])")
_ESCAPED: Final = b"\x00\x00\x03"


def clear_bytes(codec: Codec, payload: bytes) -> int | None:
    """How many bytes at the front stay clear; None where this codec or this frame cannot be encrypted."""
    match codec:
        case Codec.OPUS:
            return _OPUS_CLEAR
        case Codec.VP8:
            return _VP8_DELTA_CLEAR if payload[0] & 1 else _VP8_KEY_CLEAR
        case Codec.VP9:
            return 0
        case Codec.H264:
            return _before_slice(payload)
        case _:
            return None


def _before_slice(stream: bytes) -> int | None:
    """Up to the second byte of the first slice (ITU-T H.264, table 7-1)."""
    position = stream.find(_START_CODE)
    while 0 <= position < len(stream) - len(_START_CODE):
        unit = position + len(_START_CODE)
        if stream[unit] & 0x1F in _SLICES:
            return unit + _H264_CLEAR_AFTER_START_CODE
        position = stream.find(_START_CODE, unit)
    return None


def with_long_start_codes(stream: bytes) -> bytes:
    """Each unit after four bytes, as receivers put it together again: what is clear is authenticated too."""
    return b"".join([b"\x00" + _START_CODE + unit for unit in nal_units(stream)])


def escape(body: bytes) -> bytes:
    """With emulation prevention (ITU-T H.264, 7.4.1), so that no start code is in it."""
    return _TO_ESCAPE.sub(_ESCAPED, body)


def unescape(body: bytes) -> bytes:
    """Without emulation prevention."""
    return body.replace(_ESCAPED, _ESCAPED[:2])
