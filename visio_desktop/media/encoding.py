"""What becomes of one captured picture: left out, or scaled and encoded at the size, rate and bitrate of the moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from visio_desktop.media.encoders import EncodedPicture, EncodeSettings, VideoEncoder, open_encoder
from visio_desktop.media.ladder import Ladder
from visio_desktop.rtc.frames import Codec, EncodedFrame

if TYPE_CHECKING:
    from visio_desktop.media.raw import RawFrame

_KEY_FRAME_PAUSE_MS = 300.0
_WINDOW_MS = 1000.0
_VIDEO_TICKS_PER_MS = 90
_QUIET_TIMES = 2
_MOST_AGAIN = 30
_PX_A_QUIET_BYTE = 4_000


@dataclass(frozen=True, slots=True)
class PublisherStatistics:
    """What is being sent now, and key frames since the beginning; rates are of the last full second.

    With `is_on` False nothing is sent now, and the rest is as it was last.
    """

    width_px: int = 0
    height_px: int = 0
    fps: float = 0.0
    bitrate_bps: int = 0
    key_frames: int = 0
    is_on: bool = False


class Encoding:
    """Encodes the pictures of one layer. Used by one thread; `statistics` may be read by any."""

    def __init__(self, codec: Codec, settings: EncodeSettings) -> None:
        self._codec, self._settings = codec, settings
        self._ladder: Ladder | None = None
        self._source_px = (0, 0)
        self._encoder: VideoEncoder | None = None
        self._size_px = (0, 0)
        self._key_owed = False
        self._again = self._quiet = 0
        self._last_key_ms = float("-inf")
        self._window_began_ms = 0.0
        self._window_frames = self._window_bytes = 0
        self.statistics = PublisherStatistics()

    def owe_key(self) -> None:
        """Make one of the next pictures a key frame: the next one, or that which is 300 ms from another key frame."""
        self._key_owed = True

    def encode(self, frame: RawFrame, target_bps: int) -> EncodedFrame | None:
        """The encoded picture, None where the encoder dropped it. Raises `CodecError`."""
        if not frame.again:
            self._again = self._quiet = 0
        encoder = self._encoder_for(self._size_for(frame, target_bps))
        encoder.set_bitrate(target_bps)
        key = self._key_owed and frame.capture_ms - self._last_key_ms >= _KEY_FRAME_PAUSE_MS
        picture = encoder.encode(self._scaled(frame), key=key)
        if picture is None:
            return None
        self._count(picture, frame.capture_ms)
        ticks = round(frame.capture_ms * _VIDEO_TICKS_PER_MS)
        return EncodedFrame(self._codec, picture.payload, ticks, picture.key, capture_ms=frame.capture_ms)

    @property
    def is_settled(self) -> bool:
        """Whether the same picture, encoded once more, would add nothing: it has little to say, or was often said."""
        return not self._key_owed and (self._quiet >= _QUIET_TIMES or self._again >= _MOST_AGAIN)

    def rest(self) -> None:
        """Nothing is sent for now: what stands still was sent."""
        if self.statistics.fps:
            self.statistics = replace(self.statistics, fps=0.0, bitrate_bps=0)

    def close(self) -> None:
        """Release the encoder: nothing is sent until `encode`, which then begins with a key frame."""
        if self._encoder is not None:
            self._release(self._encoder)
            self.statistics = replace(self.statistics, is_on=False)
            self._ladder = None

    def _size_for(self, frame: RawFrame, target_bps: int) -> tuple[int, int]:
        from visio_desktop.media.scale import within  # noqa: PLC0415 - OpenCV is imported late

        source_px = (frame.width_px, frame.height_px)
        if self._ladder is None or source_px != self._source_px:
            self._source_px = source_px
            fit = within(source_px, (self._settings.width_px, self._settings.height_px))
            self._ladder = Ladder(replace(self._settings, width_px=fit.width_px, height_px=fit.height_px))
        return self._ladder.size_px(target_bps)

    def _encoder_for(self, size_px: tuple[int, int]) -> VideoEncoder:
        if self._encoder is None or size_px != self._size_px:
            if self._encoder is not None:
                self._release(self._encoder)
            width, height = self._size_px = size_px
            settings = replace(self._settings, width_px=width, height_px=height)
            self._encoder = open_encoder(self._codec, settings)
        return self._encoder

    def _release(self, encoder: VideoEncoder) -> None:
        encoder.close()
        self._encoder = None
        self._again = self._quiet = 0

    def _scaled(self, frame: RawFrame) -> RawFrame:
        from visio_desktop.media.scale import Fit, scale  # noqa: PLC0415 - OpenCV is imported late

        return scale(frame, Fit(0, 0, frame.width_px, frame.height_px, *self._size_px))

    def _count(self, picture: EncodedPicture, capture_ms: float) -> None:
        if picture.key:
            self._key_owed = False
            self._last_key_ms = capture_ms
            self._again = self._quiet = 0
        else:
            self._again += 1
            says_little = len(picture.payload) * _PX_A_QUIET_BYTE <= self._size_px[0] * self._size_px[1]
            self._quiet = self._quiet + 1 if says_little else 0
        self._window_frames += 1
        self._window_bytes += len(picture.payload)
        old, (width, height) = self.statistics, self._size_px
        keys = old.key_frames + picture.key
        self.statistics = replace(old, width_px=width, height_px=height, key_frames=keys, is_on=True)
        elapsed_ms = capture_ms - self._window_began_ms
        if elapsed_ms < _WINDOW_MS:
            return
        if elapsed_ms < 2 * _WINDOW_MS:
            fps, bitrate = self._window_frames * 1000 / elapsed_ms, int(self._window_bytes * 8000 / elapsed_ms)
            self.statistics = replace(self.statistics, fps=fps, bitrate_bps=bitrate)
        self._window_began_ms, self._window_frames, self._window_bytes = capture_ms, 0, 0
