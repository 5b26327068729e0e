"""Real encoded pictures for tests, made with PyAV, and their decoding."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import cache

import av
import numpy as np

from visio_desktop.rtc.frames import Codec, EncodedFrame

_ENCODERS = {Codec.VP8: "libvpx", Codec.VP9: "libvpx-vp9", Codec.H264: "libx264", Codec.AV1: "libsvtav1"}
_DECODERS = {Codec.VP8: "vp8", Codec.VP9: "vp9", Codec.H264: "h264", Codec.AV1: "libdav1d"}
_OPTIONS = {
    Codec.VP8: {"deadline": "realtime", "cpu-used": "-10", "lag-in-frames": "0"},
    Codec.VP9: {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"},
    Codec.H264: {"preset": "ultrafast", "tune": "zerolatency"},
    Codec.AV1: {"preset": "12", "svtav1-params": "pred-struct=1:lp=1:rc=2"},
}


def picture(number: int, width_px: int, height_px: int) -> av.VideoFrame:
    """A picture with some noise, so that frames need several packets."""
    noise = np.random.default_rng(number).integers(0, 255, (height_px * 3 // 2, width_px), dtype=np.uint8)
    smooth = np.full_like(noise, (number * 3) % 255)
    blend = (noise // 4 + smooth // 2).astype(np.uint8)
    return av.VideoFrame.from_ndarray(blend, format="yuv420p")


class Encoder:
    """Encodes such pictures one after the other, at 30 per second and 1.5 Mbit/s."""

    def __init__(self, codec: Codec, width_px: int = 320, height_px: int = 180) -> None:
        context = av.CodecContext.create(_ENCODERS[codec], "w")
        assert isinstance(context, av.VideoCodecContext)
        context.width, context.height, context.pix_fmt, context.bit_rate = width_px, height_px, "yuv420p", 1_500_000
        context.options = _OPTIONS[codec]
        context.gop_size = 10_000
        context.time_base, context.framerate = Fraction(1, 30), Fraction(30)
        context.thread_count = 1
        self._codec = codec
        self._context = context

    def encode(self, number: int, key: bool) -> EncodedFrame:
        """The picture of this number."""
        image = picture(number, self._context.width, self._context.height)
        image.pts = number
        types = av.video.frame.PictureType
        image.pict_type = types.I if key else types.NONE
        (packet,) = self._context.encode(image)
        return EncodedFrame(self._codec, bytes(packet), number * 3000, key=packet.is_keyframe)

    def close(self) -> None:
        """Tell the encoder that no picture follows, as some insist on."""
        self._context.encode(None)


@cache
def encoded(codec: Codec, count: int) -> tuple[EncodedFrame, ...]:
    """`count` frames, the first a key frame."""
    encoder = Encoder(codec)
    frames = tuple([encoder.encode(number, number == 0) for number in range(count)])
    encoder.close()
    return frames


def decode(codec: Codec, payloads: Iterable[bytes]) -> list[tuple[int, int]]:
    """The sizes of the pictures decoded, one context for all payloads; raises what the decoder raises."""
    context = av.CodecContext.create(_DECODERS[codec], "r")
    assert isinstance(context, av.VideoCodecContext)
    context.thread_count = 1
    sizes: list[tuple[int, int]] = []
    for payload in payloads:
        sizes += [(image.width, image.height) for image in context.decode(av.Packet(payload))]
    return sizes
