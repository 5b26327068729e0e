from __future__ import annotations

import contextlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.pictures import encoded, people, psnr_db
from visio_desktop.media.decode import Decoder, raw_frame
from visio_desktop.media.encoders import EncodeSettings
from visio_desktop.media.errors import CodecError
from visio_desktop.media.pyav_encoder import encode_with, open_context
from visio_desktop.rtc.frames import Codec

_CODECS = (Codec.VP8, Codec.VP9, Codec.H264)


def _vp9(count: int) -> list[bytes]:
    options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    context = open_context("libvpx-vp9", EncodeSettings(320, 180, 30, 300_000), options)
    made = (encode_with(context, frame, n, key=False) for n, frame in enumerate(people(count)))
    return [picture.payload for picture in made if picture is not None]


def _stream(codec: Codec, count: int = 10) -> list[bytes]:
    if codec is Codec.VP9:
        return _vp9(count)
    return [frame.payload for frame in encoded(people(count), codec)]


@pytest.mark.parametrize("codec", _CODECS)
def test_each_codec_gives_every_picture(codec: Codec) -> None:
    decoder = Decoder(codec)
    pictures = [decoder.decode(payload) for payload in _stream(codec)]
    last = pictures[-1]
    assert None not in pictures
    assert last is not None
    frame = raw_frame(last, 3.0)
    assert (frame.width_px, frame.height_px, frame.u.shape, frame.capture_ms) == (320, 180, (90, 160), 3.0)
    assert psnr_db(frame.y, people(10)[-1].y) > 33


def test_filler_pictures_are_not_shown() -> None:
    decoder = Decoder(Codec.VP8)
    assert decoder.decode(encoded(people(1, 8, 8))[0].payload) is None
    assert decoder.decode(encoded(people(1))[0].payload) is not None


def test_a_codec_without_pictures_is_refused() -> None:
    with pytest.raises(CodecError):
        Decoder(Codec.OPUS)


def test_empty_and_huge_payloads_are_refused() -> None:
    decoder = Decoder(Codec.VP8)
    for payload in (b"", bytes(9 << 20)):
        with pytest.raises(CodecError):
            decoder.decode(payload)


@pytest.mark.parametrize("codec", [*_CODECS, Codec.AV1])
@settings(max_examples=60, deadline=None)
@given(payload=st.binary(max_size=300))
def test_hostile_bytes_end_in_a_codec_error_or_nothing(codec: Codec, payload: bytes) -> None:
    with contextlib.suppress(CodecError):
        Decoder(codec).decode(payload)


@pytest.mark.parametrize("codec", _CODECS)
def test_damaged_frames_never_do_more_than_fail(codec: Codec) -> None:
    dice, good = random.Random(7), _stream(codec)
    for _ in range(25):
        decoder = Decoder(codec)
        for payload in good:
            damaged = bytearray(payload)
            for _ in range(dice.randrange(4)):
                damaged[dice.randrange(len(damaged))] = dice.randrange(256)
            try:
                picture = decoder.decode(bytes(damaged[: dice.randrange(1, len(damaged) + 1)]))
            except CodecError:
                continue
            if picture is not None:
                raw_frame(picture, 0).y.max()


def test_a_picture_that_claims_to_be_huge_gets_no_memory() -> None:
    payload = bytearray(encoded(people(1))[0].payload)
    payload[6:10] = b"\x40\x1f\x40\x1f"  # RFC 6386 9.1: width and height, 14 bits each
    with pytest.raises(CodecError):
        Decoder(Codec.VP8).decode(bytes(payload))


def test_a_size_change_within_the_stream_is_followed() -> None:
    decoder = Decoder(Codec.VP8)
    sizes = []
    for width, height in ((320, 180), (160, 90), (640, 360)):
        picture = decoder.decode(encoded(people(1, width, height))[0].payload)
        assert picture is not None
        sizes.append((picture.width, picture.height))
    assert sizes == [(320, 180), (160, 90), (640, 360)]
