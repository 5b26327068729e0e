"""Even pieces, so that no packet of a frame is much smaller than the others."""

from __future__ import annotations

MAX_PAYLOAD_BYTES = 1160
"""Leaves room for RTP, extensions, RTX, SRTP, TURN and IPv6 in a path of 1,280 bytes."""


def split_evenly(data: bytes, limit: int) -> list[bytes]:
    """The fewest pieces of at most `limit` bytes, of nearly equal size."""
    count = max(1, -(-len(data) // limit))
    size = max(1, -(-len(data) // count))
    return [data[at : at + size] for at in range(0, len(data), size)]
