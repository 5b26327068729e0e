from __future__ import annotations

import pytest

from visio_desktop.rtc.depacketize.opus_red import parse
from visio_desktop.rtc.packetize.opus_red import RedPacketizer


def test_first_packet_has_nothing_to_repeat() -> None:
    assert RedPacketizer(111).packetize(0, b"own") == b"\x6fown"


@pytest.mark.parametrize(
    ("before", "passed", "own"),
    [
        (b"b" * 1024, 960, b"own"),
        (b"b" * 900, 960, b"o" * 300),
        (b"b", 1 << 14, b"own"),
        (b"b", -960, b"own"),
        (b"", 960, b"own"),
    ],
)
def test_what_is_too_large_or_too_far_is_left_out(before: bytes, passed: int, own: bytes) -> None:
    packetizer = RedPacketizer(111)
    packetizer.packetize(10_000, before)
    assert [block.body for block in parse(packetizer.packetize(10_000 + passed, own))] == [own]
