from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.depacketize.part import Temporal
from visio_desktop.rtc.depacketize.vp8 import assemble, parse
from visio_desktop.rtc.errors import PayloadError
from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.rtc.packetize.vp8 import packetize

KEY, DELTA = b"\x00rest", b"\x01rest"


def test_short_descriptor_of_a_key_frame() -> None:
    part = parse(b"\x10" + KEY)
    assert (part.body, part.starts, part.key, part.key_start) == (KEY, True, True, True)


def test_delta_frame_is_no_key_frame() -> None:
    part = parse(b"\x10" + DELTA)
    assert part.starts
    assert not part.key


def test_continuation_and_later_partitions_start_nothing() -> None:
    assert not parse(b"\x00" + KEY).starts
    assert not parse(b"\x11" + KEY).starts
    assert not parse(b"\x11" + KEY).key


@pytest.mark.parametrize(
    ("descriptor", "temporal"),
    [
        (b"\x90\x80\x11", None),
        (b"\x90\x80\x91\x22", None),
        (b"\x90\xe0\x91\x22\x07\xa0", Temporal(2, 7, True)),
        (b"\x90\xf0\x91\x22\x07\x41", Temporal(1, 7, False)),
        (b"\x90\x60\x07\x00", Temporal(0, 7, False)),
        (b"\x90\x20\x40", None),
        (b"\x90\x10\x03", None),
        (b"\x90\x00", None),
    ],
)
def test_extended_descriptors(descriptor: bytes, temporal: Temporal | None) -> None:
    part = parse(descriptor + KEY)
    assert part.body == KEY
    assert part.key
    assert part.temporal == temporal


@pytest.mark.parametrize("payload", [b"", b"\x10", b"\x90", b"\x90\x80", b"\x90\x80\x80\x01", b"\x90\xe0\x01\x02"])
def test_cut_short(payload: bytes) -> None:
    with pytest.raises(PayloadError):
        parse(payload)


@given(st.binary(max_size=40))
def test_rubbish_raises_nothing_else(payload: bytes) -> None:
    with contextlib.suppress(PayloadError):
        assert parse(payload).body


@given(st.binary(min_size=1, max_size=5000), st.integers(0, 1 << 20))
def test_round_trip(payload: bytes, picture: int) -> None:
    parts = [parse(packet) for packet in packetize(EncodedFrame(Codec.VP8, payload, 0), picture)]
    assert assemble(parts) == payload
    assert [part.starts for part in parts] == [True] + [False] * (len(parts) - 1)
