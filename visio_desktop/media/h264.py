"""The H.264 encoder: x264 through PyAV, constrained baseline as WebRTC asks (RFC 7742).

Opened with its ceiling as the buffer's rate, x264 follows any bitrate below it without a key frame.
"""

from __future__ import annotations

from visio_desktop.media.encoders import EncodedPicture, EncodeSettings
from visio_desktop.media.pyav_encoder import encode_with, open_context
from visio_desktop.media.raw import RawFrame

_OPTIONS = {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline", "forced-idr": "1"}


class H264Encoder:
    """Encodes pictures of one size into Annex B."""

    def __init__(self, settings: EncodeSettings) -> None:
        rate = str(settings.bitrate_bps)
        self._ceiling_bps = settings.bitrate_bps
        self._context = open_context("libx264", settings, {**_OPTIONS, "maxrate": rate, "bufsize": rate})
        self._pictures = 0

    def encode(self, frame: RawFrame, *, key: bool) -> EncodedPicture | None:
        """Encode one picture."""
        self._pictures += 1
        return encode_with(self._context, frame, self._pictures, key=key)

    def set_bitrate(self, bitrate_bps: int) -> None:
        """Aim at another bitrate, at most the one the encoder was opened with."""
        self._context.bit_rate = min(bitrate_bps, self._ceiling_bps)

    def close(self) -> None:
        """Nothing is held beyond the object itself."""
