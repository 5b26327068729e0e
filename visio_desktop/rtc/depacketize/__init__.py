"""Received payloads into frames: a codec's `parse` makes a `Part` of a packet, its `assemble` a frame of parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from visio_desktop.rtc.depacketize import av1, h264, vp8, vp9
from visio_desktop.rtc.depacketize.part import Part
from visio_desktop.rtc.frames import Codec


@dataclass(frozen=True, slots=True)
class Depacketizer:
    """How one codec is taken out of its packets; both raise `PayloadError` and nothing else."""

    parse: Callable[[bytes], Part]
    assemble: Callable[[Sequence[Part]], bytes]


DEPACKETIZERS = {
    Codec.VP8: Depacketizer(vp8.parse, vp8.assemble),
    Codec.VP9: Depacketizer(vp9.parse, vp9.assemble),
    Codec.AV1: Depacketizer(av1.parse, av1.assemble),
    Codec.H264: Depacketizer(h264.parse, h264.assemble),
}
