"""Packets out of a stream of bytes: RFC 4571 as ICE over TCP uses it, and STUN with ChannelData as TURN does."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from visio_desktop.rtc.ice.errors import FramingError

_COOKIE = b"\x21\x12\xa4\x42"
_STUN_HEADER_BYTES = 20

type Measure = Callable[[bytearray], tuple[int, int, int] | None]
"""Of what is at hand: where the first packet begins and ends, and where the next one begins. None for too little."""


def with_length(packet: bytes) -> bytes:
    """A packet as RFC 4571 frames it. Raises `FramingError` for one that is too long."""
    try:
        return struct.pack("!H", len(packet)) + packet
    except struct.error:
        raise FramingError("a packet too long") from None


def padded(packet: bytes) -> bytes:
    """A TURN message for a stream (RFC 8656, section 12.5): its length a multiple of four."""
    return packet + bytes(-len(packet) % 4)


def by_length(waiting: bytearray) -> tuple[int, int, int] | None:
    """RFC 4571: two bytes of length, then the packet."""
    if len(waiting) < 2:  # noqa: PLR2004 - the length itself
        return None
    end = 2 + int.from_bytes(waiting[:2])
    return 2, end, end


def by_turn(waiting: bytearray) -> tuple[int, int, int] | None:
    """STUN messages and ChannelData, told apart by their first two bits (RFC 8656, section 12.5)."""
    if len(waiting) < 4:  # noqa: PLR2004 - either has a header of that much
        return None
    length = int.from_bytes(waiting[2:4])
    match waiting[0] >> 6:
        case 0:
            if length % 4 or waiting[4:8] != _COOKIE[: len(waiting) - 4]:
                raise FramingError("no STUN message")
            end = _STUN_HEADER_BYTES + length
            return 0, end, end
        case 1:
            end = 4 + length
            return 0, end, end + (-end % 4)
        case _:
            raise FramingError("neither STUN nor ChannelData")


class Splitter:
    """Takes in bytes as they come and gives whole packets; keeps at most one that is incomplete."""

    def __init__(self, measure: Measure) -> None:
        self._measure = measure
        self._waiting = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The packets that are complete now, empty ones left out. Raises `FramingError`."""
        self._waiting += data
        while (found := self._measure(self._waiting)) is not None and found[2] <= len(self._waiting):
            begin, end, rest = found
            packet = bytes(self._waiting[begin:end])
            del self._waiting[:rest]
            if packet:
                yield packet

    def __len__(self) -> int:
        return len(self._waiting)
