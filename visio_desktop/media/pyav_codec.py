"""Codecs of PyAV by FFmpeg's names."""

from __future__ import annotations

from typing import Literal

import av
from av.codec.codec import UnknownCodecError
from av.video.codeccontext import VideoCodecContext

from visio_desktop.media.errors import CodecError


def create_context(library: str, mode: Literal["r", "w"]) -> VideoCodecContext:
    """A codec by FFmpeg's name, not yet opened. Raises `CodecError` where this PyAV has none."""
    try:
        context = av.CodecContext.create(library, mode)
    except UnknownCodecError as error:
        raise CodecError(library, "not in this PyAV") from error
    if not isinstance(context, VideoCodecContext):
        raise CodecError(library, "no video codec")
    return context
