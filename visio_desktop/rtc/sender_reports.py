"""Capture times from the sender's reports (RFC 3550, 6.4.1)."""

from __future__ import annotations

from visio_desktop.rtc.sequence import Unwrapper


def ntp_to_ms(ntp_time: int) -> float:
    """A 64-bit NTP time in milliseconds since 1900."""
    return ntp_time * 1000 / (1 << 32)


class SenderClock:
    """The newest pair of wall clock and RTP time of one sender."""

    __slots__ = ("_ntp_ms", "_rate_hz", "_rtp_time")

    def __init__(self, clock_rate_hz: int) -> None:
        self._rate_hz = clock_rate_hz
        self._ntp_ms: float | None = None
        self._rtp_time = 0

    def report(self, ntp_time: int, rtp_time: int) -> None:
        """Take the pair of a sender report; `rtp_time` has 32 bits. No wall clock (0) teaches nothing."""
        if ntp_time:
            self._ntp_ms = ntp_to_ms(ntp_time)
            self._rtp_time = rtp_time

    def forget(self) -> None:
        """Another sender begins."""
        self._ntp_ms = None

    def capture_ms(self, rtp_time: int) -> float | None:
        """The sender's wall clock at this 32-bit RTP time, in milliseconds since 1900; None before the first report."""
        if self._ntp_ms is None:
            return None
        nearest = Unwrapper(32)
        nearest.newest = self._rtp_time
        return self._ntp_ms + (nearest.near(rtp_time) - self._rtp_time) * 1000 / self._rate_hz
