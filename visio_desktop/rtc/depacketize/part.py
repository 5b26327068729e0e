"""What one packet brings to its frame, whatever the codec."""

from __future__ import annotations

from typing import NamedTuple


class Temporal(NamedTuple):
    """Place in a temporal layering: `base` counts base-layer frames (8 bits); `sync`: needs the base layer only."""

    layer: int
    base: int
    sync: bool


class Part(NamedTuple):
    """The piece of a frame that one packet carries.

    `starts` says that a frame may begin here, `key` that the frame is a key frame, `key_start` that a key frame
    certainly begins here. `layer` is the spatial layer; `temporal` is None where the descriptor does not tell.
    """

    body: bytes
    starts: bool
    key: bool
    key_start: bool
    layer: int = 0
    temporal: Temporal | None = None
