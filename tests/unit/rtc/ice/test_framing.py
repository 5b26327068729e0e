from __future__ import annotations

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.ice.errors import FramingError
from visio_desktop.rtc.ice.framing import Measure, Splitter, by_length, by_turn, padded, with_length

PACKETS = st.lists(st.binary(min_size=1, max_size=300), max_size=8)


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    pieces = []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]
    return [*pieces, data]


@given(PACKETS, st.lists(st.integers(0, 50), max_size=40))
def test_packets_come_out_whole_however_they_were_cut(packets: list[bytes], sizes: list[int]) -> None:
    splitter = Splitter(by_length)
    found = [p for piece in cut(b"".join(map(with_length, packets)), sizes) for p in splitter.feed(piece)]
    assert found == packets
    assert len(splitter) == 0


@given(st.lists(st.booleans(), max_size=8), st.lists(st.integers(0, 30), max_size=40))
def test_stun_and_channel_data_come_out_whole(kinds: list[bool], sizes: list[int]) -> None:
    messages = [
        bytes(stun.Message(stun.Method.BINDING, stun.Class.REQUEST)) if kind else b"\x40\x00\x00\x05hello"
        for kind in kinds
    ]
    splitter = Splitter(by_turn)
    found = [p for piece in cut(b"".join(map(padded, messages)), sizes) for p in splitter.feed(piece)]
    assert found == messages


@pytest.mark.parametrize("measure", [by_length, by_turn])
@given(st.lists(st.binary(max_size=200), max_size=20))
def test_rubbish_is_packets_or_refused_and_never_piles_up(measure: Measure, pieces: list[bytes]) -> None:
    splitter = Splitter(measure)
    try:
        for piece in pieces:
            assert all(splitter.feed(piece))
            assert len(splitter) < 70_000
    except FramingError:
        assert measure is by_turn


def test_empty_packets_are_left_out_and_long_ones_refused() -> None:
    assert list(Splitter(by_length).feed(b"\x00\x00\x00\x01x")) == [b"x"]
    with pytest.raises(FramingError):
        with_length(bytes(65_536))
    assert [len(padded(bytes(n))) for n in (4, 5, 8)] == [4, 8, 8]
