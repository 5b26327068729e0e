from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.packetize.split import split_evenly


@given(st.binary(max_size=10_000), st.integers(1, 1200))
def test_pieces_are_few_even_and_complete(data: bytes, limit: int) -> None:
    pieces = split_evenly(data, limit)
    assert b"".join(pieces) == data
    assert all(0 < len(piece) <= limit for piece in pieces)
    assert len(pieces) == -(-len(data) // limit)
