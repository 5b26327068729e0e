from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.rtc.packetize import MAX_PAYLOAD_BYTES
from visio_desktop.rtc.packetize.vp9 import packetize


@given(st.binary(min_size=1, max_size=20_000), st.booleans())
def test_payloads_are_small_enough(payload: bytes, key: bool) -> None:
    payloads = packetize(EncodedFrame(Codec.VP9, payload, 0, key=key), 0)
    assert max(map(len, payloads)) <= MAX_PAYLOAD_BYTES


def test_flags() -> None:
    first, middle, last = packetize(EncodedFrame(Codec.VP9, b"x" * 3000, 0, key=False), 1)
    assert (first[0], middle[0], last[0]) == (0xC8, 0xC0, 0xC4)
    (whole,) = packetize(EncodedFrame(Codec.VP9, b"x", 0, key=True), 0x8001)
    assert whole == b"\x8c\x80\x01x"
