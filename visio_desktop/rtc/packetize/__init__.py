"""Frames into payloads of at most `MAX_PAYLOAD_BYTES`: the codec's `packetize` takes the frame and its number."""

from __future__ import annotations

from collections.abc import Callable

from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.rtc.packetize import av1, h264, vp8, vp9
from visio_desktop.rtc.packetize.split import MAX_PAYLOAD_BYTES

Packetizer = Callable[[EncodedFrame, int], list[bytes]]


def _whole(frame: EncodedFrame, _picture: int) -> list[bytes]:
    return [frame.payload]


PACKETIZERS: dict[Codec, Packetizer] = {
    Codec.OPUS: _whole,
    Codec.VP8: vp8.packetize,
    Codec.VP9: vp9.packetize,
    Codec.AV1: av1.packetize,
    Codec.H264: h264.packetize,
}

__all__ = ["MAX_PAYLOAD_BYTES", "PACKETIZERS", "Packetizer"]
