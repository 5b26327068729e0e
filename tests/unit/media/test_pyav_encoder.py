from __future__ import annotations

from dataclasses import replace

import pytest

from tests.helpers.pictures import people
from visio_desktop.media.encoders import EncodeSettings
from visio_desktop.media.errors import CodecError
from visio_desktop.media.pyav_encoder import encode_with, open_context

_SETTINGS = EncodeSettings(320, 180, 30, 300_000)


def test_a_key_frame_comes_on_the_picture_asked_for() -> None:
    context = open_context("libx264", _SETTINGS, {"tune": "zerolatency", "forced-idr": "1"})
    made = [encode_with(context, frame, n, key=n == 4) for n, frame in enumerate(people(8))]
    assert [n for n, picture in enumerate(made) if picture and picture.key] == [0, 4]


def test_planes_that_lie_apart_are_taken_too() -> None:
    context = open_context("libx264", _SETTINGS, {"tune": "zerolatency"})
    assert encode_with(context, replace(people(1)[0], stacked=None), 0, key=True) is not None


def test_what_it_cannot_do_is_a_codec_error() -> None:
    context = open_context("libx264", _SETTINGS, {})
    with pytest.raises(CodecError, match="160x90"):
        encode_with(context, people(1, 160, 90)[0], 0, key=False)
    with pytest.raises(CodecError):
        open_context("libx264", _SETTINGS, {"profile": "nonsense"})
