"""Decoders for received pictures: FFmpeg's own through PyAV, one thread each.

FFmpeg's VP8, VP9 and H.264 decoders were built for hostile files; here sizes are bounded besides, and whatever goes
wrong is a `CodecError`.
"""

from __future__ import annotations

import av
import numpy as np
from av.codec.context import Flags
from av.video.plane import VideoPlane

from visio_desktop.media.errors import CodecError
from visio_desktop.media.pyav_codec import create_context
from visio_desktop.media.raw import Plane, RawFrame
from visio_desktop.rtc.frames import Codec

_LIBRARIES = {Codec.VP8: "vp8", Codec.VP9: "vp9", Codec.H264: "h264", Codec.AV1: "libdav1d"}
_LARGEST_PAYLOAD = 8 << 20
_LARGEST_PICTURE_PX = 1 << 24
_FORMATS = frozenset({"yuv420p", "yuvj420p"})
# LiveKit sends pictures of 8 x 8 to keep a stream going that has no picture.
_FILLER_SIDE_PX = 8


class Decoder:
    """Decodes one stream of one codec; used by one thread at a time. Raises `CodecError` for a codec unknown here."""

    def __init__(self, codec: Codec) -> None:
        name = _LIBRARIES.get(codec)
        if name is None:
            raise CodecError(codec.value, "carries no pictures")
        self._context = create_context(name, "r")
        self._codec = codec
        self._context.thread_count = 1
        self._context.flags |= Flags.low_delay
        self._context.options = {"max_pixels": str(_LARGEST_PICTURE_PX)}

    def decode(self, payload: bytes) -> av.VideoFrame | None:
        """The last picture of a (super)frame; None where it holds none to be shown. Raises `CodecError`."""
        if not 0 < len(payload) <= _LARGEST_PAYLOAD:
            raise CodecError(self._codec.value, f"{len(payload)} bytes")
        try:
            pictures = self._context.decode(av.Packet(payload))
        except (av.FFmpegError, ValueError) as error:
            raise CodecError(self._codec.value, str(error)) from error
        if not pictures:
            return None
        picture = pictures[-1]
        if picture.width <= _FILLER_SIDE_PX and picture.height <= _FILLER_SIDE_PX:
            return None
        if picture.format.name not in _FORMATS:
            raise CodecError(self._codec.value, f"{picture.width}x{picture.height} {picture.format.name}")
        return picture


def raw_frame(picture: av.VideoFrame, capture_ms: float) -> RawFrame:
    """The decoder's own memory as planes, nothing copied; it stays valid as long as any plane is held."""
    y, u, v = (_plane(plane) for plane in picture.planes[:3])
    return RawFrame(y, u, v, capture_ms)


def _plane(plane: VideoPlane) -> Plane:
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]
