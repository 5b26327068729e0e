from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.pictures import encoded, people
from visio_desktop.media import frame_clock
from visio_desktop.media.decode import Decoder, raw_frame
from visio_desktop.media.raw import blank
from visio_desktop.media.scale import contain, scale
from visio_desktop.rtc.frames import Codec


@given(st.integers(0, 2**40), st.integers(80, 700), st.integers(16, 40))
def test_what_is_stamped_is_read(time_ms: int, width: int, height: int) -> None:
    luma = np.full((height, width), 100, np.uint8)
    frame_clock.stamp(luma, time_ms)
    assert frame_clock.read(luma) == time_ms % 65536


def test_a_picture_without_the_bar_is_hardly_ever_read() -> None:
    random = np.random.default_rng(1)
    wrong = sum(frame_clock.read(random.integers(0, 255, (90, 160), np.uint8)) is not None for _ in range(200))
    assert wrong < 40  # four check bits let one in sixteen through
    assert frame_clock.read(np.zeros((90, 40), np.uint8)) is None


@pytest.mark.parametrize("size_px", [(640, 360), (320, 180)])
def test_the_bar_survives_shrinking(size_px: tuple[int, int]) -> None:
    frame = people(1, 1280, 720)[0]
    frame_clock.stamp(frame.y, 12345)
    assert frame_clock.read(scale(frame, contain((1280, 720), size_px)).y) == 12345


@pytest.mark.parametrize("codec", [Codec.VP8, Codec.H264])
def test_the_bar_survives_encoding_at_360p(codec: Codec) -> None:
    frames = people(20, 640, 360)
    for number, frame in enumerate(frames):
        frame_clock.stamp(frame.y, 33 * number)
    decoder = Decoder(codec)
    read = []
    for sent in encoded(frames, codec, 500_000):
        picture = decoder.decode(sent.payload)
        assert picture is not None
        read.append(frame_clock.read(raw_frame(picture, 0).y))
    assert read == [33 * number for number in range(20)]


def test_age_counts_over_the_overflow() -> None:
    assert frame_clock.age_ms(65530, 65536 * 9 + 4) == 10
    luma = blank(320, 180).y
    frame_clock.stamp(luma, 65536 * 7 + 5.9)
    assert frame_clock.read(luma) == 5
