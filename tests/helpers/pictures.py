"""Pictures, streams and sinks for the tests of media."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from visio_desktop.media.encoders import EncodeSettings
from visio_desktop.media.encoding import Encoding
from visio_desktop.media.raw import Plane, RawFrame
from visio_desktop.media.sources.scenes import TalkingHead
from visio_desktop.meeting.frames import Picture, PictureTarget
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

FRAME_MS = 1000 / 30


def people(count: int, width_px: int = 320, height_px: int = 180, seed: int = 1) -> list[RawFrame]:
    """Pictures of somebody who talks, 30 a second from time 0."""
    head = TalkingHead(width_px, height_px, seed)
    return [head.draw(number, number * FRAME_MS) for number in range(count)]


def encoded(
    frames: list[RawFrame], codec: Codec = Codec.VP8, bitrate_bps: int = 400_000, keys: frozenset[int] = frozenset()
) -> list[EncodedFrame]:
    """The frames as a stream; `keys` are the numbers of the pictures a key frame is asked for at."""
    settings = EncodeSettings(frames[0].width_px, frames[0].height_px, 30, bitrate_bps)
    encoding = Encoding(codec, settings)
    made: list[EncodedFrame] = []
    for number, frame in enumerate(frames):
        if number in keys:
            encoding.owe_key()
        picture = encoding.encode(frame, bitrate_bps)
        made += [] if picture is None else [picture]
    encoding.close()
    return made


def later(frame: RawFrame, capture_ms: float) -> RawFrame:
    """The same picture at another time."""
    return replace(frame, capture_ms=capture_ms)


def psnr_db(one: Plane, other: Plane) -> float:
    """How alike two planes are: above 35 nobody sees a difference."""
    error = float(np.mean((one.astype(np.float64) - other.astype(np.float64)) ** 2))
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def pixels_of(picture: Picture) -> Plane:
    """A picture as an array of (height, width, 4)."""
    return np.frombuffer(picture.pixels, np.uint8).reshape(picture.height_px, picture.width_px, 4)


@dataclass
class Sink:
    """Keeps what is put."""

    wanted: PictureTarget | None = field(default_factory=lambda: PictureTarget(320, 180))
    pictures: list[Picture] = field(default_factory=list)

    def put(self, picture: Picture) -> None:
        self.pictures.append(picture)

    def target(self) -> PictureTarget | None:
        return self.wanted


@dataclass
class Wire:
    """An outbound stream whose other end is the inbound stream it is itself."""

    codec: Codec = Codec.VP8
    id: str = "wire"
    is_video: bool = True
    sent: list[EncodedFrame] = field(default_factory=list)
    key_frames_asked: int = 0
    _on_frame: Callable[[EncodedFrame], None] | None = None
    _on_feedback: Callable[[Feedback], None] | None = None

    def on_frame(self, listener: Callable[[EncodedFrame], None] | None) -> None:
        self._on_frame = listener

    def seal_with(self, sealer: FrameSealer) -> None:
        self.sealer = sealer

    def on_feedback(self, listener: Callable[[Feedback], None] | None) -> None:
        self._on_feedback = listener

    def send(self, frame: EncodedFrame) -> None:
        self.sent.append(frame)
        if self._on_frame is not None:
            self._on_frame(frame)

    def feed_back(self, feedback: Feedback) -> None:
        if self._on_feedback is not None:
            self._on_feedback(feedback)

    def open_with(self, opener: FrameOpener) -> None:
        self.opener = opener

    def request_key_frame(self) -> None:
        self.key_frames_asked += 1
        self.feed_back(Feedback(key_frame_wanted=True))

    def statistics(self) -> InboundStatistics:
        return InboundStatistics()


class OutboundWire(Wire):
    """As `Wire`, seen from the sender."""

    layers: tuple[SendLayer, ...] = ()

    def want_layers(self, wanted: tuple[bool, ...]) -> None:
        """Nobody says."""

    def statistics(self) -> OutboundStatistics:  # type: ignore[override]
        return OutboundStatistics()


class FakeClock:
    """A clock that moves only when told, or slept on."""

    def __init__(self, now_ms: float = 0.0) -> None:
        self.now_ms = now_ms
        self.slept_ms: list[float] = []

    def __call__(self) -> float:
        return self.now_ms

    def sleep(self, duration_ms: float) -> None:
        self.slept_ms.append(duration_ms)
        self.now_ms += duration_ms
