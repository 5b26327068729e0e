from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.pictures import FRAME_MS, later, people, psnr_db
from visio_desktop.media import vpx_library as vpx
from visio_desktop.media.decode import Decoder, raw_frame
from visio_desktop.media.encoders import EncodeSettings
from visio_desktop.media.errors import CodecError
from visio_desktop.media.raw import RawFrame
from visio_desktop.media.vpx import Vp8Encoder
from visio_desktop.rtc.frames import Codec

_SETTINGS = EncodeSettings(320, 180, 30, 300_000)


def test_the_round_trip_keeps_the_picture() -> None:
    encoder, decoder = Vp8Encoder(_SETTINGS), Decoder(Codec.VP8)
    for number, frame in enumerate(people(30)):
        made = encoder.encode(frame, key=False)
        assert made is not None
        assert made.key == (number == 0)
        picture = decoder.decode(made.payload)
        assert picture is not None
    assert picture is not None
    decoded = raw_frame(picture, 0)
    assert psnr_db(decoded.y, frame.y) > 35
    assert psnr_db(decoded.u, frame.u) > 35
    encoder.close()


def test_the_bitrate_follows_without_a_key_frame() -> None:
    encoder, frames = Vp8Encoder(EncodeSettings(640, 360, 30, 300_000)), people(50, 640, 360)
    random = np.random.default_rng(0)
    for frame in frames:  # enough noise that the rate is what limits
        frame.y[:] = np.clip(frame.y + random.normal(0, 6, frame.y.shape), 0, 255).astype(np.uint8)
    rates, keys, number = [], 0, 0
    for target_bps in (300_000, 900_000, 1_400_000, 400_000):
        encoder.set_bitrate(target_bps)
        sizes = []
        for _ in range(90):
            made = encoder.encode(later(frames[number % 50], number * FRAME_MS), key=False)
            sizes.append(0 if made is None else len(made.payload))
            keys += made is not None and made.key
            number += 1
        rates.append(sum(sizes[45:]) * 8 / 1.5 / target_bps)
    assert keys == 1
    assert all(0.75 < rate < 1.25 for rate in rates), rates


def test_a_key_frame_comes_when_forced() -> None:
    encoder = Vp8Encoder(_SETTINGS)
    made = [encoder.encode(frame, key=number == 7) for number, frame in enumerate(people(12))]
    assert [number for number, picture in enumerate(made) if picture and picture.key] == [0, 7]


def test_padded_rows_are_encoded_as_they_are_seen() -> None:
    frame = people(1)[0]
    wide = [np.pad(plane, ((0, 0), (0, 24))) for plane in (frame.y, frame.u, frame.v)]
    y, u, v = (plane[:, :-24] for plane in wide)
    made = Vp8Encoder(_SETTINGS).encode(RawFrame(y, u, v, 0.0), key=True)
    assert made == Vp8Encoder(_SETTINGS).encode(frame, key=True)


def test_what_it_cannot_do_is_a_codec_error() -> None:
    encoder = Vp8Encoder(_SETTINGS)
    with pytest.raises(CodecError, match="160x90"):
        encoder.encode(people(1, 160, 90)[0], key=False)
    encoder.close()
    encoder.close()
    with pytest.raises(CodecError):
        encoder.encode(people(1)[0], key=False)
    with pytest.raises(CodecError):
        Vp8Encoder(EncodeSettings(1 << 20, 180, 30, 300_000))


def test_a_screen_with_too_few_bits_leaves_pictures_out_and_stays_sharp() -> None:
    print_px = np.random.default_rng(0).integers(0, 2, (900, 160)).repeat(4, axis=1) * 255
    settings = EncodeSettings(640, 360, 5, 150_000, screen=True)
    encoder, decoder = Vp8Encoder(settings), Decoder(Codec.VP8)
    made, shown, pages = 0, None, []
    for number in range(40):
        page = people(1, 640, 360)[0]
        page.y[:] = print_px[number % 20 * 16 : number % 20 * 16 + 360]
        pages.append(page)
        picture = encoder.encode(later(page, number * 200.0), key=False)
        if picture is not None:
            made += 1
            decoded = decoder.decode(picture.payload)
            assert decoded is not None
            shown = raw_frame(decoded, 0.0)
            assert psnr_db(shown.y, page.y) > 22
    assert 2 <= made <= 30
    encoder.close()


def test_a_gap_in_the_capture_is_no_reason_to_send_more() -> None:
    encoder, frames = Vp8Encoder(EncodeSettings(320, 180, 30, 200_000)), people(40)
    random = np.random.default_rng(0)
    for frame in frames:  # enough noise that the rate is what limits
        frame.y[:] = np.clip(frame.y + random.normal(0, 6, frame.y.shape), 0, 255).astype(np.uint8)
    sizes = []
    for number in range(135):
        at_ms = number * FRAME_MS + (500.0 if number >= 90 else 0.0)
        made = encoder.encode(later(frames[number % 40], at_ms), key=False)
        sizes.append(0 if made is None else len(made.payload))
    assert 0.7 < sum(sizes[60:90]) * 8 / 200_000 < 1.2
    assert 0.7 < sum(sizes[90:120]) * 8 / 200_000 < 1.3
    encoder.close()


def test_what_is_encoded_fast_is_what_can_bear_it() -> None:
    small, large, screen = (
        dict(Vp8Encoder._controls(EncodeSettings(*size_px, 15, 500_000, screen=screen)))
        for size_px, screen in (((640, 360), False), ((1280, 720), False), ((1280, 720), True))
    )
    assert [each[vpx.SET_CPU_USED] for each in (small, large, screen)] == [-8, -14, -16]
    assert small[vpx.SET_STATIC_THRESHOLD] < large[vpx.SET_STATIC_THRESHOLD]


def test_a_large_face_is_as_good_as_before() -> None:
    encoder, decoder = Vp8Encoder(EncodeSettings(1280, 720, 30, 1_700_000)), Decoder(Codec.VP8)
    alike_db, sent = [], 0
    for frame in people(20, 1280, 720):
        made = encoder.encode(frame, key=False)
        assert made is not None
        sent += len(made.payload)
        picture = decoder.decode(made.payload)
        assert picture is not None
        decoded = raw_frame(picture, 0.0)
        alike_db.append(psnr_db(decoded.y, frame.y))
    assert min(alike_db[10:]) > 45
    assert sent * 8 * 30 / 20 < 1.5 * 1_700_000
    encoder.close()
