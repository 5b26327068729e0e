from __future__ import annotations

from dataclasses import replace

import pytest

from tests.helpers.odd_encoders import candidate
from visio_desktop.media import vpx, vpx_library
from visio_desktop.media.encoders import EncodeSettings, open_encoder
from visio_desktop.media.errors import CodecError
from visio_desktop.media.h264 import H264Encoder
from visio_desktop.media.hardware.falling import FallingEncoder
from visio_desktop.media.hardware.kept import Proven
from visio_desktop.media.vp8_fallback import Vp8Fallback
from visio_desktop.rtc.frames import Codec

_SETTINGS = EncodeSettings(320, 180, 30, 300_000)


def test_each_codec_has_its_encoder() -> None:
    assert isinstance(open_encoder(Codec.VP8, _SETTINGS), vpx.Vp8Encoder)
    assert isinstance(open_encoder(Codec.H264, _SETTINGS), H264Encoder)


def test_without_libvpx_pyav_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise CodecError("vp8", "not there")

    monkeypatch.setattr(vpx_library, "load", missing)
    assert isinstance(open_encoder(Codec.VP8, _SETTINGS), Vp8Fallback)


def test_large_pictures_go_through_hardware_that_has_proven_itself() -> None:
    large = replace(_SETTINGS, width_px=640, height_px=360)
    failed: list[str] = []
    proven = Proven(candidate("libx264"), failed.append)
    opened = open_encoder(Codec.H264, replace(large, hardware=proven))
    assert isinstance(opened, FallingEncoder)
    opened.close()
    assert isinstance(open_encoder(Codec.H264, replace(_SETTINGS, hardware=proven)), H264Encoder), "a small one"
    assert isinstance(open_encoder(Codec.VP8, replace(large, hardware=proven)), vpx.Vp8Encoder), "another codec"
    proven.failed("hangs")
    assert isinstance(open_encoder(Codec.H264, replace(large, hardware=proven)), H264Encoder)
    assert failed == ["hangs"]


def test_other_codecs_cannot_be_sent() -> None:
    with pytest.raises(CodecError):
        open_encoder(Codec.OPUS, _SETTINGS)
