"""What the encoders on PyAV have in common."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from visio_desktop.media.encoders import EncodedPicture, EncodeSettings
from visio_desktop.media.errors import CodecError
from visio_desktop.media.pyav_codec import create_context
from visio_desktop.media.raw import RawFrame, even_up


def open_context(library: str, settings: EncodeSettings, options: dict[str, str]) -> VideoCodecContext:
    """An opened encoder of FFmpeg's name `library`, one thread, without look-ahead. Raises `CodecError`."""
    context = create_context(library, "w")
    context.width, context.height = even_up(settings.width_px), even_up(settings.height_px)
    context.pix_fmt = "yuv420p"
    context.time_base = Fraction(1, settings.fps)
    context.framerate = Fraction(settings.fps, 1)
    context.bit_rate = settings.bitrate_bps
    context.thread_count = 1
    context.gop_size = 1_000_000
    context.options = options
    try:
        context.open()
    except av.FFmpegError as error:
        raise CodecError(library, str(error)) from error
    return context


def encode_with(context: VideoCodecContext, frame: RawFrame, picture: int, *, key: bool) -> EncodedPicture | None:
    """Encode picture number `picture`; None where the encoder dropped it. Raises `CodecError`."""
    if (frame.width_px, frame.height_px) != (context.width, context.height):
        raise CodecError(context.name, f"not open for {frame.width_px}x{frame.height_px}")
    return encode_frame(context, _av_frame(frame), picture, key=key)


def encode_frame(context: VideoCodecContext, frame: av.VideoFrame, picture: int, *, key: bool) -> EncodedPicture | None:
    """Encode picture number `picture`, in FFmpeg's own form; as `encode_with`."""
    frame.pts = picture
    frame.pict_type = PictureType.I if key else PictureType.NONE
    try:
        packets = context.encode(frame)
    except av.FFmpegError as error:
        raise CodecError(context.name, str(error)) from error
    if not packets:
        return None
    return EncodedPicture(b"".join(bytes(packet) for packet in packets), any(packet.is_keyframe for packet in packets))


def _av_frame(frame: RawFrame) -> av.VideoFrame:
    stacked = frame.stacked
    if stacked is None:
        stacked = np.concatenate([plane.ravel() for plane in (frame.y, frame.u, frame.v)]).reshape(-1, frame.width_px)
    return av.VideoFrame.from_ndarray(stacked, format="yuv420p")
