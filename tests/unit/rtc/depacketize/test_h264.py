from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.depacketize.h264 import assemble, parse
from visio_desktop.rtc.errors import PayloadError
from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.rtc.packetize.h264 import nal_units, packetize

START = b"\x00\x00\x00\x01"
SPS, PPS, IDR, SLICE = b"\x67sps", b"\x68pps", b"\x65idr", b"\x41slice"


def aggregate(*units: bytes) -> bytes:
    return b"\x78" + b"".join(len(unit).to_bytes(2) + unit for unit in units)


def test_single_units() -> None:
    assert parse(SLICE)[:4] == (START + SLICE, True, False, False)
    assert parse(IDR)[:4] == (START + IDR, True, True, False)
    assert parse(SPS)[:4] == (START + SPS, True, True, True)


def test_aggregation() -> None:
    part = parse(aggregate(SPS, PPS, IDR))
    assert part.body == START + SPS + START + PPS + START + IDR
    assert part.key_start


def test_aggregated_parameter_sets_hide_nowhere() -> None:
    assert parse(aggregate(b"\x09\x10", SPS)).key_start


def test_fragments() -> None:
    first, last = parse(b"\x7c\x85ab"), parse(b"\x7c\x45cd")
    assert assemble([first, last]) == START + b"\x65abcd"
    assert (first.starts, first.key, first.key_start) == (True, True, False)
    assert (last.starts, last.key) == (False, False)


@pytest.mark.parametrize(
    "payload",
    [b"", b"\x7c\x85", b"\x78", b"\x78\x00\x09abc", b"\x78\x00\x00", b"\x79\x00\x00\x01a", b"\x00", b"\x7d\x85\x00"],
)
def test_rubbish(payload: bytes) -> None:
    with pytest.raises(PayloadError):
        parse(payload)


@given(st.binary(max_size=60))
def test_rubbish_raises_nothing_else(payload: bytes) -> None:
    with contextlib.suppress(PayloadError):
        assert parse(payload).body


unit = st.binary(min_size=1, max_size=3000).map(lambda body: b"\x41" + body.replace(b"\x00", b"\x01"))


@given(st.lists(unit, min_size=1, max_size=8))
def test_round_trip(units: list[bytes]) -> None:
    frame = EncodedFrame(Codec.H264, b"".join(START + unit for unit in units), 0)
    parts = [parse(packet) for packet in packetize(frame, 0)]
    assert nal_units(assemble(parts)) == units
    assert parts[0].starts
