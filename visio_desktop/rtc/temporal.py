"""Which VP8 frames can be decoded although frames before them were lost (RFC 7741, 4.2: TID, Y and TL0PICIDX).

A frame of the base layer needs the base-layer frame before it and nothing else. A frame of a higher layer that is
marked as a synchronisation point needs the base-layer frame of its own index; any other may need all layers below it.
"""

from __future__ import annotations

from visio_desktop.rtc.depacketize.part import Temporal

_ALL_LAYERS = 0b1111
_BASE_ONLY = 0b0001
_KNOWN_FOR = 4 * 90_000
"""The index has 8 bits: after four seconds it may have run over."""


class TemporalChain:
    """Follows the frames delivered; `rtp_time` is the 32-bit one."""

    __slots__ = ("_base", "_layers", "_rtp_time")

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """A key frame: everything after it can be decoded."""
        self._base: int | None = None
        self._rtp_time = 0
        self._layers = _ALL_LAYERS

    def lost(self) -> None:
        """Frames were lost: of the higher layers nothing is certain any more."""
        self._layers = _BASE_ONLY

    def skipped(self, temporal: Temporal) -> None:
        """A frame that cannot be decoded was left out: those above it may need it."""
        self._layers &= (1 << temporal.layer) - 1

    def delivered(self, temporal: Temporal | None, rtp_time: int) -> None:
        """A frame was delivered."""
        if temporal is None:
            self._base = None
        elif temporal.layer == 0:
            self._base, self._rtp_time = temporal.base, rtp_time
        elif temporal.sync:
            self._layers |= 1 << temporal.layer

    def resumes(self, temporal: Temporal | None, rtp_time: int) -> bool:
        """Whether this frame can be decoded, whatever was lost since the last base-layer frame delivered."""
        if temporal is None or self._base is None or (rtp_time - self._rtp_time) & 0xFFFFFFFF > _KNOWN_FOR:
            return False
        if temporal.layer == 0:
            return temporal.base == self._base + 1 & 0xFF
        return temporal.sync and temporal.base == self._base

    def decodes(self, temporal: Temporal) -> bool:
        """Whether this frame, next in order, can be decoded."""
        if self._layers == _ALL_LAYERS or temporal.layer == 0 or temporal.sync:
            return True
        below = (2 << temporal.layer) - 1
        return self._layers & below == below
