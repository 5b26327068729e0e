"""Whether the path media takes is alive: noticed within three seconds, long before consent (RFC 7675) runs out."""

from __future__ import annotations

from typing import Protocol

from visio_desktop.system.clock import Clock

_QUIET_MS = 700.0
_PROBE_EVERY_MS = 200.0
_SILENT_MS = 2_500.0
_SUSPECT_MS = 900.0
_REFUSED_MS = 600.0
_SUSPECT_REFUSED_MS = 150.0
_STALLED_MS = 300.0


class Probed(Protocol):
    """What is asked of an ICE connection."""

    last_received_ms: float
    send_failed_ms: float | None

    def probe(self) -> None:
        """Ask the other side for a sign of life."""


class Life:
    """Asks after a path that went quiet, and judges it.

    `is_silent` is to be called many times a second. Time in which it was not does not count: what came in meanwhile
    still waits in the sockets.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._judged_ms = self._fair_ms = self._probed_ms = clock()
        self._suspected_ms: float | None = None

    def suspect(self) -> None:
        """Something happened to the network: ask at once, and wait less long."""
        self._suspected_ms = self._clock()

    def is_silent(self, path: Probed, now_ms: float) -> bool:
        """Whether nothing comes in any more."""
        if now_ms - self._judged_ms > _STALLED_MS:
            self._fair_ms = now_ms
        self._judged_ms = now_ms
        quiet_ms = now_ms - max(path.last_received_ms, self._fair_ms)
        suspected_ms = self._suspected(path)
        if (quiet_ms > _QUIET_MS or suspected_ms is not None) and now_ms - self._probed_ms >= _PROBE_EVERY_MS:
            self._probed_ms = now_ms
            path.probe()
        refused = path.send_failed_ms is not None and path.send_failed_ms > path.last_received_ms
        if suspected_ms is not None:
            suspicious_ms = now_ms - max(suspected_ms, self._fair_ms)
            return suspicious_ms > (_SUSPECT_REFUSED_MS if refused else _SUSPECT_MS)
        return quiet_ms > (_REFUSED_MS if refused else _SILENT_MS)

    def _suspected(self, path: Probed) -> float | None:
        """Since when the path is under suspicion; whatever comes in clears it."""
        if self._suspected_ms is not None and path.last_received_ms > self._suspected_ms:
            self._suspected_ms = None
        return self._suspected_ms
