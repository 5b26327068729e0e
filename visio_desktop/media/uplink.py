"""Own sound on its way out: 20 ms in, an encoded frame out. No I/O and no thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from visio_desktop.media.activity import Activity
from visio_desktop.media.opus import Encoder
from visio_desktop.media.samples import FRAME, Samples, level_db
from visio_desktop.rtc.frames import Codec, EncodedFrame, Feedback

BITRATE_BPS: Final = 32_000
_LEAST_BPS: Final = 16_000
_DTX_BYTES: Final = 2
_LEAST_LOSS: Final = 0.1  # below this libopus sends no redundancy at 32 kb/s
_MOST_LOSS: Final = 0.3


class Uplink:
    """Encodes; silence costs nothing (DTX), loss is prepared for (FEC).

    `make_encoder` is called with the first sound, on the thread that brings it: loading the codec takes a while. It
    makes one of `bitrate_bps`, the most that is ever sent, for so many `channels`.
    """

    def __init__(
        self, make_encoder: Callable[[], Encoder], bitrate_bps: int = BITRATE_BPS, *, channels: int = 1
    ) -> None:
        self.channels = channels
        self._make_encoder = make_encoder
        self._encoder: Encoder | None = None
        self._activity = Activity()
        self.is_voiced = False
        """Whether somebody spoke in the frame added last."""
        self._time = 0
        self._silent = False
        self._most_bps = self._bitrate_bps = bitrate_bps
        self._loss = 0.0
        self._wanted = (bitrate_bps, _LEAST_LOSS)

    def add(self, samples: Samples) -> EncodedFrame | None:
        """Take the next 960 samples, or pairs of them; a frame if it is worth sending."""
        start = self._time
        self._time += FRAME
        encoder = self._adapted()
        loudness_db = level_db(samples)
        self.is_voiced = voice = self._activity.update(loudness_db)
        payload = encoder.encode(samples)
        silent = len(payload) <= _DTX_BYTES
        # The first empty frame tells the receiver that silence begins; those after it tell nothing.
        worth_sending = bool(payload) and not (silent and self._silent)
        self._silent = silent
        if not worth_sending:
            return None
        return EncodedFrame(Codec.OPUS, payload, start, audio_level_db=round(loudness_db), voice=voice)

    def skip(self) -> None:
        """The time of a frame passes unsent."""
        self._time += FRAME
        self.is_voiced = False

    def restart(self) -> None:
        """Nothing heard so far may be in what follows: forget it, the encoder's memory included."""
        self._silent = False
        if self._encoder is not None:
            self._encoder.reset()

    def follow(self, feedback: Feedback) -> None:
        """Adapt to the network from the next frame on. Thread-safe."""
        bitrate_bps, loss = self._wanted
        if feedback.target_bps is not None:
            bitrate_bps = min(max(feedback.target_bps, _LEAST_BPS), self._most_bps)
        if feedback.loss_fraction is not None:
            loss = min(max(feedback.loss_fraction, _LEAST_LOSS), _MOST_LOSS)
        self._wanted = (bitrate_bps, loss)

    def _adapted(self) -> Encoder:
        """The encoder, as the network wants it."""
        encoder = self._encoder = self._encoder or self._make_encoder()
        bitrate_bps, loss = self._wanted
        if bitrate_bps != self._bitrate_bps:
            self._bitrate_bps = bitrate_bps
            encoder.set_bitrate(bitrate_bps)
        if loss != self._loss:
            self._loss = loss
            encoder.set_expected_loss(loss)
        return encoder
