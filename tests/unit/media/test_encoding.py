from __future__ import annotations

from dataclasses import replace

import pytest

from tests.helpers.pictures import FRAME_MS, later, people
from visio_desktop.media import encoding as encoding_module
from visio_desktop.media.encoders import EncodedPicture, EncodeSettings
from visio_desktop.media.encoding import Encoding
from visio_desktop.media.raw import RawFrame
from visio_desktop.rtc.frames import Codec, EncodedFrame

_SETTINGS = EncodeSettings(320, 180, 30, 300_000)


def _run(encoding: Encoding, count: int, *, keys: frozenset[int] = frozenset()) -> list[EncodedFrame]:
    picture = people(1)[0]
    made: list[EncodedFrame] = []
    for number in range(count):
        if number in keys:
            encoding.owe_key()
        frame = encoding.encode(later(picture, number * FRAME_MS), 300_000)
        made += [] if frame is None else [frame]
    return made


def test_rtp_time_is_the_capture_time() -> None:
    frames = _run(Encoding(Codec.VP8, _SETTINGS), 4)
    assert [frame.rtp_time for frame in frames] == [0, 3000, 6000, 9000]
    assert [frame.key for frame in frames] == [True, False, False, False]
    assert frames[2].capture_ms == pytest.approx(2 * FRAME_MS)


def test_key_frames_keep_their_distance_and_none_is_forgotten() -> None:
    frames = _run(Encoding(Codec.VP8, _SETTINGS), 60, keys=frozenset({3, 4, 20, 21, 22}))
    keys = [round(frame.rtp_time / 3000) for frame in frames if frame.key]
    assert keys == [0, 9, 20, 29]  # 300 ms are nine pictures


class Scripted:
    """An encoder whose pictures are of these sizes; the first is a key frame."""

    def __init__(self, sizes: list[int]) -> None:
        self.sizes = sizes
        self.made = 0

    def encode(self, _frame: RawFrame, *, key: bool) -> EncodedPicture:
        self.made += 1
        return EncodedPicture(bytes(self.sizes[self.made - 1]), key or self.made == 1)

    def set_bitrate(self, bitrate_bps: int) -> None:
        pass

    def close(self) -> None:
        pass


def test_what_stands_still_is_settled_once_it_said_next_to_nothing_twice_in_a_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    little, much = 320 * 180 // 4_000, 320 * 180 // 4_000 + 1
    encoder = Scripted([little, little, much, little, little, little])
    monkeypatch.setattr(encoding_module, "open_encoder", lambda *_: encoder)
    encoding, picture, settled = Encoding(Codec.VP8, _SETTINGS), people(1)[0], list[bool]()
    for number in range(5):
        encoding.encode(replace(later(picture, number * FRAME_MS), again=number > 0), 300_000)
        settled.append(encoding.is_settled)
    assert settled == [False, False, False, False, True], "a key frame does not count"
    encoding.encode(later(picture, 5 * FRAME_MS), 300_000)
    assert not encoding.is_settled, "another picture"


def test_it_tells_what_is_being_sent() -> None:
    encoding = Encoding(Codec.VP8, _SETTINGS)
    frames = _run(encoding, 70)
    statistics = encoding.statistics
    assert (statistics.width_px, statistics.height_px, statistics.key_frames) == (320, 180, 1)
    assert statistics.fps == pytest.approx(30, abs=1)
    assert 0 < statistics.bitrate_bps < sum(len(frame.payload) for frame in frames) * 8


def test_a_poor_network_gets_a_smaller_picture() -> None:
    encoding = Encoding(Codec.VP8, EncodeSettings(640, 360, 30, 500_000))
    picture = people(1, 640, 360)[0]
    sizes = []
    for number, target_bps in enumerate((500_000, 500_000, 80_000, 80_000, 500_000)):
        encoding.encode(later(picture, number * FRAME_MS), target_bps)
        sizes.append(encoding.statistics.width_px)
    assert sizes == [640, 640, 320, 320, 640]
    assert encoding.statistics.key_frames == 3


def test_the_whole_picture_is_sent_and_never_enlarged() -> None:
    encoding, sizes = Encoding(Codec.VP8, EncodeSettings(320, 240, 30, 300_000)), []
    for number, (width, height) in enumerate(((640, 360), (200, 150), (240, 480))):
        frame = later(people(1, width, height)[0], number * FRAME_MS)
        assert encoding.encode(frame, 300_000) is not None
        sizes.append((encoding.statistics.width_px, encoding.statistics.height_px))
    assert sizes == [(320, 180), (200, 150), (120, 240)]
    encoding.close()
    encoding.close()


def test_closed_it_sends_nothing_and_goes_on_with_a_key_frame() -> None:
    encoding, picture = Encoding(Codec.VP8, _SETTINGS), people(1)[0]
    _run(encoding, 3)
    encoding.close()
    assert not encoding.statistics.is_on
    again = encoding.encode(later(picture, 3 * FRAME_MS), 300_000)
    assert again is not None
    assert again.key
    assert (encoding.statistics.is_on, encoding.statistics.key_frames) == (True, 2)
