from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.depacketize.av1 import assemble, parse, write_size
from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.rtc.packetize import MAX_PAYLOAD_BYTES
from visio_desktop.rtc.packetize.av1 import packetize, units

DELIMITER = b"\x12\x00"


def sized(body: bytes) -> bytes:
    return b"\x32" + write_size(len(body)) + body


def test_units_lose_size_and_delimiter() -> None:
    assert units(DELIMITER + sized(b"frame") + b"\x36\x28\x01x" + b"\x30last") == [
        b"\x30frame",
        b"\x34\x28x",
        b"\x30last",
    ]


@pytest.mark.parametrize(("key", "head"), [(True, 0x08), (False, 0x00)])
def test_key_frame_is_marked_in_its_first_packet_only(key: bool, head: int) -> None:
    first, last = packetize(EncodedFrame(Codec.AV1, DELIMITER + sized(b"x" * 1500), 0, key=key), 0)
    assert (first[0], last[0]) == (head | 0x40, 0x80)


@given(st.lists(st.integers(0, 4000), min_size=1, max_size=12))
def test_small_enough_and_complete(sizes: list[int]) -> None:
    frame = EncodedFrame(Codec.AV1, DELIMITER + b"".join(sized(b"x" * size) for size in sizes), 0)
    payloads = packetize(frame, 0)
    assert max(map(len, payloads)) <= MAX_PAYLOAD_BYTES
    assert assemble([parse(payload) for payload in payloads]) == frame.payload
