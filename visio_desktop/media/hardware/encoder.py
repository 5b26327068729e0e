"""An encoder of FFmpeg's by its name, as the others are used."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np

from visio_desktop.media.encoders import EncodedPicture, EncodeSettings
from visio_desktop.media.errors import CodecError
from visio_desktop.media.hardware.candidates import Candidate
from visio_desktop.media.pyav_codec import create_context
from visio_desktop.media.pyav_encoder import encode_frame
from visio_desktop.media.raw import Plane, RawFrame, even_up


class HardwareEncoder:
    """Encodes pictures of one size. Raises `CodecError` where it cannot be opened."""

    def __init__(self, candidate: Candidate, settings: EncodeSettings) -> None:
        self._pixels = candidate.pixels
        self._ceiling_bps = settings.bitrate_bps
        self._pictures = 0
        self._context = context = create_context(candidate.name, "w")
        context.width, context.height = even_up(settings.width_px), even_up(settings.height_px)
        context.pix_fmt = candidate.pixels
        context.time_base = Fraction(1, settings.fps)
        context.framerate = Fraction(settings.fps, 1)
        context.bit_rate = settings.bitrate_bps
        context.max_b_frames = 0
        context.gop_size = 1_000_000
        rate = str(settings.bitrate_bps)
        context.options = {**candidate.options, "maxrate": rate, "bufsize": rate}
        try:
            context.open()
        except (av.FFmpegError, ValueError) as error:
            raise CodecError(candidate.name, str(error)) from error

    def encode(self, frame: RawFrame, *, key: bool) -> EncodedPicture | None:
        """Encode one picture; None where nothing came of it yet."""
        if (frame.width_px, frame.height_px) != (self._context.width, self._context.height):
            raise CodecError(self._context.name, f"not open for {frame.width_px}x{frame.height_px}")
        self._pictures += 1
        planes = _stacked(frame) if self._pixels == "yuv420p" else _interleaved(frame)
        picture = av.VideoFrame.from_ndarray(planes, format=self._pixels)
        return encode_frame(self._context, picture, self._pictures, key=key)

    def set_bitrate(self, bitrate_bps: int) -> None:
        """Aim at another bitrate, at most the one it was opened with."""
        self._context.bit_rate = min(bitrate_bps, self._ceiling_bps)

    def close(self) -> None:
        """Nothing is held beyond the object itself."""


def _stacked(frame: RawFrame) -> Plane:
    if frame.stacked is not None:
        return frame.stacked
    return np.concatenate([plane.ravel() for plane in (frame.y, frame.u, frame.v)]).reshape(-1, frame.width_px)


def _interleaved(frame: RawFrame) -> Plane:
    """Both colours in one plane, in turns: what graphics processors take."""
    result = np.empty((frame.height_px * 3 // 2, frame.width_px), np.uint8)
    result[: frame.height_px] = frame.y
    colours = result[frame.height_px :]
    colours[:, 0::2], colours[:, 1::2] = frame.u, frame.v
    return result
