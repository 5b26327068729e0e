from __future__ import annotations

import numpy as np

from tests.helpers.pictures import FRAME_MS, later, people, psnr_db
from visio_desktop.media.decode import Decoder, raw_frame
from visio_desktop.media.encoders import EncodeSettings
from visio_desktop.media.h264 import H264Encoder
from visio_desktop.rtc.frames import Codec


def test_the_round_trip_keeps_the_picture_without_delay() -> None:
    encoder, decoder = H264Encoder(EncodeSettings(320, 180, 30, 400_000)), Decoder(Codec.H264)
    for number, frame in enumerate(people(20)):
        made = encoder.encode(frame, key=number == 9)
        assert made is not None
        assert made.key == (number in {0, 9})
        picture = decoder.decode(made.payload)
        assert picture is not None, "the decoder held a picture back"
    assert picture is not None
    assert psnr_db(raw_frame(picture, 0).y, frame.y) > 34


def test_the_bitrate_follows_below_the_ceiling() -> None:
    encoder, frames = H264Encoder(EncodeSettings(320, 180, 30, 900_000)), people(30)
    random = np.random.default_rng(0)
    for frame in frames:
        frame.y[:] = np.clip(frame.y + random.normal(0, 6, frame.y.shape), 0, 255).astype(np.uint8)
    rates, keys, number = [], 0, 0
    for target_bps in (800_000, 300_000, 700_000):
        encoder.set_bitrate(target_bps)
        size = 0
        for step in range(90):
            made = encoder.encode(later(frames[number % 30], number * FRAME_MS), key=False)
            assert made is not None
            keys += made.key
            size += len(made.payload) if step >= 45 else 0
            number += 1
        rates.append(size * 8 / 1.5 / target_bps)
    assert keys == 1
    assert all(0.7 < rate < 1.3 for rate in rates), rates
