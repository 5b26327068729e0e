from __future__ import annotations

import pytest

from visio_desktop.media.qualities import CAMERA_ENCODING, QUALITIES, camera_encoding, camera_size
from visio_desktop.media.sources.port import CaptureSize
from visio_desktop.meeting.look import PictureQuality


@pytest.mark.parametrize("quality", list(PictureQuality))
def test_what_is_sent_follows_from_what_was_asked_for(quality: PictureQuality) -> None:
    asked, sent = camera_size(quality), camera_encoding(camera_size(quality))
    assert sent == QUALITIES[quality]
    assert asked.width_px >= sent.width_px
    assert asked.fps == sent.fps


def test_every_quality_costs_less_than_the_one_before() -> None:
    bits = [QUALITIES[quality].bitrate_bps for quality in PictureQuality]
    assert bits == sorted(bits, reverse=True)
    assert len({camera_size(quality) for quality in PictureQuality}) == len(PictureQuality)


def test_a_camera_asked_for_anything_else_is_sent_as_usual() -> None:
    assert camera_encoding(CaptureSize(123, 45, 6)) == CAMERA_ENCODING
