"""A probe on its way out: what media does not fill is filled with packets sent once more, or that carry nothing."""

from __future__ import annotations

from collections.abc import Callable

from aiortc.rtp import RtpPacket

from visio_desktop.rtc.congestion.probe import PACKETS_MIN, Plan
from visio_desktop.rtc.congestion.writer import PacketKind, PacketWriter, Timer
from visio_desktop.system.clock import Clock

_PIECE_BYTES = 1_300
_STEP_MIN_MS = 1.0


class Probing:
    """One at a time. `repeats` gives packets of about so many bytes, none where there are none.

    Only numbered packets count: of others the other side tells nothing.
    """

    def __init__(
        self,
        writer: PacketWriter,
        repeats: Callable[[int], list[RtpPacket]],
        *,
        clock: Clock,
        call_later: Callable[[float, Callable[[], None]], Timer],
    ) -> None:
        self.filling_bytes = 0
        self._writer = writer
        self._repeats = repeats
        self._clock = clock
        self._call_later = call_later
        self._plan: Plan | None = None
        self._timer: Timer | None = None
        self._began_ms = 0.0
        self._before_bytes = 0
        self._packets = PACKETS_MIN

    @property
    def is_under_way(self) -> bool:
        """Whether packets of a probe are leaving."""
        return self._plan is not None

    def begin(self, plan: Plan, *, packets: int = PACKETS_MIN) -> None:
        """Send this, in so many packets at least."""
        self._packets = packets
        self._plan, self._began_ms, self._before_bytes = plan, self._clock(), self._writer.numbered_bytes
        self._writer.cluster = plan.cluster
        self._step(plan)

    def end(self) -> None:
        """Send no more of it."""
        self._plan, self._writer.cluster = None, 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _step(self, plan: Plan) -> None:
        piece_bytes = min(_PIECE_BYTES, plan.size_bytes // self._packets)
        due_bytes = (self._clock() - self._began_ms) * plan.bitrate_bps / 8000 + piece_bytes
        while (left_bytes := min(due_bytes, plan.size_bytes) - self._sent_bytes()) > 0:
            if not self._writer.hasten() and not self._fill(piece_bytes):
                self.end()
                return
        if self._sent_bytes() >= plan.size_bytes:
            self.end()
            return
        wait_ms = max(_STEP_MIN_MS, (piece_bytes - left_bytes) * 8000 / plan.bitrate_bps)
        self._timer = self._call_later(wait_ms / 1000, lambda: self._step(plan))

    def _fill(self, piece_bytes: int) -> bool:
        """Send something once more; not before all that waits has left, or it would come before what it repeats."""
        packets = self._repeats(piece_bytes) or self._repeats(_PIECE_BYTES)
        before_bytes = self._writer.bytes_sent
        self._writer.write(packets, PacketKind.PADDING)
        self.filling_bytes += self._writer.bytes_sent - before_bytes
        return bool(packets)

    def _sent_bytes(self) -> int:
        return self._writer.numbered_bytes - self._before_bytes
