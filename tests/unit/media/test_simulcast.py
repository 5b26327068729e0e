from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.pictures import FRAME_MS, later, people, psnr_db
from visio_desktop.media.decode import Decoder, raw_frame
from visio_desktop.media.encoders import EncodeSettings
from visio_desktop.media.raw import RawFrame
from visio_desktop.media.simulcast import Simulcast
from visio_desktop.rtc.frames import Codec, EncodedFrame, SendLayer

SETTINGS = EncodeSettings(640, 360, 30, 700_000)
LAYERS = (SendLayer("q", 4.0, 60_000), SendLayer("h", 2.0, 200_000), SendLayer("f", 1.0, 700_000))
ALL = (60_000, 200_000, 700_000)


def pictures(count: int, width_px: int = 640, height_px: int = 360) -> list[RawFrame]:
    picture = people(1, width_px, height_px)[0]
    return [later(picture, number * FRAME_MS) for number in range(count)]


def run(simulcast: Simulcast, frames: list[RawFrame], targets: tuple[int, ...] = ALL) -> list[list[EncodedFrame]]:
    return [simulcast.encode(frame, targets, ()) for frame in frames]


@pytest.mark.parametrize("codec", [Codec.VP8, Codec.H264])
def test_one_picture_in_three_sizes_at_one_time(codec: Codec) -> None:
    source = people(3, 640, 360)
    simulcast = Simulcast(codec, SETTINGS, LAYERS)
    made = run(simulcast, source)
    assert [[frame.layer for frame in each] for each in made] == [[0, 1, 2]] * 3
    assert all(len({frame.rtp_time for frame in each}) == 1 for each in made)
    assert [[frame.key for frame in each] for each in made] == [[True] * 3, [False] * 3, [False] * 3]
    for index, size in enumerate(((160, 90), (320, 180), (640, 360))):
        decoded = Decoder(codec).decode(made[0][index].payload)
        assert decoded is not None
        picture = raw_frame(decoded, 0.0)
        assert (picture.width_px, picture.height_px) == size
        factor = 640 // size[0]
        small = source[0].y.reshape(size[1], factor, size[0], factor).mean(axis=(1, 3)).astype(np.uint8)
        assert psnr_db(picture.y, small) > 28
    simulcast.close()


def test_a_layer_that_is_off_is_not_made_and_begins_anew_with_a_key_frame_of_its_own() -> None:
    simulcast, frames = Simulcast(Codec.VP8, SETTINGS, LAYERS), pictures(9)
    run(simulcast, frames[:3])
    low = run(simulcast, frames[3:6], (60_000, 200_000, 0))
    assert [[frame.layer for frame in each] for each in low] == [[0, 1]] * 3
    assert [layer.is_on for layer in simulcast.layers()] == [True, True, False]
    assert simulcast.statistics().height_px == 180
    back = run(simulcast, frames[6:])
    assert [(frame.layer, frame.key) for frame in back[0]] == [(0, False), (1, False), (2, True)]
    assert simulcast.statistics().height_px == 360
    assert [layer.key_frames for layer in simulcast.layers()] == [1, 1, 2]


def test_nothing_is_made_of_nothing_wanted() -> None:
    simulcast = Simulcast(Codec.VP8, SETTINGS, LAYERS)
    run(simulcast, pictures(2))
    assert run(simulcast, pictures(5)[2:], (0, 0, 0)) == [[], [], []]
    altogether = simulcast.statistics()
    assert (altogether.is_on, altogether.fps, altogether.bitrate_bps) == (False, 0.0, 0)
    assert [layer.height_px for layer in simulcast.layers()] == [90, 180, 360]


def test_a_key_frame_is_made_on_the_layer_it_is_asked_of() -> None:
    simulcast, frames = Simulcast(Codec.VP8, SETTINGS, LAYERS), pictures(12)
    run(simulcast, frames[:11])
    assert [frame.key for frame in simulcast.encode(frames[11], ALL, {1})] == [False, True, False]


def test_pictures_too_many_are_left_out_but_no_key_frame_with_them() -> None:
    simulcast, frames = Simulcast(Codec.VP8, EncodeSettings(640, 360, 15, 700_000), LAYERS[2:]), pictures(24)
    made = [simulcast.encode(frame, ALL[2:], {0} if number == 21 else ()) for number, frame in enumerate(frames)]
    assert [len(each) for each in made] == [1, 0] * 12
    assert [number for number, each in enumerate(made) if each and each[0].key] == [0, 22]


def test_without_layers_the_picture_is_sent_whole() -> None:
    simulcast = Simulcast(Codec.VP8, SETTINGS, ())
    (frame,) = simulcast.encode(pictures(1)[0], (500_000,), ())
    assert frame.layer == 0
    assert [layer.height_px for layer in simulcast.layers()] == [360]


def test_a_picture_larger_than_agreed_is_brought_within_and_sizes_stay_even() -> None:
    simulcast = Simulcast(Codec.VP8, SETTINGS, LAYERS)
    simulcast.encode(people(1, 1366, 768)[0], ALL, ())
    sizes = [(layer.width_px, layer.height_px) for layer in simulcast.layers()]
    assert sizes == [(160, 90), (320, 180), (640, 360)]
    odd = Simulcast(Codec.VP8, SETTINGS, LAYERS)
    odd.encode(people(1, 500, 282)[0], ALL, ())
    assert all(layer.width_px % 2 == 0 == layer.height_px % 2 for layer in odd.layers())


def test_bits_and_key_frames_of_all_layers_are_told_together() -> None:
    simulcast = Simulcast(Codec.VP8, SETTINGS, LAYERS)
    run(simulcast, pictures(70))
    each, altogether = simulcast.layers(), simulcast.statistics()
    assert altogether.bitrate_bps == sum(layer.bitrate_bps for layer in each) > 0
    assert altogether.key_frames == 3
    assert altogether.fps == pytest.approx(30, abs=1)
