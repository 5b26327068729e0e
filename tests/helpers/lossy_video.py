"""A picture stream from a server like LiveKit over a poor path into `VideoInbound`, on a virtual clock.

The server answers questions for lost packets as LiveKit's sequencer does (pkg/sfu/sequencer.go): not those that come
within min(100 ms, 2 RTT) of the packet's sending or of the last answer, and each packet three times at most. It passes
on a request for a key frame at most twice a second; the key frame comes 50 ms later. From any request on, passed on or
not, it answers nothing until a key frame goes out (`isNACKThrottled` in downtrack.go).
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from aiortc.rtp import RtpPacket

from visio_desktop.diagnostics.freeze import FreezeMeter
from visio_desktop.rtc.actions import NOTHING, Actions
from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.rtc.inbound_video import VideoInbound
from visio_desktop.rtc.payloads import CodecFormat, FormatTable

_IGNORED_AT_MOST_MS = 100.0
_RTT_AT_FIRST_MS = 70.0
_RTT_KNOWN_MS = 5_000.0
_ANSWERS_AT_MOST = 3
_KEY_FRAMES_EVERY_MS = 500.0
_KEY_FRAME_TAKES_MS = 50.0
_SPACING_MS = 0.3
_PAYLOAD = bytes(900)


@dataclass(frozen=True, slots=True)
class Poor:
    """What the path and the server do; `burst_ms` is when everything downwards is lost, `thins` whether questions may
    be passed over, `packets` how many a frame has."""

    loss: float = 0.0
    loss_up: float = 0.0
    rtt_ms: float = 40.0
    jitter_ms: float = 0.0
    burst_ms: tuple[float, float] = (0.0, 0.0)
    thins: bool = True
    fps: int = 30
    packets: tuple[int, ...] = (1, 2, 3)
    key_packets: int = 20
    tick_ms: float = 20.0
    seed: int = 1


@dataclass(slots=True)
class _Sent:
    packet: RtpPacket
    last_ms: float
    answers: int = 0


class LossyVideo:
    """Runs a stream; what was delivered when is kept, by number of the frame."""

    def __init__(self, poor: Poor, inbound: VideoInbound | None = None) -> None:
        formats = FormatTable((CodecFormat(Codec.VP8, 96, rtx_payload_type=97),))
        self.inbound = inbound or VideoInbound(formats, rtt_ms=poor.rtt_ms)
        self.delivered: list[tuple[float, EncodedFrame]] = []
        self.meter = FreezeMeter()
        self.longest_ms = 0.0
        self.nacks = self.answers = self.doubles = self.plis = 0
        self._poor, self._random = poor, Random(poor.seed)
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._order = itertools.count()
        self._sent: dict[int, _Sent] = {}
        self._came: set[int] = set()
        self._sequence = self._rtx_sequence = 0
        self._key_wanted = True
        self._is_deaf = False
        self.unheard = 0
        self._key_asked_ms = -_KEY_FRAMES_EVERY_MS
        self._free_ms = 0.0

    def run(self, seconds: float) -> None:
        """Send and receive for so long."""
        poor = self._poor
        for number in range(int(seconds * poor.fps)):
            self._at(number * 1000 / poor.fps, self._frame(number))
        for tick in range(int((seconds + 1) * 1000 / poor.tick_ms)):
            self._at(tick * poor.tick_ms, lambda now_ms: self._act(self.inbound.tick(now_ms), now_ms))
        while self._events:
            now_ms, _, event = heapq.heappop(self._events)
            event(now_ms)

    @property
    def frozen_share(self) -> float:
        """Frozen time of the whole, were every frame painted as it is delivered."""
        return self.meter.frozen_ms / max(1.0, self.delivered[-1][0])

    def _at(self, time_ms: float, event: Callable[[float], None]) -> None:
        heapq.heappush(self._events, (time_ms, next(self._order), event))

    def _frame(self, number: int) -> Callable[[float], None]:
        def send(now_ms: float) -> None:
            key, self._key_wanted = self._key_wanted, False
            self._is_deaf = self._is_deaf and not key
            count = self._poor.key_packets if key else self._random.choice(self._poor.packets)
            for index in range(count):
                head = (b"\x10" if index == 0 else b"\x00") + (b"\x00" if key else b"\x01")
                sequence = self._sequence = self._sequence + 1
                time = number * 90_000 // self._poor.fps & 0xFFFFFFFF
                packet = RtpPacket(96, int(index == count - 1), sequence & 0xFFFF, time, 7, head + _PAYLOAD)
                at_ms = now_ms + index * _SPACING_MS
                self._sent[sequence] = _Sent(packet, at_ms)
                self._sent.pop(sequence - 1000, None)
                self._down(packet, at_ms, sequence)

        return send

    def _down(self, packet: RtpPacket, now_ms: float, sequence: int) -> None:
        begin_ms, end_ms = self._poor.burst_ms
        if begin_ms <= now_ms < end_ms or self._random.random() < self._poor.loss:
            return
        # Jitter never reorders: the path is a queue.
        at_ms = now_ms + self._poor.rtt_ms / 2 + self._random.uniform(0, self._poor.jitter_ms)
        self._free_ms = at_ms = max(at_ms, self._free_ms)

        def arrive(arrives_ms: float) -> None:
            self.doubles += sequence in self._came
            self._came.add(sequence)
            self._act(self.inbound.receive(packet, arrives_ms), arrives_ms)

        self._at(at_ms, arrive)

    def _act(self, actions: Actions, now_ms: float) -> None:
        if actions is NOTHING:
            return
        for frame in actions.frames:
            if self.delivered:
                self.longest_ms = max(self.longest_ms, now_ms - self.delivered[-1][0])
            self.delivered.append((now_ms, frame))
            self.meter.painted(now_ms)
        up_ms = now_ms + self._poor.rtt_ms / 2
        if actions.nack:
            self.nacks += 1
            if self._random.random() >= self._poor.loss_up:
                self._at(up_ms, lambda at_ms: self._answer(actions.nack, at_ms))
        if actions.pli:
            self.plis += 1
            for _ in range(1 + self.inbound.is_lossy):
                if self._random.random() >= self._poor.loss_up:
                    self._at(up_ms, self._want_key)

    def _answer(self, numbers: tuple[int, ...], now_ms: float) -> None:
        if self._is_deaf:
            self.unheard += len(numbers)
            return
        rtt_ms = self._poor.rtt_ms if now_ms > _RTT_KNOWN_MS else _RTT_AT_FIRST_MS
        pause_ms = min(_IGNORED_AT_MOST_MS, 2 * rtt_ms) if self._poor.thins else -1.0
        for number in numbers:
            sequence = self._sequence - ((self._sequence - number) & 0xFFFF)
            sent = self._sent.get(sequence)
            if sent is None or now_ms - sent.last_ms <= pause_ms or sent.answers >= _ANSWERS_AT_MOST:
                continue
            sent.last_ms, sent.answers = now_ms, sent.answers + 1
            self.answers += 1
            self._rtx_sequence += 1
            old = sent.packet
            payload = old.sequence_number.to_bytes(2) + old.payload
            again = RtpPacket(97, old.marker, self._rtx_sequence & 0xFFFF, old.timestamp, 8, payload)
            self._down(again, now_ms, sequence)

    def _want_key(self, now_ms: float) -> None:
        self._is_deaf = self._poor.thins
        if now_ms - self._key_asked_ms < _KEY_FRAMES_EVERY_MS:
            return
        self._key_asked_ms = now_ms
        self._at(now_ms + _KEY_FRAME_TAKES_MS, self._grant_key)

    def _grant_key(self, _now_ms: float) -> None:
        self._key_wanted = True
