"""What sound makes of the rate it is given: whether each frame goes out twice (RFC 2198), and the bits of the encoder.

Sending twice is the rule, even where our own way loses nothing: a server that forwards tells nothing of the ways behind
it, and passes on what we made redundant. Only where the rate does not carry it, and our own way is good, is each frame
sent once. (In the redundant format all the same: LiveKit drops others on a stream that was agreed as redundant.)
"""

from __future__ import annotations

HEADERS_BPS = 24_000
_WORTH_DOUBLING_BPS = 20_000
_LOSSY = 0.02


def divide(allotted_bps: int, loss_fraction: float, *, may_double: bool) -> tuple[bool, int]:
    """Whether to send each frame twice, and what the encoder may use of `allotted_bps`, headers being taken off."""
    room_bps = max(0, allotted_bps - HEADERS_BPS)
    doubled = may_double and (room_bps >= 2 * _WORTH_DOUBLING_BPS or loss_fraction >= _LOSSY)
    return doubled, room_bps // 2 if doubled else room_bps
