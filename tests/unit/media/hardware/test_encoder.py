"""An encoder by its name; libx264 stands in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.helpers.odd_encoders import candidate
from tests.helpers.pictures import psnr_db
from visio_desktop.media.decode import Decoder, raw_frame
from visio_desktop.media.encoders import EncodeSettings
from visio_desktop.media.errors import CodecError
from visio_desktop.media.hardware.candidates import named
from visio_desktop.media.hardware.encoder import HardwareEncoder
from visio_desktop.media.hardware.trial import patterns
from visio_desktop.media.raw import RawFrame
from visio_desktop.rtc.frames import Codec

SETTINGS = EncodeSettings(320, 180, 30, 400_000)


@pytest.mark.parametrize("pixels", ["yuv420p", "nv12"])
@pytest.mark.parametrize("stacked", [True, False])
def test_pictures_come_out_as_they_went_in(pixels: str, *, stacked: bool) -> None:
    encoder = HardwareEncoder(replace(candidate("libx264"), pixels=pixels), SETTINGS)
    given = patterns(320, 180)[3]
    frame = given if stacked else RawFrame(given.y, given.u, given.v, 0.0)
    made = encoder.encode(frame, key=True)
    assert made is not None
    assert made.key
    again = encoder.encode(frame, key=False)
    assert again is not None
    assert not again.key
    seen = Decoder(Codec.H264).decode(made.payload)
    assert seen is not None
    shown = raw_frame(seen, 0.0)
    for drawn, wanted in ((shown.y, given.y), (shown.u, given.u), (shown.v, given.v)):
        assert psnr_db(np.ascontiguousarray(drawn), wanted) > 28
    encoder.set_bitrate(100_000)
    encoder.close()


def test_what_is_not_here_or_of_another_size_is_refused() -> None:
    nvenc = named("h264_nvenc")
    assert nvenc is not None
    with pytest.raises(CodecError):
        HardwareEncoder(nvenc, replace(SETTINGS, width_px=64, height_px=64))
    encoder = HardwareEncoder(candidate("libx264"), SETTINGS)
    with pytest.raises(CodecError):
        encoder.encode(patterns(160, 90)[0], key=False)
