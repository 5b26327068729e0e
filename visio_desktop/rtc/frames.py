"""The border between `rtc` and `media`: encoded frames, their streams, and what goes back to the encoder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class Codec(Enum):
    """Codecs by their SDP name, in lower case."""

    OPUS = "opus"
    VP8 = "vp8"
    VP9 = "vp9"
    H264 = "h264"
    AV1 = "av1"

    @property
    def is_video(self) -> bool:
        """Whether this codec carries pictures."""
        return self is not Codec.OPUS

    @property
    def clock_rate_hz(self) -> int:
        """The RTP clock of this codec."""
        return 90_000 if self.is_video else 48_000


@dataclass(frozen=True, slots=True)
class EncodedFrame:
    """One frame: of one video superframe, or one packet's sound.

    `rtp_time` counts in the codec's clock. Received, it is unwrapped (never runs back by overflow) and `arrival_ms` is
    the monotonic time at which the frame was whole; `capture_ms` is the sender's capture time on its own NTP clock in
    milliseconds, None before the first sender report. `gap_before` says that at least one frame before this one was
    given up. Video is delivered in order and only if it can be decoded; sound is delivered as it arrives, once per
    `sequence` (unwrapped), for playout to order. To be sent, `rtp_time` may start anywhere (the stream adds its own
    random offset) and `key` must be right; `sequence` and `arrival_ms` are not looked at.
    """

    codec: Codec
    payload: bytes
    rtp_time: int
    key: bool = True
    arrival_ms: float = 0.0
    capture_ms: float | None = None
    gap_before: bool = False
    sequence: int = 0
    layer: int = 0
    audio_level_db: int | None = None
    voice: bool = False


@dataclass(frozen=True, slots=True)
class InboundStatistics:
    """Counts of one received stream since it began."""

    packets_received: int = 0
    packets_lost: int = 0
    packets_recovered: int = 0
    bytes_received: int = 0
    frames_delivered: int = 0
    key_frames: int = 0
    nacks_sent: int = 0
    plis_sent: int = 0
    jitter_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class OutboundStatistics:
    """Counts of one sent stream since it began."""

    packets_sent: int = 0
    bytes_sent: int = 0
    frames_sent: int = 0
    key_frames: int = 0
    packets_retransmitted: int = 0
    nacks_received: int = 0
    plis_received: int = 0
    loss_fraction: float = 0.0
    rtt_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the network tells the encoder. `target_bps` is None where nothing limits it yet."""

    key_frame_wanted: bool = False
    target_bps: int | None = None
    loss_fraction: float | None = None
    rtt_ms: float | None = None


class InboundStream(Protocol):
    """A received stream. Everything happens on the engine's loop."""

    @property
    def id(self) -> str:
        """An id unique within the process."""

    @property
    def is_video(self) -> bool:
        """Whether pictures come here."""

    def on_frame(self, listener: Callable[[EncodedFrame], None] | None) -> None:
        """Call `listener` for each frame, on the engine's loop; None stops it."""

    def request_key_frame(self) -> None:
        """Ask the sender for a key frame; repeated calls are thinned out."""

    def statistics(self) -> InboundStatistics:
        """The counts so far."""


class OutboundStream(Protocol):
    """A sent stream. Everything happens on the engine's loop."""

    @property
    def codec(self) -> Codec:
        """The negotiated codec; frames of another are refused."""

    def send(self, frame: EncodedFrame) -> None:
        """Packetise and send; before the transport is connected frames are dropped."""

    def on_feedback(self, listener: Callable[[Feedback], None] | None) -> None:
        """Call `listener` for each word from the network; None stops it."""

    def statistics(self) -> OutboundStatistics:
        """The counts so far."""
