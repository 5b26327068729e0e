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
    random offset) and `key` must be right; `sequence` and `arrival_ms` are not looked at. `is_arrival_sure` is False
    where this machine was so busy that the frame may have waited for it longer than for the network.
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
    is_arrival_sure: bool = True


@dataclass(frozen=True, slots=True)
class InboundStatistics:
    """Counts of one received stream since it began.

    `packets_recovered` came on demand or out of redundancy, `packets_lost` not at all, `frames_dropped` could not be
    put together or decoded. `rtt_ms` is from question to answer, None before the first. `last_packet_ms` is the
    monotonic time of the newest packet, None before the first.
    """

    packets_received: int = 0
    packets_lost: int = 0
    packets_recovered: int = 0
    bytes_received: int = 0
    frames_delivered: int = 0
    key_frames: int = 0
    nacks_sent: int = 0
    plis_sent: int = 0
    jitter_ms: float = 0.0
    frames_dropped: int = 0
    rtt_ms: float | None = None
    last_packet_ms: float | None = None


@dataclass(frozen=True, slots=True)
class SendLayer:
    """One simulcast layer: its RID (RFC 8851), how many times smaller than the whole picture, its highest bitrate."""

    rid: str
    scale_down: float
    bitrate_bps: int


@dataclass(frozen=True, slots=True)
class LayerStatistics:
    """Counts of one layer of a sent stream since it began. `target_bps` is 0 while the layer is off, None unlimited."""

    rid: str
    packets_sent: int = 0
    bytes_sent: int = 0
    frames_sent: int = 0
    key_frames: int = 0
    packets_retransmitted: int = 0
    loss_fraction: float = 0.0
    target_bps: int | None = None


@dataclass(frozen=True, slots=True)
class OutboundStatistics:
    """Counts of one sent stream since it began; with simulcast of all its layers, which are listed lowest first."""

    packets_sent: int = 0
    bytes_sent: int = 0
    frames_sent: int = 0
    key_frames: int = 0
    packets_retransmitted: int = 0
    nacks_received: int = 0
    plis_received: int = 0
    loss_fraction: float = 0.0
    rtt_ms: float | None = None
    layers: tuple[LayerStatistics, ...] = ()


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the network tells the encoder. `target_bps`, for all layers together, is None where nothing limits it yet.

    `layer_targets_bps` has one number for each layer, lowest first (one for a stream without simulcast): 0 says not to
    encode that layer now; empty, every layer may use all it has. `key_frame_wanted` asks for key frames on the layers
    in `key_frame_layers`, on all of them where none is named.
    """

    key_frame_wanted: bool = False
    target_bps: int | None = None
    loss_fraction: float | None = None
    rtt_ms: float | None = None
    layer_targets_bps: tuple[int, ...] = ()
    key_frame_layers: tuple[int, ...] = ()


class FrameSealer(Protocol):
    """Encrypts frames end to end before packets are made of them."""

    def seal(self, codec: Codec, payload: bytes) -> bytes | None:
        """The frame encrypted; None: it must not be sent."""


class FrameOpener(Protocol):
    """Decrypts frames, of VP9 one spatial layer at a time."""

    def open(self, codec: Codec, payload: bytes) -> bytes | None:
        """The frame decrypted; None: nobody may see it."""


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

    def open_with(self, opener: FrameOpener) -> None:
        """From now on deliver only frames that this opens."""

    def statistics(self) -> InboundStatistics:
        """The counts so far."""


class OutboundStream(Protocol):
    """A sent stream. Everything happens on the engine's loop."""

    @property
    def codec(self) -> Codec:
        """The negotiated codec; frames of another are refused."""

    @property
    def layers(self) -> tuple[SendLayer, ...]:
        """The simulcast layers that the other side takes, lowest first; none where one picture is sent to all."""

    def want_layers(self, wanted: tuple[bool, ...]) -> None:
        """Which layers anybody over there watches, lowest first; those left out are not watched."""

    def send(self, frame: EncodedFrame) -> None:
        """Packetise and send; before the transport is connected frames are dropped."""

    def on_feedback(self, listener: Callable[[Feedback], None] | None) -> None:
        """Call `listener` for each word from the network; None stops it."""

    def seal_with(self, sealer: FrameSealer) -> None:
        """From now on send only frames that this has sealed, and no redundancy made of others."""

    def statistics(self) -> OutboundStatistics:
        """The counts so far."""
