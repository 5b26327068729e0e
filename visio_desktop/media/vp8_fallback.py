"""VP8 through PyAV, for machines whose libvpx cannot be called: the bitrate moves on a ladder.

PyAV passes no new bitrate to libvpx, so another rung means another encoder, whose first picture is a key frame. Rungs
lie a third apart and a rung is kept for a while, so that a wavering network does not cost a key frame each time.
"""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.media.encoders import EncodedPicture, EncodeSettings
from visio_desktop.media.pyav_encoder import encode_with, open_context
from visio_desktop.media.raw import RawFrame

_RUNG = 1.35
_LOWEST_BPS = 60_000
_STAY_PICTURES_UP = 90
_OPTIONS = {
    "deadline": "realtime",
    "cpu-used": "-8",
    "noise-sensitivity": "0",
    "lag-in-frames": "0",
    "undershoot-pct": "100",
    "overshoot-pct": "15",
    "qmin": "2",
    "qmax": "56",
}


def rung_bps(bitrate_bps: int, ceiling_bps: int) -> int:
    """The highest rung that is not above `bitrate_bps`; rungs go down from `ceiling_bps` in steps of a third."""
    rung = float(ceiling_bps)
    while rung > max(bitrate_bps, _LOWEST_BPS):
        rung /= _RUNG
    return max(int(rung), _LOWEST_BPS)


class Vp8Fallback:
    """Encodes pictures of one size."""

    def __init__(self, settings: EncodeSettings) -> None:
        self._ceiling_bps = settings.bitrate_bps
        self._settings = replace(settings, bitrate_bps=rung_bps(settings.bitrate_bps, settings.bitrate_bps))
        self._context = open_context("libvpx", self._settings, self._options())
        self._pictures = 0
        self._on_rung = 0

    def encode(self, frame: RawFrame, *, key: bool) -> EncodedPicture | None:
        """Encode one picture."""
        self._pictures += 1
        self._on_rung += 1
        return encode_with(self._context, frame, self._pictures, key=key)

    def set_bitrate(self, bitrate_bps: int) -> None:
        """Step down at once, up only after three seconds on a rung; a step costs a key frame."""
        rung = rung_bps(bitrate_bps, max(self._ceiling_bps, bitrate_bps))
        down = rung < self._settings.bitrate_bps
        if rung == self._settings.bitrate_bps or (not down and self._on_rung < _STAY_PICTURES_UP):
            return
        self._settings = replace(self._settings, bitrate_bps=rung)
        self._context = open_context("libvpx", self._settings, self._options())
        self._on_rung = 0

    def close(self) -> None:
        """Nothing is held beyond the object itself."""

    def _options(self) -> dict[str, str]:
        rate = str(self._settings.bitrate_bps)
        return {**_OPTIONS, "minrate": rate, "maxrate": rate, "bufsize": rate}
