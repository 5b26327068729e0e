"""When numbered packets arrived, told to their sender: for servers that ask for transport-wide feedback."""

from __future__ import annotations

from collections.abc import Iterator

from visio_desktop.rtc.congestion.twcc import MAX_STATUSES, TransportFeedback, build
from visio_desktop.rtc.sequence import Unwrapper

_EVERY_MS = 100.0
_FIRST_MS = 50.0
_MOST_PACKETS = 100
_LATE_PACKETS = 500
_APART_MS = 4_000.0
_LASTS_MS = 2_000.0


class Arrivals:
    """The feedback of one transport. Times are of the caller's monotonic clock."""

    def __init__(self) -> None:
        self._unwrapper = Unwrapper(16)
        self._times: dict[int, float] = {}
        self._next: int | None = None
        self._number = 0
        self._media_ssrc = 0
        self._due_ms = 0.0
        self._heard_ms: float | None = None

    def is_used(self, now_ms: float) -> bool:
        """Whether the sender numbers its packets, as far as is known now."""
        return self._heard_ms is not None and now_ms - self._heard_ms < _LASTS_MS

    def add(self, number: int, ssrc: int, now_ms: float) -> None:
        """A packet with this 16-bit transport-wide number arrived."""
        unwrapped = self._unwrapper.unwrap(number)
        if self._next is not None and unwrapped < self._next - _LATE_PACKETS:
            return
        if not self._times:
            self._due_ms = max(self._due_ms, now_ms + _FIRST_MS)
        self._times.setdefault(unwrapped, now_ms)
        self._media_ssrc, self._heard_ms = ssrc, now_ms
        if len(self._times) >= _MOST_PACKETS:
            self._due_ms = now_ms

    def due(self, own_ssrc: int, now_ms: float) -> list[bytes]:
        """The RTCP packets to send now; a packet that never came is told of once."""
        if not self._times or now_ms < self._due_ms:
            return []
        self._due_ms = now_ms + _EVERY_MS
        told = [self._feedback(own_ssrc, span) for span in self._spans()]
        self._next = max(max(self._times) + 1, self._next or 0)
        self._times.clear()
        return told

    def _spans(self) -> Iterator[range]:
        """The numbers to tell of in one packet each: gaps are filled, but for those already told of."""
        heard = sorted(self._times)
        following = heard[0] if self._next is None else self._next
        first = min(following, heard[0]) if heard[0] - following < MAX_STATUSES // 2 else heard[0]
        before = heard[0]
        for number in heard[1:]:
            told = before < following and number > before + 1
            apart = abs(self._times[number] - self._times[before]) > _APART_MS
            if told or apart or number - first >= MAX_STATUSES:
                yield range(first, before + 1)
                first = number if number < following or apart else max(following, number - MAX_STATUSES // 2)
            before = number
        yield range(first, before + 1)

    def _feedback(self, own_ssrc: int, span: range) -> bytes:
        times = tuple(self._times.get(number) for number in span)
        feedback = TransportFeedback(span.start & 0xFFFF, self._number, times)
        self._number = self._number + 1 & 0xFF
        return build(own_ssrc, self._media_ssrc, feedback)
