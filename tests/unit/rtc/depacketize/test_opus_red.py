from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.depacketize.opus_red import Block, parse
from visio_desktop.rtc.errors import PayloadError
from visio_desktop.rtc.packetize.opus_red import RedPacketizer


def head(offset: int, size: int) -> bytes:
    return (0x80 << 24 | 111 << 24 | offset << 10 | size).to_bytes(4)


def test_two_redundant_blocks() -> None:
    payload = head(1920, 2) + head(960, 3) + b"\x6f" + b"aa" + b"bbb" + b"own"
    assert parse(payload) == [Block(111, 1920, 2, b"aa"), Block(111, 960, 1, b"bbb"), Block(111, 0, 0, b"own")]


def test_nothing_redundant() -> None:
    assert parse(b"\x6fown") == [Block(111, 0, 0, b"own")]


@pytest.mark.parametrize("payload", [b"", head(960, 3), head(960, 5) + b"\x6fabc", head(1, 0) * 9 + b"\x6fown"])
def test_rubbish(payload: bytes) -> None:
    with pytest.raises(PayloadError):
        parse(payload)


@given(st.binary(max_size=80))
def test_rubbish_raises_nothing_else(payload: bytes) -> None:
    with contextlib.suppress(PayloadError):
        assert parse(payload)[-1].back == 0


@given(st.lists(st.binary(min_size=1, max_size=300), min_size=2, max_size=6))
def test_each_packet_repeats_the_one_before(bodies: list[bytes]) -> None:
    packetizer = RedPacketizer(111)
    packets = [packetizer.packetize(number * 960, body) for number, body in enumerate(bodies)]
    for number, packet in enumerate(packets[1:], start=1):
        assert parse(packet) == [Block(111, 960, 1, bodies[number - 1]), Block(111, 0, 0, bodies[number])]
