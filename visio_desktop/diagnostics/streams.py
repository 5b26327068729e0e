"""What a person who looks inside is shown of each stream, sent or received: one frozen value, new once a second."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Direction(Enum):
    """Which way a stream goes."""

    RECEIVED = "received"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class StreamStatistics:
    """One stream now. What is unknown, or what a kind of media does not have, is None.

    Rates (`bitrate_bps`, `fps`, `loss_fraction`, `concealed_ratio`) speak of the last second or so, counts and
    `frozen_ms` of the time since the stream began. `recovered_rtx` packets came on demand, `recovered_red` out of
    redundancy (RFC 2198), `recovered_fec_ms` of sound out of the next packet (RFC 6716, 2.1.7). `buffer_ms` is how long
    media waits here before it is shown or heard. `speed` is how fast a voice is played, its buffer being kept at its
    length (1 is as said), `stretched` how often a bit of it was left out or repeated for that. `av_skew_ms` is by how
    much pictures come later than their sound. `last_packet_ms` is how long ago the newest packet came. `layers` are the
    layers being sent, lowest first, as width x height; of a received stream `layer` is the spatial layer. `look_ms` is
    what one of one's own pictures costs to make as chosen. `encrypted` speaks of end-to-end encryption.
    """

    publication_id: str
    direction: Direction
    participant_id: str = ""
    participant: str = ""
    source: str = ""
    codec: str | None = None
    width_px: int | None = None
    height_px: int | None = None
    layer: int | None = None
    layers: tuple[tuple[int, int], ...] = ()
    fps: float | None = None
    bitrate_bps: int | None = None
    target_bps: int | None = None
    loss_fraction: float | None = None
    packets_lost: int | None = None
    recovered_rtx: int | None = None
    recovered_red: int | None = None
    recovered_fec_ms: float | None = None
    frozen_ms: float | None = None
    freeze_count: int | None = None
    concealed_ratio: float | None = None
    buffer_ms: float | None = None
    speed: float | None = None
    stretched: int | None = None
    jitter_ms: float | None = None
    decode_ms: float | None = None
    look_ms: float | None = None
    frames_dropped: int | None = None
    key_frames: int | None = None
    key_frames_asked: int | None = None
    av_skew_ms: float | None = None
    rtt_ms: float | None = None
    last_packet_ms: float | None = None
    encrypted: bool | None = None
