from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.rtc.packetize import MAX_PAYLOAD_BYTES
from visio_desktop.rtc.packetize.h264 import nal_units, packetize

START3, START4 = b"\x00\x00\x01", b"\x00\x00\x00\x01"
SPS, PPS, IDR = b"\x67sps", b"\x68pps", b"\x65" + b"i" * 50


def payloads(stream: bytes) -> list[bytes]:
    return packetize(EncodedFrame(Codec.H264, stream, 0), 0)


def test_both_start_codes() -> None:
    assert nal_units(START4 + SPS + START3 + PPS + START4 + IDR) == [SPS, PPS, IDR]
    assert nal_units(b"no start code") == []


def test_small_units_travel_together() -> None:
    together = b"\x78" + b"".join(len(u).to_bytes(2) + u for u in (SPS, PPS, IDR))
    assert payloads(START4 + SPS + START3 + PPS + START4 + IDR) == [together]


def test_one_unit_alone_stays_as_it_is() -> None:
    assert payloads(START4 + IDR) == [IDR]


def test_large_unit_in_fragments() -> None:
    first, middle, last = payloads(START4 + b"\x65" + b"i" * 3000)
    assert (first[:2], middle[:2], last[:2]) == (b"\x7c\x85", b"\x7c\x05", b"\x7c\x45")


def test_fragments_do_not_overtake_small_units() -> None:
    large = b"\x65" + b"i" * 3000
    packets = payloads(START4 + SPS + START4 + PPS + START4 + large + START4 + IDR)
    assert packets[0][0] & 0x1F == 24
    assert packets[1][:2] == b"\x7c\x85"
    assert packets[-1] == IDR


@given(st.binary(max_size=20_000))
def test_payloads_are_small_enough(stream: bytes) -> None:
    assert all(len(payload) <= MAX_PAYLOAD_BYTES for payload in payloads(START4 + stream))
