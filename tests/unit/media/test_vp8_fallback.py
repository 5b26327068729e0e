from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.pictures import FRAME_MS, later, people, psnr_db
from visio_desktop.media.decode import Decoder, raw_frame
from visio_desktop.media.encoders import EncodeSettings
from visio_desktop.media.vp8_fallback import Vp8Fallback, rung_bps
from visio_desktop.rtc.frames import Codec

_SETTINGS = EncodeSettings(320, 180, 30, 400_000)


@given(st.integers(0, 5_000_000), st.integers(100_000, 5_000_000))
def test_a_rung_is_never_above_what_the_network_carries(bitrate_bps: int, ceiling_bps: int) -> None:
    rung = rung_bps(bitrate_bps, ceiling_bps)
    assert 60_000 <= rung <= max(60_000, min(bitrate_bps, ceiling_bps))
    assert rung * 1.36 > min(bitrate_bps, ceiling_bps) or rung == 60_000


def test_the_round_trip_keeps_the_picture() -> None:
    encoder, decoder = Vp8Fallback(_SETTINGS), Decoder(Codec.VP8)
    for frame in people(15):
        made = encoder.encode(frame, key=False)
        assert made is not None
        picture = decoder.decode(made.payload)
    assert picture is not None
    assert psnr_db(raw_frame(picture, 0).y, frame.y) > 34


def test_only_a_step_on_the_ladder_costs_a_key_frame() -> None:
    encoder, frames, keys = Vp8Fallback(_SETTINGS), people(1), []
    for number in range(60):
        if number >= 20:
            encoder.set_bitrate(380_000 + number)  # wavers within one rung
        if number == 40:
            encoder.set_bitrate(150_000)
        if number > 40:
            encoder.set_bitrate(390_000)  # too early to go up again
        made = encoder.encode(later(frames[0], number * FRAME_MS), key=False)
        if made is not None and made.key:
            keys.append(number)
    assert keys == [0, 20, 40]
