"""What a camera is asked for, and what is sent of it, for each quality a person may choose."""

from __future__ import annotations

from typing import Final

from visio_desktop.media.encoders import EncodeSettings
from visio_desktop.media.sources.port import CaptureSize
from visio_desktop.meeting.look import PictureQuality

CAMERA_ENCODING: Final = EncodeSettings(width_px=1280, height_px=720, fps=30, bitrate_bps=1_700_000)
QUALITIES: Final = {
    PictureQuality.FULL_HD: EncodeSettings(width_px=1920, height_px=1080, fps=30, bitrate_bps=3_000_000),
    PictureQuality.HD: CAMERA_ENCODING,
    PictureQuality.SMALL: EncodeSettings(width_px=640, height_px=360, fps=30, bitrate_bps=500_000),
    PictureQuality.SAVER: EncodeSettings(width_px=480, height_px=270, fps=15, bitrate_bps=200_000),
}
_SMALLEST_PX: Final = (640, 360)


def camera_size(quality: PictureQuality) -> CaptureSize:
    """What to ask of the camera; few know a size below 640 x 360."""
    limit = QUALITIES[quality]
    return CaptureSize(max(_SMALLEST_PX[0], limit.width_px), max(_SMALLEST_PX[1], limit.height_px), limit.fps)


def camera_encoding(asked: CaptureSize) -> EncodeSettings:
    """What is sent of a camera that was asked for this."""
    found = (limit for quality, limit in QUALITIES.items() if camera_size(quality) == asked)
    return next(found, CAMERA_ENCODING)
