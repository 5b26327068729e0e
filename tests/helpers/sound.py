"""Speech, encoded speech, and streams that go nowhere or back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from visio_desktop.media.opus import Decoder, Encoder, new_encoder
from visio_desktop.media.playout import Playout
from visio_desktop.media.samples import BLOCK, FRAME, Samples
from visio_desktop.media.speech import Speech
from visio_desktop.rtc.frames import (
    Codec,
    EncodedFrame,
    Feedback,
    FrameOpener,
    FrameSealer,
    InboundStatistics,
    OutboundStatistics,
    SendLayer,
)


def spoken(seconds: float, *, seed: int = 1, pitch_hz: float = 140.0) -> Samples:
    """Synthetic speech."""
    return Speech(seed, pitch_hz).read(int(seconds * 48_000))


def tone(seconds: float, frequency_hz: float = 440.0, amplitude: float = 0.3, rate_hz: int = 48_000) -> Samples:
    """A sine."""
    time_s = np.arange(int(seconds * rate_hz)) / rate_hz
    return (amplitude * np.sin(2 * np.pi * frequency_hz * time_s)).astype(np.float32)


def two_tones(seconds: int, left_hz: float, right_hz: float) -> bytes:
    """Raw stereo, 16 bit at 48 kHz: a tone on each side."""
    at = np.arange(48_000 * seconds) / 48_000
    both = np.stack([np.sin(2 * np.pi * hz * at) * 8_000 for hz in (left_hz, right_hz)], axis=1)
    return both.astype(np.int16).tobytes()


def has_tone(tones: Iterable[float], hz: float) -> bool:
    """Whether one of these tones is that one."""
    return any(abs(tone - hz) < 12 for tone in tones)


def sides_apart(left: list[float], right: list[float], left_hz: float, right_hz: float) -> bool:
    """Whether each side has its own tone and not that of the other."""
    sides = ((left, left_hz, right_hz), (right, right_hz, left_hz))
    return all(has_tone(side, own) and not has_tone(side, other) for side, own, other in sides)


def snr_db(reference: Samples, other: Samples) -> float:
    """How far the difference lies below the reference."""
    noise = float(np.square(reference - other).sum())
    return 10 * float(np.log10(float(np.square(reference).sum()) / max(noise, 1e-12)))


def aligned_snr_db(reference: Samples, other: Samples, most: int = 1000) -> float:
    """As `snr_db` at the delay of `other` (0 to `most` samples) that suits best."""
    width = len(reference) - most
    return max(snr_db(reference[:width], other[lag : lag + width]) for lag in range(most))


def payloads(samples: Samples, encoder: Encoder | None = None) -> list[bytes]:
    """The payloads of whole frames."""
    encoder = encoder or new_encoder()
    count = len(samples) // FRAME
    return [encoder.encode(samples[i * FRAME : (i + 1) * FRAME]) for i in range(count)]


def frames(contents: Iterable[bytes], *, first_time: int = 0, first_sequence: int = 0) -> list[EncodedFrame]:
    """Received frames, 20 ms each."""
    return [
        EncodedFrame(Codec.OPUS, payload, first_time + i * FRAME, sequence=first_sequence + i, capture_ms=i * 20.0)
        for i, payload in enumerate(contents)
    ]


def play(
    playout: Playout, arrivals: Iterable[tuple[float, EncodedFrame]], until_ms: float, *, reader_ppm: float = 0.0
) -> Samples:
    """Let frames arrive at their times and pull blocks on a clock that is `reader_ppm` too fast."""
    waiting = sorted(arrivals, key=lambda pair: pair[0])
    blocks: list[Samples] = []
    beat_ms, at = 10 / (1 + reader_ppm * 1e-6), 0
    for beat in range(int(until_ms / beat_ms)):
        now_ms = beat * beat_ms
        while at < len(waiting) and waiting[at][0] <= now_ms:
            playout.put(waiting[at][1], waiting[at][0])
            at += 1
        blocks.append(playout.pull(now_ms))
    return np.concatenate(blocks)


class CheapDecoder(Decoder):
    """Decodes to a buzz at no cost, for simulations of minutes."""

    def __init__(self) -> None:
        self._buzz = tone(0.02, 400.0)

    def decode(self, payload: bytes) -> Samples | None:
        return self._buzz

    def recover(self, next_payload: bytes, samples: int) -> Samples | None:
        return None

    def conceal(self, samples: int) -> Samples:
        return np.zeros(samples, dtype=np.float32)


class FakeInbound:
    """A stream that delivers what the test hands it."""

    is_video = False

    def __init__(self, id_: str = "in") -> None:
        self.id = id_
        self.listener: Callable[[EncodedFrame], None] | None = None

    def on_frame(self, listener: Callable[[EncodedFrame], None] | None) -> None:
        self.listener = listener

    def open_with(self, opener: FrameOpener) -> None:
        self.opener = opener

    def request_key_frame(self) -> None:
        raise AssertionError("sound has no key frames")

    def statistics(self) -> InboundStatistics:
        return InboundStatistics()

    def deliver(self, frame: EncodedFrame) -> None:
        if self.listener is not None:
            self.listener(frame)


class FakeOutbound:
    """A stream that keeps what is sent, and hands it on to others."""

    codec = Codec.OPUS
    layers: tuple[SendLayer, ...] = ()

    def want_layers(self, wanted: tuple[bool, ...]) -> None:
        """Sound has no layers."""

    def __init__(self, *onward: FakeInbound) -> None:
        self.sent: list[EncodedFrame] = []
        self.feedback: Callable[[Feedback], None] | None = None
        self._onward = onward

    def send(self, frame: EncodedFrame) -> None:
        self.sent.append(frame)
        for stream in self._onward:
            stream.deliver(replace(frame, sequence=len(self.sent)))

    def seal_with(self, sealer: FrameSealer) -> None:
        self.sealer = sealer

    def on_feedback(self, listener: Callable[[Feedback], None] | None) -> None:
        self.feedback = listener

    def statistics(self) -> OutboundStatistics:
        return OutboundStatistics()


def blocks(samples: Samples, size: int = BLOCK) -> list[Samples]:
    """Whole blocks of 10 ms, or of another size."""
    return [samples[i : i + size] for i in range(0, len(samples) - size + 1, size)]
