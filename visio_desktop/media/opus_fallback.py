"""Opus through PyAV, for machines whose libopus cannot be called: no FEC decoding, concealment by repetition."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext

from visio_desktop.media.opus import duration
from visio_desktop.media.samples import FRAME, RATE_HZ, Samples, silence

_FADE_PER_FRAME = 0.6


class PyavEncoder:
    """Mono, for voice; another bitrate or loss takes effect by a new encoder."""

    def __init__(self, bitrate_bps: int) -> None:
        self._bitrate_bps = bitrate_bps
        self._loss = 0.0
        self._context = self._open()

    def _open(self) -> AudioCodecContext:
        context = av.CodecContext.create("libopus", "w")
        if not isinstance(context, AudioCodecContext):
            raise TypeError("libopus is no sound codec here")
        context.sample_rate = RATE_HZ
        context.layout = "mono"
        context.format = av.AudioFormat("flt")
        context.bit_rate = self._bitrate_bps
        context.time_base = Fraction(1, RATE_HZ)
        loss = str(round(100 * self._loss))
        context.options = {"application": "voip", "dtx": "1", "fec": "1", "packet_loss": loss}
        self._pts = 0
        return context

    def encode(self, samples: Samples) -> bytes:
        """See `opus.Encoder`."""
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, FRAME), format="flt", layout="mono")
        frame.sample_rate = RATE_HZ
        frame.pts = self._pts
        self._pts += FRAME
        return b"".join(bytes(packet) for packet in self._context.encode(frame))

    def set_bitrate(self, bitrate_bps: int) -> None:
        """See `opus.Encoder`."""
        self._bitrate_bps = bitrate_bps
        self._context = self._open()

    def set_expected_loss(self, fraction: float) -> None:
        """See `opus.Encoder`."""
        self._loss = min(max(fraction, 0.0), 1.0)
        self._context = self._open()

    def reset(self) -> None:
        """See `opus.Encoder`."""
        self._context = self._open()


class PyavDecoder:
    """Mono; what is missing is the last frame again, quieter each time."""

    def __init__(self) -> None:
        context = av.CodecContext.create("libopus", "r")
        if not isinstance(context, AudioCodecContext):
            raise TypeError("libopus is no sound codec here")
        context.sample_rate = RATE_HZ
        context.layout = "mono"
        self._context = context
        self._resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
        self._last = silence(FRAME)

    def decode(self, payload: bytes) -> Samples | None:
        """See `opus.Decoder`."""
        if not duration(payload):
            return None
        try:
            frames = self._context.decode(av.Packet(payload))
        except av.FFmpegError:
            return None
        parts = [part.to_ndarray().reshape(-1) for frame in frames for part in self._resampler.resample(frame)]
        if not parts:
            return None
        self._last = np.concatenate(parts).astype(np.float32)
        return self._last

    def recover(self, next_payload: bytes, samples: int) -> Samples | None:  # noqa: ARG002 - PyAV cannot
        """See `opus.Decoder`."""
        return None

    def conceal(self, samples: int) -> Samples:
        """See `opus.Decoder`."""
        self._last = np.resize(self._last * np.float32(_FADE_PER_FRAME), samples)
        return self._last
