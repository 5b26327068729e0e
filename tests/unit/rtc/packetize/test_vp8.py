from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.rtc.packetize import MAX_PAYLOAD_BYTES
from visio_desktop.rtc.packetize.vp8 import packetize


@given(st.binary(min_size=1, max_size=20_000), st.booleans())
def test_payloads_are_small_enough(payload: bytes, key: bool) -> None:
    payloads = packetize(EncodedFrame(Codec.VP8, payload, 0, key=key), 0)
    assert max(map(len, payloads)) <= MAX_PAYLOAD_BYTES


def test_picture_id_has_fifteen_bits_and_runs_over() -> None:
    frame = EncodedFrame(Codec.VP8, b"x", 0)
    assert packetize(frame, 0x7FFF) == [b"\x90\x80\xff\xffx"]
    assert packetize(frame, 0x8000) == [b"\x90\x80\x80\x00x"]


def test_only_the_first_payload_starts_the_frame() -> None:
    first, second = packetize(EncodedFrame(Codec.VP8, b"x" * 2000, 0), 1)
    assert first[:4] == b"\x90\x80\x80\x01"
    assert second[:4] == b"\x80\x80\x80\x01"
