"""What stays clear, and emulation prevention."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.encryption.layout import clear_bytes, escape, unescape, with_long_start_codes
from visio_desktop.rtc.frames import Codec

_FEW_VALUES = st.lists(st.integers(0, 4), max_size=60).map(bytes)


@pytest.mark.parametrize(
    ("codec", "payload", "clear"),
    [
        (Codec.OPUS, b"\x78rest", 1),
        (Codec.VP8, b"\x10" + bytes(20), 10),
        (Codec.VP8, b"\x11" + bytes(20), 3),
        (Codec.VP9, b"anything", 0),
        (Codec.H264, b"\x00\x00\x00\x01\x67sps\x00\x00\x00\x01\x65\x88slice", 14),
        (Codec.H264, b"\x00\x00\x00\x01\x67only parameters", None),
        (Codec.H264, b"\x00\x00\x01", None),
        (Codec.AV1, b"anything", None),
    ],
)
def test_what_stays_clear(codec: Codec, payload: bytes, clear: int | None) -> None:
    assert clear_bytes(codec, payload) == clear


@given(_FEW_VALUES)
def test_escaped_bytes_hold_no_start_code_and_come_back(body: bytes) -> None:
    escaped = escape(body)
    assert not any(code in escaped for code in (b"\x00\x00\x00", b"\x00\x00\x01", b"\x00\x00\x02"))
    assert unescape(escaped) == body


def test_start_codes_become_long_ones() -> None:
    assert with_long_start_codes(b"\x00\x00\x01ab\x00\x00\x00\x01cd") == b"\x00\x00\x00\x01ab\x00\x00\x00\x01cd"


@given(st.sampled_from(Codec), st.binary(min_size=1))
def test_any_bytes_are_looked_at_without_harm(codec: Codec, payload: bytes) -> None:
    clear = clear_bytes(codec, payload)
    assert clear is None or clear >= 0
