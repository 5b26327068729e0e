"""What a sent stream would like of the transport's rate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Priority(IntEnum):
    """Who is served first: the smaller number."""

    SOUND = 0
    SCREEN = 1
    CAMERA = 2


@dataclass(frozen=True, slots=True)
class LayerDemand:
    """One layer: below `lowest_bps` it is not worth sending, above `highest_bps` it does not get better."""

    lowest_bps: int
    highest_bps: int
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Demand:
    """One stream: its layers, the lowest first; a stream without simulcast has one."""

    priority: Priority
    layers: tuple[LayerDemand, ...]
