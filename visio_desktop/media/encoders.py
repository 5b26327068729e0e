"""The one interface to every picture encoder, and the choice between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from visio_desktop.media.errors import CodecError
from visio_desktop.rtc.frames import Codec
from visio_desktop.system.log import get_logger

if TYPE_CHECKING:
    from visio_desktop.media.hardware.kept import Proven
    from visio_desktop.media.raw import RawFrame

_LEAST_FOR_HARDWARE_PX = 640 * 360
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class EncodeSettings:
    """The largest picture, rate and bitrate to send. Sizes are rounded up to even numbers.

    Large pictures go through the `hardware` that has proven itself, if any.
    """

    width_px: int
    height_px: int
    fps: int
    bitrate_bps: int
    screen: bool = False
    hardware: Proven | None = None


@dataclass(frozen=True, slots=True)
class EncodedPicture:
    """What an encoder made of one picture."""

    payload: bytes
    key: bool


class VideoEncoder(Protocol):
    """An encoder for pictures of one size. Used by one thread at a time."""

    def encode(self, frame: RawFrame, *, key: bool) -> EncodedPicture | None:
        """Encode a picture of the agreed size; None where the encoder dropped it. Raises `CodecError`."""

    def set_bitrate(self, bitrate_bps: int) -> None:
        """Aim at another bitrate from the next picture on."""

    def close(self) -> None:
        """Release the encoder."""


def open_encoder(codec: Codec, settings: EncodeSettings) -> VideoEncoder:
    """An encoder for `codec`; loads libraries, so call it off the loop. Raises `CodecError`."""
    proven = settings.hardware
    large = settings.width_px * settings.height_px >= _LEAST_FOR_HARDWARE_PX
    if proven is None or not proven.is_good or proven.candidate.codec is not codec or not large:
        return open_software(codec, settings)
    from visio_desktop.media.hardware import falling  # noqa: PLC0415 - for those who have some
    from visio_desktop.media.hardware.encoder import HardwareEncoder  # noqa: PLC0415 - as above

    own = partial(HardwareEncoder, proven.candidate, settings)
    software = partial(open_software, codec, settings)
    return falling.FallingEncoder(own, software, proven.failed, falling.PATIENCE_S)


def open_software(codec: Codec, settings: EncodeSettings) -> VideoEncoder:
    """As `open_encoder`, without hardware."""
    match codec:
        case Codec.VP8:
            return _open_vp8(settings)
        case Codec.H264:
            from visio_desktop.media.h264 import H264Encoder  # noqa: PLC0415 - PyAV is imported late

            return H264Encoder(settings)
        case _:
            raise CodecError(codec.value, "cannot be sent")


def _open_vp8(settings: EncodeSettings) -> VideoEncoder:
    from visio_desktop.media.vpx import Vp8Encoder  # noqa: PLC0415 - loads libvpx

    try:
        return Vp8Encoder(settings)
    except CodecError as error:
        _log.warning("libvpx_not_used", reason=str(error))
        from visio_desktop.media.vp8_fallback import Vp8Fallback  # noqa: PLC0415 - PyAV is imported late

        return Vp8Fallback(settings)
