"""Missing packets: when each was missed, when it was asked for, and whether to ask again (RFC 4585, 6.2.1)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from aiortc.rtp import RTCP_RTPFB_NACK, RtcpRtpfbPacket

MAX_MISSING = 1000
MAX_ASKED_AT_ONCE = 250
_RETRY_MIN_MS = 20.0
_REPEAT_MS = 20.0
_REPEATS = 2
_ANSWERS = 3
_PASSED_OVER_MS = 100.0
_MARGIN_MS = 3.0
_SLACK_MS = 8.0
_LATENESSES = 2.0
_TOO_SOON = 0.35
_RESTLESS = 12
_DOUBLED_TOO_OFTEN = 0.2
_RTT_MAX_MS = 2000.0
_HOLD_AT_LEAST_MS = 5.0
_HOLD_AT_MOST_MS = 60.0
_HOLD_FADES = 0.95
_REMEMBERED = 32


class Arrival(Enum):
    """How a packet came."""

    EXPECTED = auto()
    OUT_OF_ORDER = auto()
    RECOVERED = auto()


@dataclass(slots=True)
class _Missing:
    missed_ms: float
    expected_ms: float
    ask_ms: float
    asked_ms: float = 0.0
    heard_ms: float | None = None
    rounds: int = 0
    repeats: int = 0
    is_apart: bool = True
    attempts: int = 0


class NackList:
    """The packets of one stream that are missing now, by unwrapped sequence. Bounded: `miss` refuses what is too much.

    A packet is asked for at once, unless packets lately came by themselves, out of order: then that long is waited
    first. LiveKit passes over questions that come within min(100 ms, 2 RTT) of the packet's sending or of its last
    answer (pkg/sfu/sequencer.go), so the second question is timed to come just after that, is repeated twice within it
    in case it gets lost, and the next follows when it would be answered again. Where answers come twice because of
    that, questions are a round trip apart instead.

    `rtt_ms` is the time from question to answer, `recovery_ms` that from the miss to its end; both are measured.
    """

    __slots__ = ("_doubled", "_hold_ms", "_late_ms", "_missing", "_repaired", "asked", "recovery_ms", "rtt_ms")

    def __init__(self, rtt_ms: float) -> None:
        self.rtt_ms = rtt_ms
        self.recovery_ms = rtt_ms
        self.asked = 0
        self._hold_ms = 0.0
        self._doubled = self._late_ms = 0.0
        self._missing: dict[int, _Missing] = {}
        self._repaired: deque[int] = deque(maxlen=_REMEMBERED)

    def __len__(self) -> int:
        return len(self._missing)

    def miss(self, sequences: Sequence[int], now_ms: float, expected_ms: float | None = None) -> tuple[int, ...] | None:
        """These are missing, the first since `expected_ms` if that is known, the others spread from there until now.

        Gives those to ask for now; None when there are too many to hope for.
        """
        if len(self._missing) + len(sequences) > MAX_MISSING:
            return None
        self._hold_ms *= _HOLD_FADES
        wait_ms = self._hold_ms if self._hold_ms > _HOLD_AT_LEAST_MS else 0.0
        first_ms = now_ms if expected_ms is None else expected_ms
        step_ms = (now_ms - first_ms) / max(1, len(sequences))
        for number, sequence in enumerate(sequences):
            self._missing[sequence] = _Missing(now_ms, first_ms + number * step_ms, now_ms + wait_ms)
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
        self._repaired.append(sequence)
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

    def never_mind(self, sequence: int) -> None:
        """What was taken for lost was not; there is nothing to be learnt from it."""
        self._missing.pop(sequence, None)

    def is_exhausted(self, sequence: int, now_ms: float) -> bool:
        """Whether this one was asked for as often as LiveKit answers, and the last answer should be here."""
        missing = self._missing.get(sequence)
        if missing is None or missing.heard_ms is None or missing.rounds < _ANSWERS:
            return False
        return now_ms - missing.heard_ms > self.rtt_ms + self._slack_ms

    @property
    def _slack_ms(self) -> float:
        """How much later than usual answers come."""
        return max(_SLACK_MS, _LATENESSES * self._late_ms)

    def forget(self, *, below: int | None = None, missed_before_ms: float | None = None) -> None:
        """Give up those below a sequence or missed before a time; everything when neither is given."""
        if not self._missing:
            return
        self._missing = {
            s: m
            for s, m in self._missing.items()
            if (below is not None and s >= below) or (missed_before_ms is not None and m.missed_ms > missed_before_ms)
        }

    def came_again(self, sequence: int) -> None:
        """A retransmission came of what was here already: one question too many was answered, if it was asked for.

        Servers also probe with packets that nobody misses.
        """
        if sequence in self._repaired:
            self._doubled += (1 - self._doubled) / 8

    def _learn(self, missing: _Missing, now_ms: float) -> None:
        """An answer is a sample where it must be to the last question, the one before being long past or none."""
        self.recovery_ms += (min(now_ms - missing.missed_ms, _RTT_MAX_MS) - self.recovery_ms) / 8
        self._doubled -= self._doubled / 16
        asked_ms = missing.asked_ms if missing.is_apart or missing.heard_ms is None else missing.heard_ms
        sample_ms = min(now_ms - asked_ms, _RTT_MAX_MS)
        is_first = missing.attempts == 1 or missing.rounds == 1
        if missing.attempts == 1 or ((missing.is_apart or is_first) and sample_ms > _TOO_SOON * self.rtt_ms):
            self.sample_rtt(sample_ms)
            self._late_ms += (max(0.0, sample_ms - self.rtt_ms) - self._late_ms) / 8

    def sample_rtt(self, sample_ms: float) -> None:
        """Take a measured round trip time. Lower ones count more: a busy machine only ever adds to what it measures."""
        self.rtt_ms += (sample_ms - self.rtt_ms) / (4 if sample_ms < self.rtt_ms else 16)

    def _ask(self, sequences: Iterable[int], now_ms: float) -> tuple[int, ...]:
        asked = sorted(sequences)[:MAX_ASKED_AT_ONCE]
        for sequence in asked:
            missing = self._missing[sequence]
            missing.attempts += 1
            missing.is_apart = now_ms - missing.asked_ms >= self.rtt_ms
            missing.ask_ms = self._next_ms(missing, now_ms)
            missing.asked_ms = now_ms
        self.asked += len(asked)
        return tuple([sequence & 0xFFFF for sequence in asked])

    def _next_ms(self, missing: _Missing, now_ms: float) -> float:
        """When to ask again after a question now."""
        answer_ms = self.rtt_ms + self._slack_ms
        pause_ms = min(_PASSED_OVER_MS, 2 * self.rtt_ms) + _MARGIN_MS
        heard_ms = missing.heard_ms
        answered_from_ms = (missing.expected_ms - self.rtt_ms if heard_ms is None else heard_ms) + pause_ms
        is_apart = self._doubled > _DOUBLED_TOO_OFTEN or missing.attempts > _RESTLESS
        if now_ms < answered_from_ms:
            if is_apart:
                return now_ms + max(_RETRY_MIN_MS, 1.25 * answer_ms)
            if heard_ms is not None and missing.repeats < _REPEATS:
                missing.repeats += 1
                return min(now_ms + _REPEAT_MS, answered_from_ms)
            return max(answered_from_ms, (now_ms if heard_ms is None else heard_ms) + answer_ms)
        missing.heard_ms, missing.repeats = now_ms, 1
        missing.rounds += 1
        return now_ms + (max(_RETRY_MIN_MS, 1.25 * answer_ms) if is_apart else _REPEAT_MS)


def nack_packets(ssrc: int, media_ssrc: int, sequences: tuple[int, ...]) -> list[RtcpRtpfbPacket]:
    """Generic NACKs for 16-bit sequence numbers in stream order, split where they run over (aiortc cannot)."""
    over = next((at for at in range(1, len(sequences)) if sequences[at] < sequences[at - 1]), len(sequences))
    halves = (sequences[:over], sequences[over:])
    return [RtcpRtpfbPacket(RTCP_RTPFB_NACK, ssrc, media_ssrc, list(half)) for half in halves if half]
