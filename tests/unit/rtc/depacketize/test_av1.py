from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.encoded import decode, encoded
from visio_desktop.rtc.depacketize.av1 import assemble, parse, read_size, write_size
from visio_desktop.rtc.errors import PayloadError
from visio_desktop.rtc.frames import Codec
from visio_desktop.rtc.packetize.av1 import packetize

Z, Y, N = 0x80, 0x40, 0x08
DELIMITER = b"\x12\x00"
FRAME, FRAME_SIZED = b"\x30frame", b"\x32\x05frame"
LAYERED, LAYERED_SIZED = b"\x34\x28frame", b"\x36\x28\x05frame"


def joined(*payloads: bytes) -> bytes:
    return assemble([parse(payload) for payload in payloads])


def test_first_packet_of_a_sequence_is_a_key_frame() -> None:
    assert parse(bytes([0x10 | N]) + FRAME)[1:4] == (True, True, True)
    assert parse(b"\x10" + FRAME)[1:4] == (True, False, False)
    assert parse(bytes([Z | N]) + FRAME)[1:4] == (False, False, False)


def test_elements_with_and_without_count() -> None:
    assert joined(b"\x10" + FRAME) == DELIMITER + FRAME_SIZED
    assert joined(b"\x20\x06" + FRAME + LAYERED) == DELIMITER + FRAME_SIZED + LAYERED_SIZED
    assert joined(b"\x00\x06" + FRAME + b"\x07" + LAYERED) == DELIMITER + FRAME_SIZED + LAYERED_SIZED


def test_sizes_that_are_there_stay_and_delimiters_go() -> None:
    assert joined(b"\x00\x02\x12\x00\x07" + FRAME_SIZED) == DELIMITER + FRAME_SIZED


def test_fragments() -> None:
    assert joined(bytes([Y, 3]) + b"\x30fr", bytes([Z | Y, 1]) + b"a", bytes([Z, 2]) + b"me") == DELIMITER + FRAME_SIZED


@pytest.mark.parametrize("payload", [b"", b"\x10"])
def test_empty_packets(payload: bytes) -> None:
    with pytest.raises(PayloadError):
        parse(payload)


@pytest.mark.parametrize(
    "payloads",
    [
        [b"\x00\x09abc"],
        [b"\x00\x00"],
        [b"\x30\x01a"],
        [b"\x00\x80"],
        [b"\x00\x80\x80\x80\x80\x80\x01a"],
        [bytes([Y, 1]) + b"a"],
        [bytes([Z, 1]) + b"a"],
        [bytes([Y, 1]) + b"a", b"\x00\x01a"],
        [b"\x10\x34"],
    ],
)
def test_what_does_not_fit_together(payloads: list[bytes]) -> None:
    with pytest.raises(PayloadError):
        joined(*payloads)


@given(st.lists(st.binary(max_size=30), max_size=6))
def test_rubbish_raises_nothing_else(payloads: list[bytes]) -> None:
    with contextlib.suppress(PayloadError):
        assert joined(*payloads).startswith(DELIMITER)


@given(st.integers(0, (1 << 35) - 1), st.binary(max_size=3))
def test_sizes_round_trip(value: int, rest: bytes) -> None:
    data = write_size(value)
    assert read_size(data + rest, 0) == (value, len(data))


def test_real_frames_come_back_and_decode() -> None:
    frames = encoded(Codec.AV1, 6)
    back = [joined(*packetize(frame, 0)) for frame in frames]
    assert back == [frame.payload for frame in frames]
    assert decode(Codec.AV1, back) == [(320, 180)] * 6
    assert [parse(packetize(frame, 0)[0]).key for frame in frames] == [True] + [False] * 5
