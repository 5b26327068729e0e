"""A simulated path from `Outbound` to `VideoInbound`: loss, delay, reordering, repetition from a seed; no clock."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from aiortc.rtp import RtpPacket

from visio_desktop.rtc.actions import Actions
from visio_desktop.rtc.frames import EncodedFrame
from visio_desktop.rtc.inbound_video import VideoInbound
from visio_desktop.rtc.outbound import Outbound
from visio_desktop.rtc.payloads import CodecFormat, FormatTable

TICK_MS = 20.0
FRAME_MS = 33.0


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the path does; `burst` are the packets by number that are lost besides the random ones,
    `spared` the first and last frames that are not (a hole at the very end shows by nothing that follows)."""

    loss: float = 0.0
    rtt_ms: float = 40.0
    reorder_ms: float = 0.0
    repeat: float = 0.0
    answers: bool = True
    reliable_answers: bool = False
    spared: int = 0
    feedback_loss: float = 0.0
    burst: range = range(0)
    seed: int = 1


class Path:
    """Runs a stream of frames over the path; what was sent and delivered is kept."""

    def __init__(self, codec_format: CodecFormat, conditions: Conditions) -> None:
        random = Random(conditions.seed)
        rtx_ssrc = None if codec_format.rtx_payload_type is None else 2
        self.outbound = Outbound(codec_format, ssrc=1, rtx_ssrc=rtx_ssrc, random=random)
        self.inbound = VideoInbound(FormatTable((codec_format,)), rtt_ms=conditions.rtt_ms)
        self.sent: list[EncodedFrame] = []
        self.delivered: list[EncodedFrame] = []
        self.plis_ms: list[float] = []
        self.most_held = 0
        self._conditions = conditions
        self._random = random
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._order = itertools.count()
        self._numbers = itertools.count()
        self._key_wanted = False
        self._count = 0

    def run(self, count: int, source: Callable[[int, bool], EncodedFrame]) -> None:
        """Send `count` frames at 30 per second; `source(n, key)` makes the nth, a key frame when one was asked for."""
        self._count = count
        for number in range(count):
            self._at(number * FRAME_MS, self._sender(number, source))
        end_ms = count * FRAME_MS + 2500
        for tick in range(int(end_ms / TICK_MS)):
            self._at(tick * TICK_MS, lambda now_ms: self._act(self.inbound.tick(now_ms), now_ms))
        while self._events:
            now_ms, _, event = heapq.heappop(self._events)
            event(now_ms)
            self.most_held = max(self.most_held, len(self.inbound._frames._held))

    def _at(self, time_ms: float, event: Callable[[float], None]) -> None:
        heapq.heappush(self._events, (time_ms, next(self._order), event))

    def _sender(self, number: int, source: Callable[[int, bool], EncodedFrame]) -> Callable[[float], None]:
        def send(now_ms: float) -> None:
            frame, self._key_wanted = source(number, self._key_wanted or number == 0), False
            self.sent.append(frame)
            spared = self._conditions.spared
            safe = number < spared or number >= self._count - spared
            for packet in self.outbound.packetize(frame, now_ms, int(now_ms * (1 << 32) / 1000)):
                self._transmit(packet, now_ms, safe=safe)

        return send

    def _transmit(self, packet: RtpPacket, now_ms: float, *, safe: bool = False) -> None:
        conditions = self._conditions
        lost = next(self._numbers) in conditions.burst or self._random.random() < conditions.loss
        if lost and not safe:
            return
        for _ in range(2 if self._random.random() < conditions.repeat else 1):
            delay_ms = conditions.rtt_ms / 2 + self._random.uniform(0, conditions.reorder_ms)
            self._at(now_ms + delay_ms, lambda at_ms: self._act(self.inbound.receive(packet, at_ms), at_ms))

    def _act(self, actions: Actions, now_ms: float) -> None:
        self.delivered += actions.frames
        back_ms = now_ms + self._conditions.rtt_ms / 2
        if (actions.pli or actions.nack) and self._random.random() < self._conditions.feedback_loss:
            return
        if actions.pli:
            self.plis_ms.append(now_ms)
            self._at(back_ms, self._want_key)
        if actions.nack and self._conditions.answers:
            self._at(back_ms, lambda at_ms: self._answer(actions.nack, at_ms))

    def _want_key(self, _now_ms: float) -> None:
        self._key_wanted = True

    def _answer(self, sequences: tuple[int, ...], now_ms: float) -> None:
        for packet in self.outbound.retransmit(sequences, now_ms, 0):
            self._transmit(packet, now_ms, safe=self._conditions.reliable_answers)
