"""Missing packets: when each was missed, when it was asked for, and whether to ask again (RFC 4585, 6.2.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from aiortc.rtp import RTCP_RTPFB_NACK, RtcpRtpfbPacket

MAX_MISSING = 1000
MAX_ASKED_AT_ONCE = 250
_RETRY_MIN_MS = 45.0
_RETRY_MAX_MS = 150.0
_SECOND = 2
_TOO_SOON = 0.35
_RTT_MAX_MS = 2000.0
_HOLD_AT_LEAST_MS = 5.0
_HOLD_AT_MOST_MS = 60.0
_HOLD_FADES = 0.95


class Arrival(Enum):
    """How a packet came."""

    EXPECTED = auto()
    OUT_OF_ORDER = auto()
    RECOVERED = auto()


@dataclass(slots=True)
class _Missing:
    missed_ms: float
    ask_ms: float
    asked_ms: float = 0.0
    attempts: int = 0


class NackList:
    """The packets of one stream that are missing now, by unwrapped sequence. Bounded: `miss` refuses what is too much.

    A packet is asked for at once, unless packets lately came by themselves, out of order: then that long is waited
    first. `rtt_ms` is the time from question to answer, `recovery_ms` that from the miss to its end; both are measured.
    """

    __slots__ = ("_hold_ms", "_missing", "asked", "recovery_ms", "rtt_ms")

    def __init__(self, rtt_ms: float) -> None:
        self.rtt_ms = rtt_ms
        self.recovery_ms = rtt_ms
        self.asked = 0
        self._hold_ms = 0.0
        self._missing: dict[int, _Missing] = {}

    def __len__(self) -> int:
        return len(self._missing)

    def miss(self, sequences: Sequence[int], now_ms: float) -> tuple[int, ...] | None:
        """These are missing; gives those to ask for now. None when there are too many to hope for."""
        if len(self._missing) + len(sequences) > MAX_MISSING:
            return None
        self._hold_ms *= _HOLD_FADES
        wait_ms = self._hold_ms if self._hold_ms > _HOLD_AT_LEAST_MS else 0.0
        for sequence in sequences:
            self._missing[sequence] = _Missing(now_ms, now_ms + wait_ms)
        return () if wait_ms else self._ask(sequences, now_ms)

    def arrived(self, sequence: int, now_ms: float, *, has_rtx: bool, is_rtx: bool) -> Arrival:
        """What this packet is. It teaches the round trip time, or how far the path reorders."""
        missing = self._missing.pop(sequence, None)
        if missing is None:
            return Arrival.EXPECTED
        late_ms = now_ms - missing.missed_ms
        # Without a format of their own retransmissions look like packets out of order, only later.
        if not is_rtx and (has_rtx or not missing.attempts or late_ms < self.rtt_ms / 2):
            self._hold_ms = max(self._hold_ms, min(late_ms, _HOLD_AT_MOST_MS))
            return Arrival.OUT_OF_ORDER
        self._learn(missing, now_ms)
        return Arrival.RECOVERED

    def due(self, now_ms: float) -> tuple[int, ...]:
        """Those to ask for, again or after the wait for packets out of order."""
        if not self._missing:
            return ()
        return self._ask([s for s, missing in self._missing.items() if missing.ask_ms <= now_ms], now_ms)

    def missed_ms(self, sequence: int) -> float | None:
        """Since when this one has been missing."""
        missing = self._missing.get(sequence)
        return None if missing is None else missing.missed_ms

    def forget(self, *, below: int | None = None, missed_before_ms: float | None = None) -> None:
        """Give up those below a sequence or missed before a time; everything when neither is given."""
        if not self._missing:
            return
        self._missing = {
            s: m
            for s, m in self._missing.items()
            if (below is not None and s >= below) or (missed_before_ms is not None and m.missed_ms > missed_before_ms)
        }

    def _learn(self, missing: _Missing, now_ms: float) -> None:
        """Sample both times, of a second question too unless the answer comes so soon that it is to the first.

        LiveKit passes over questions within 100 ms of the packet's sending, so that the second one is the usual one.
        """
        self.recovery_ms += (min(now_ms - missing.missed_ms, _RTT_MAX_MS) - self.recovery_ms) / 8
        sample_ms = now_ms - missing.asked_ms
        if missing.attempts == 1 or (missing.attempts == _SECOND and sample_ms > _TOO_SOON * self.rtt_ms):
            self.rtt_ms += (min(sample_ms, _RTT_MAX_MS) - self.rtt_ms) / 8

    def _ask(self, sequences: Iterable[int], now_ms: float) -> tuple[int, ...]:
        asked = sorted(sequences)[:MAX_ASKED_AT_ONCE]
        retry_ms = now_ms + min(max(_RETRY_MIN_MS, 1.25 * self.rtt_ms + 10), _RETRY_MAX_MS)
        for sequence in asked:
            missing = self._missing[sequence]
            missing.asked_ms, missing.ask_ms = now_ms, retry_ms
            missing.attempts += 1
        self.asked += len(asked)
        return tuple([sequence & 0xFFFF for sequence in asked])


def nack_packets(ssrc: int, media_ssrc: int, sequences: tuple[int, ...]) -> list[RtcpRtpfbPacket]:
    """Generic NACKs for 16-bit sequence numbers in stream order, split where they run over (aiortc cannot)."""
    over = next((at for at in range(1, len(sequences)) if sequences[at] < sequences[at - 1]), len(sequences))
    halves = (sequences[:over], sequences[over:])
    return [RtcpRtpfbPacket(RTCP_RTPFB_NACK, ssrc, media_ssrc, list(half)) for half in halves if half]
