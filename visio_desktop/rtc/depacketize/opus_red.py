"""Redundant sound (RFC 2198): one packet carries earlier packets' sound again."""

from __future__ import annotations

from typing import NamedTuple

from visio_desktop.rtc.errors import PayloadError

_MORE = 0x80
_MAX_BLOCKS = 9


class Block(NamedTuple):
    """One block; `offset` is how much earlier its RTP time is, `back` how many packets earlier it was first sent."""

    payload_type: int
    offset: int
    back: int
    body: bytes


def parse(payload: bytes) -> list[Block]:
    """The blocks, oldest first, the packet's own last (RFC 2198, 3). Raises `PayloadError`."""
    try:
        position, heads = _heads(payload)
        own = payload[position] & 0x7F
    except IndexError:
        raise PayloadError("RED header is cut short") from None
    position += 1
    blocks: list[Block] = []
    for number, (payload_type, offset, size) in enumerate(heads):
        body = payload[position : position + size]
        if len(body) != size:
            raise PayloadError("RED block is cut short")
        blocks.append(Block(payload_type, offset, len(heads) - number, body))
        position += size
    blocks.append(Block(own, 0, 0, payload[position:]))
    return blocks


def _heads(payload: bytes) -> tuple[int, list[tuple[int, int, int]]]:
    heads: list[tuple[int, int, int]] = []
    position = 0
    while payload[position] & _MORE:
        if len(heads) == _MAX_BLOCKS - 1:
            raise PayloadError("RED has too many blocks")
        head = int.from_bytes(payload[position : position + 4])
        heads.append((head >> 24 & 0x7F, head >> 10 & 0x3FFF, head & 0x3FF))
        position += 4
    return position, heads
