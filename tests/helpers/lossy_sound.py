"""A voice over a poor path into `SoundInbound` and `Playout`, on a virtual clock, without a real decoder."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from aiortc.rtp import RtpPacket

from tests.helpers.sound import CheapDecoder
from visio_desktop.media.playout import Playout, VoiceStatistics
from visio_desktop.media.samples import BLOCK, FRAME, RATE_HZ, Samples
from visio_desktop.rtc.frames import Codec
from visio_desktop.rtc.inbound_sound import SoundInbound
from visio_desktop.rtc.packetize.opus_red import RedPacketizer
from visio_desktop.rtc.payloads import CodecFormat, FormatTable

FRAME_MS = 20.0
_PATH_MS = 20.0
_BUZZ = b"\x78" + bytes(40)


class FecDecoder(CheapDecoder):
    """Each frame carries the one before it, if `fec` says so."""

    def __init__(self, *, fec: bool) -> None:
        super().__init__()
        self._fec = fec

    def recover(self, next_payload: bytes, samples: int) -> Samples | None:
        return self._buzz[:samples] if self._fec else None


@dataclass(frozen=True, slots=True)
class Poor:
    """What the path does, and what the sender does against it. In `burst_ms` all is lost; what is sent in `stall_ms`
    comes at its end."""

    loss: float = 0.0
    jitter_ms: float = 0.0
    burst_ms: tuple[float, float] = (0.0, 0.0)
    stall_ms: tuple[float, float] = (0.0, 0.0)
    red: bool = True
    fec: bool = False
    seed: int = 1


class LossyVoice:
    """Plays a voice; `delays_ms` has at each moment how long what is heard has taken since it was said."""

    def __init__(self, poor: Poor) -> None:
        self.playout = Playout(FecDecoder(fec=poor.fec))
        self.delays_ms: list[tuple[float, float]] = []
        self._inbound = SoundInbound(FormatTable((CodecFormat(Codec.OPUS, 111, None, 63),)))
        self._poor, self._random = poor, Random(poor.seed)
        self._first_time: int | None = None

    def run(self, seconds: float) -> VoiceStatistics:
        """Send and play for so long."""
        packets, at = self._packets(int(seconds * 1000 / FRAME_MS)), 0
        for beat in range(int(seconds * RATE_HZ / BLOCK)):
            now_ms = beat * 10.0
            while at < len(packets) and packets[at][0] <= now_ms:
                arrival_ms, packet = packets[at]
                for frame in self._inbound.receive(packet, arrival_ms).frames:
                    self._first_time = frame.rtp_time if self._first_time is None else self._first_time
                    self.playout.put(frame, arrival_ms)
                at += 1
            self._note(now_ms)
            self.playout.pull(now_ms)
        return self.playout.statistics()

    def _packets(self, count: int) -> list[tuple[float, RtpPacket]]:
        poor, chance, packets, free_ms = self._poor, self._random, [], 0.0
        redundant = RedPacketizer(111)
        for number in range(count):
            sent_ms = number * FRAME_MS
            payload = redundant.packetize(number * FRAME, _BUZZ) if poor.red else _BUZZ
            if poor.burst_ms[0] <= sent_ms < poor.burst_ms[1] or chance.random() < poor.loss:
                continue
            arrival_ms = sent_ms + _PATH_MS + chance.uniform(0, poor.jitter_ms)
            if poor.stall_ms[0] <= sent_ms < poor.stall_ms[1]:
                arrival_ms = max(arrival_ms, poor.stall_ms[1])
            free_ms = arrival_ms = max(arrival_ms, free_ms)
            packet = RtpPacket(63 if poor.red else 111, 0, number & 0xFFFF, number * FRAME, 5, payload)
            packets.append((arrival_ms, packet))
        return packets

    def _note(self, now_ms: float) -> None:
        playout = self.playout
        if self._first_time is not None and not playout._waiting:
            said_ms = (playout._next - len(playout._pcm) - self._first_time) * 1000 / RATE_HZ
            self.delays_ms.append((now_ms, now_ms - said_ms))
