from __future__ import annotations

import struct

import pytest
from aiortc.rtp import RtcpPacket, RtcpRrPacket, RtcpRtpfbPacket
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.congestion import twcc
from visio_desktop.rtc.congestion.twcc import TransportFeedback
from visio_desktop.rtc.errors import FeedbackError


def packet(base: int, count: int, reference: int, *chunks: int, times: bytes = b"") -> bytes:
    """A feedback packet's body by hand."""
    head = struct.pack("!LLHHL", 1, 2, base, count, reference << 8 | 9)
    return head + b"".join(chunk.to_bytes(2) for chunk in chunks) + times


def test_a_run_of_packets_that_came() -> None:
    read = twcc.parse(packet(10, 3, 2, 1 << 13 | 3, times=bytes([4, 8, 0])))
    assert read == TransportFeedback(10, 9, (129.0, 131.0, 131.0))


def test_one_bit_for_each_packet() -> None:
    read = twcc.parse(packet(0, 4, 0, 0x8000 | 0b1010 << 10, times=bytes([40, 4])))
    assert read.arrivals_ms == (10.0, None, 11.0, None)


def test_two_bits_for_each_packet_and_times_that_run_back() -> None:
    chunk = 0xC000 | 2 << 12 | 0 << 10 | 2 << 8
    read = twcc.parse(packet(0, 3, 1, chunk, times=struct.pack("!hh", 400, -8)))
    assert read.arrivals_ms == (164.0, None, 162.0)


def test_a_feedback_packet_as_it_is_on_the_wire() -> None:
    data = bytes.fromhex("fa17fa17 43032fa0 00990001 3de80217 20019401")
    read = twcc.parse(data)
    assert (read.base, read.number) == (153, 23)
    assert read.arrivals_ms == (0x3DE802 * 64 + 0x94 / 4,)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(15),
        packet(0, 0, 0),
        packet(0, 20_000, 0, 0x3FFF),
        packet(0, 3, 0),
        packet(0, 3, 0, 1 << 13 | 3, times=b"\1\1"),
        packet(0, 1, 0, 2 << 13 | 1, times=b"\1"),
        packet(0, 1, 0, 3 << 13 | 1, times=bytes(8)),
    ],
)
def test_what_is_no_feedback_is_refused(data: bytes) -> None:
    with pytest.raises(FeedbackError):
        twcc.parse(data)


@given(st.binary(max_size=1_500))
def test_rubbish_raises_only_what_it_should(data: bytes) -> None:
    try:
        read = twcc.parse(data)
    except FeedbackError:
        return
    assert 0 < len(read.arrivals_ms) <= twcc.MAX_STATUSES


@given(st.binary(max_size=200))
def test_splitting_takes_rubbish(data: bytes) -> None:
    rest, told = twcc.split(data)
    assert len(rest) + sum(len(each) for each in told) <= len(data)


arrivals = st.lists(st.one_of(st.none(), st.integers(-2_000, 30_000)), min_size=1, max_size=200).filter(any)


@given(st.integers(0, 0xFFFF), st.integers(0, 255), st.integers(0, 100_000_000), arrivals)
def test_what_is_built_is_read_again(base: int, number: int, begins: int, ticks: list[int | None]) -> None:
    times = tuple(None if tick is None else (begins + 2_000 + tick) / 4 for tick in ticks)
    data = twcc.build(5, 6, TransportFeedback(base, number, times))
    assert len(data) % 4 == 0
    rest, (body,) = twcc.split(data)
    assert rest == b""
    assert twcc.parse(body) == TransportFeedback(base, number, times)


def test_long_runs_take_little_room() -> None:
    times = tuple(float(ms) for ms in range(1_000))
    assert len(twcc.build(1, 2, TransportFeedback(0, 0, times))) < 1_030
    gap = (0.0, *[None] * 5_000, 1.0)
    assert len(twcc.build(1, 2, TransportFeedback(0, 0, gap))) < 40


def test_arrivals_too_far_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="apart"):
        twcc.build(1, 2, TransportFeedback(0, 0, (0.0, 9_000.0)))


def test_feedback_is_taken_out_of_a_compound_packet() -> None:
    feedback = twcc.build(1, 2, TransportFeedback(7, 0, (1.0, None, 2.0)))
    report, nack = bytes(RtcpRrPacket(1)), bytes(RtcpRtpfbPacket(1, 1, 2, [5]))
    rest, told = twcc.split(report + feedback + nack)
    assert rest == report + nack
    assert [twcc.parse(each).base for each in told] == [7]
    assert [type(each) for each in RtcpPacket.parse(rest)] == [RtcpRrPacket, RtcpRtpfbPacket]


def test_compounds_without_feedback_are_left_alone() -> None:
    data = bytes(RtcpRtpfbPacket(1, 1, 2, [5]))
    assert twcc.split(data) == (data, [])
