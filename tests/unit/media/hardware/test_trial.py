"""What an encoder has to show; those here stand in for one of a graphics processor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from tests.helpers import odd_encoders
from visio_desktop.media.encoders import EncodeSettings, VideoEncoder, open_software
from visio_desktop.media.errors import CodecError
from visio_desktop.media.hardware.encoder import HardwareEncoder
from visio_desktop.media.hardware.trial import SETTINGS, Cost, Trial, UnfitError, tried
from visio_desktop.rtc.frames import Codec

SMALL = replace(SETTINGS, width_px=320, height_px=180, bitrate_bps=250_000)


def compare(codec: Codec, hardware: Callable[[EncodeSettings], VideoEncoder]) -> Cost:
    software = partial(open_software, Codec.VP8)
    return Trial(codec, hardware, software, SMALL, odd_encoders.CLOCK.read).compare()


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("lying", "^wrong: another picture"),
        ("garbling", "^wrong: no "),
        ("keyless", "^disobeys: no key frame on request"),
        ("deaf", "^disobeys: bitrate"),
        ("late", "^slower: late"),
        ("slow", "^slower: "),
    ],
)
def test_whoever_does_not_do_it_is_found_out(name: str, problem: str) -> None:
    with pytest.raises(UnfitError, match=problem):
        compare(Codec.VP8, odd_encoders.ODD[name])


def test_whoever_does_it_is_compared() -> None:
    assert compare(Codec.VP8, odd_encoders.ODD["same"]).software_ms > 0
    chosen = odd_encoders.candidate("libx264")
    assert compare(Codec.H264, partial(HardwareEncoder, chosen)).hardware_ms > 0


def test_only_much_cheaper_is_worth_it() -> None:
    assert Cost(0.7, 1.0).is_worth_it
    assert not Cost(0.8, 1.0).is_worth_it


def test_what_cannot_be_opened_is_no_cost() -> None:
    def missing(_settings: EncodeSettings) -> VideoEncoder:
        raise CodecError("h264_nvenc", "no device")

    cost, problem = tried(Codec.H264, missing, partial(open_software, Codec.VP8))
    assert cost is None
    assert problem.startswith("closed: ")
    assert "no device" in problem
