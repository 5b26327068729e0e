"""PipeWire's values, written and read."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.media.pipewire import pods
from visio_desktop.media.pipewire.pods import PictureFormat, read_format


def agreed(order: int = pods.BGRX, width: int = 1921, height: int = 1080, *, choice: bool = False) -> bytes:
    """A format as a server fixes it, plain or as choices of one."""

    def value(kind: int, body: bytes) -> bytes:
        if choice:
            kind, body = 19, struct.pack("=IIII", 0, 0, len(body), kind) + body
        return struct.pack("=II", len(body), kind) + body + bytes(-len(body) % 8)

    properties = ((1, 3, struct.pack("=I", 2)), (2, 3, struct.pack("=I", 1)), (0x20001, 3, struct.pack("=I", order)))
    fields = (*properties, (0x20003, 10, struct.pack("=II", width, height)))
    body = struct.pack("=II", 0x40003, 4) + b"".join(struct.pack("=II", key, 0) + value(k, b) for key, k, b in fields)
    return struct.pack("=II", len(body), 15) + body


def test_what_was_agreed_on_is_read() -> None:
    assert read_format(agreed()) == PictureFormat(pods.BGRX, 1921, 1080)
    assert read_format(agreed(pods.RGB, choice=True)) == PictureFormat(pods.RGB, 1921, 1080)


def test_what_cannot_be_shown_is_none() -> None:
    assert read_format(agreed(order=2)) is None
    assert read_format(agreed(width=0)) is None
    assert read_format(agreed(height=pods.MOST_PX + 1)) is None
    assert read_format(pods.buffers()) is None, "no format"


def test_our_own_offer_is_a_format_whose_first_values_are_read() -> None:
    assert read_format(pods.offer(15)) == PictureFormat(pods.BGRX, 1280, 720)
    for made in (pods.offer(30), pods.buffers(), pods.remark(pods.CROP), pods.remark(pods.TURN)):
        assert len(made) % 8 == 0
        assert struct.unpack_from("=I", made)[0] == len(made) - 8


@given(st.binary(max_size=400))
def test_reading_anything_does_no_harm(pod: bytes) -> None:
    assert read_format(pod) is None or len(pod) >= 16


@given(st.integers(0, 200), st.integers(0, 255))
def test_a_format_with_a_byte_changed_is_a_format_or_none(at: int, byte: int) -> None:
    changed = bytearray(agreed())
    changed[at % len(changed)] = byte
    found = read_format(bytes(changed))
    assert found is None or (0 < found.width_px <= pods.MOST_PX and found.order in pods.BYTES_A_PIXEL)
