"""What was sent when, by transport-wide sequence number, until feedback tells what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from visio_desktop.rtc.congestion.twcc import CLOCK_WRAP_MS, TransportFeedback

CAPACITY = 1 << 13


@dataclass(slots=True)
class Sent:
    """One packet; `size_bytes` is its whole size on the wire, `cluster` the probe it belongs to, 0 for none.

    `ssrc` and `sequence` are its own, as RTP has them.
    """

    size_bytes: int
    sent_ms: float
    cluster: int
    ssrc: int = 0
    sequence: int = 0
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a packet; `arrival_ms` is on the receiver's clock, without wraps, None where it was lost."""

    sent: Sent
    arrival_ms: float | None


class SendLog:
    """The last 8,192 packets."""

    def __init__(self) -> None:
        self._sent: dict[int, Sent] = {}
        self._next = 0
        self._told = 0
        self._arrival_ms: float | None = None

    @property
    def next_number(self) -> int:
        """The 16-bit number of the packet that is sent next."""
        return self._next & 0xFFFF

    def add(self, size_bytes: int, now_ms: float, cluster: int = 0, *, ssrc: int = 0, sequence: int = 0) -> None:
        """The packet with `next_number` leaves now."""
        self._sent[self._next] = Sent(size_bytes, now_ms, cluster, ssrc, sequence)
        self._sent.pop(self._next - CAPACITY, None)
        self._next += 1

    def fates(self, feedback: TransportFeedback) -> list[Fate]:
        """What is new about packets in this feedback, in the order they were sent; unknown ones are passed over."""
        number = self._next - (self._next - feedback.base & 0xFFFF)
        fates: list[Fate] = []
        for arrival_ms in feedback.arrivals_ms:
            if arrival_ms is not None:
                sent = self._sent.pop(number, None)
                if sent is not None:
                    fates.append(Fate(sent, self._unwrapped(arrival_ms)))
            elif (sent := self._sent.get(number)) is not None and not sent.missing:
                sent.missing = True
                fates.append(Fate(sent, None))
            number += 1
        return fates

    def untold(self, feedback: TransportFeedback) -> list[Sent]:
        """What this feedback, to be given before `fates`, leaves out: feedback of it was lost, it may have arrived."""
        first = self._next - (self._next - feedback.base & 0xFFFF)
        left_out = [sent for n in range(max(self._told, self._next - CAPACITY), first) if (sent := self._sent.get(n))]
        self._told = max(self._told, min(first + len(feedback.arrivals_ms), self._next))
        return left_out

    def _unwrapped(self, arrival_ms: float) -> float:
        before = self._arrival_ms
        if before is not None:
            half = CLOCK_WRAP_MS / 2
            arrival_ms = before + (arrival_ms - before + half) % CLOCK_WRAP_MS - half
        self._arrival_ms = arrival_ms
        return arrival_ms
