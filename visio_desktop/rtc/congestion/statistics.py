"""What is known of the way to the other side."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TransportStatistics:
    """One transport's numbers now; None where the other side tells nothing of it.

    `capacity_bps` is what the way is thought to carry, `target_bps` what may be sent now, both with all headers;
    `paced_ms` is how long packets wait here before they leave, `queue_ms` how long on the way.
    """

    capacity_bps: int | None = None
    target_bps: int | None = None
    delivered_bps: int | None = None
    wanted_bps: int = 0
    paced_ms: float = 0.0
    queue_ms: float | None = None
    rtt_ms: float | None = None
    loss_fraction: float | None = None
    packets_sent: int = 0
    bytes_sent: int = 0
    probe_bytes_sent: int = 0
