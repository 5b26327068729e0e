"""What a transport may send where the other side gives no transport-wide feedback: judged by what it tells besides.

Its receiver reports tell of loss and round trips (`rtc.uplink`), its REMB, if it sends any, what arrives there. Both
speak of everything that is sent. Nothing is limited until something was seen.
"""

from __future__ import annotations

from visio_desktop.rtc.uplink import UplinkEstimator

_EVERY_MS = 500.0


class Fallback:
    """One transport's. `limit_bps` is None where nothing limits, `rtt_ms` while no report told it."""

    def __init__(self) -> None:
        self.rtt_ms: float | None = None
        self._uplink = UplinkEstimator()
        self._estimated_bps: int | None = None
        self._lost = self._sent = 0.0
        self._shortest_ms: float | None = None
        self._judged_ms = 0.0
        self._bytes = 0

    @property
    def limit_bps(self) -> int | None:
        """What may be sent, with all headers."""
        limits = [bps for bps in (self._estimated_bps, self._uplink.target_bps) if bps is not None]
        return min(limits, default=None)

    def estimated(self, bitrate_bps: int) -> None:
        """A REMB came."""
        self._estimated_bps = bitrate_bps

    def reported(self, loss_fraction: float, packets: int, rtt_ms: float | None) -> None:
        """A receiver tells of one of our SSRCs: what part was lost of so many packets."""
        self._lost += loss_fraction * packets
        self._sent += packets
        if rtt_ms is not None:
            self._shortest_ms = rtt_ms if self._shortest_ms is None else min(rtt_ms, self._shortest_ms)

    def tick(self, bytes_sent: int, now_ms: float) -> None:
        """Time has passed; so many bytes have been sent in all."""
        self._uplink.sent(bytes_sent - self._bytes, now_ms)
        self._bytes = bytes_sent
        if not self._sent or now_ms - self._judged_ms < _EVERY_MS:
            return
        self._uplink.reported(self._lost / self._sent, self._shortest_ms, now_ms)
        self.rtt_ms = self.rtt_ms if self._shortest_ms is None else self._shortest_ms
        self._lost, self._sent, self._shortest_ms, self._judged_ms = 0.0, 0.0, None, now_ms
