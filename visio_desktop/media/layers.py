"""Which simulcast layers a picture of some size is worth, and how many bits: as LiveKit's clients choose them."""

from __future__ import annotations

from visio_desktop.rtc.frames import SendLayer

_THREE_LAYERS_WIDTH_PX = 960
_TWO_LAYERS_WIDTH_PX = 480
_RIDS = ("q", "h", "f")
_BITS_PER_SIZE = 0.9  # half the width and height needs somewhat more than a quarter of the bits


def bitrate_for(size_px: tuple[int, int], whole_px: tuple[int, int], whole_bps: int) -> int:
    """The bitrate of a picture that is smaller than the one `whole_bps` is for; never more than that."""
    part = size_px[0] * size_px[1] / (whole_px[0] * whole_px[1])
    return int(whole_bps * min(part, 1.0) ** _BITS_PER_SIZE)


def simulcast_layers(size_px: tuple[int, int], bitrate_bps: int) -> tuple[SendLayer, ...]:
    """The layers of a picture of this size and bitrate, lowest first; a small one has fewer, at least one."""
    longest_px = max(size_px)
    count = 3 if longest_px >= _THREE_LAYERS_WIDTH_PX else 2 if longest_px >= _TWO_LAYERS_WIDTH_PX else 1
    scales = [float(1 << (count - 1 - index)) for index in range(count)]
    part = [1 / (scale * scale) for scale in scales]
    return tuple(
        SendLayer(rid, scale, int(bitrate_bps * share**_BITS_PER_SIZE))
        for rid, scale, share in zip(_RIDS, scales, part, strict=False)
    )
