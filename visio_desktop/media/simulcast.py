"""One captured picture in several sizes: each scaled from the next larger one, each with an encoder of its own.

A layer that is off costs nothing: it is neither scaled nor encoded, and its encoder is released. Switched on again it
begins with a key frame, and the other layers do not notice.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from visio_desktop.media.encoders import EncodeSettings
from visio_desktop.media.encoding import Encoding, PublisherStatistics
from visio_desktop.media.thinning import Thinning
from visio_desktop.rtc.frames import Codec, EncodedFrame, SendLayer

if TYPE_CHECKING:
    from visio_desktop.media.raw import RawFrame


class Simulcast:
    """The layers of one stream, lowest first; one of the whole size where there are none. Used by one thread."""

    def __init__(self, codec: Codec, settings: EncodeSettings, layers: tuple[SendLayer, ...]) -> None:
        self._settings = settings
        self._scales = tuple(layer.scale_down for layer in layers) or (1.0,)
        self._thinning = Thinning(settings.fps)
        self._encodings = tuple(Encoding(codec, _part(settings, layer)) for layer in layers) or (
            Encoding(codec, settings),
        )

    def encode(self, frame: RawFrame, targets_bps: tuple[int, ...], keys: Collection[int]) -> list[EncodedFrame]:
        """The picture in each layer whose target is not 0, lowest first, with key frames where `keys` asks for them.

        A key frame asked of a layer comes with that layer's next picture at the earliest. Raises `CodecError`.
        """
        for index in keys:
            self._encodings[index].owe_key()
        if not self._thinning.is_due(frame.capture_ms):
            return []
        made: list[EncodedFrame] = []
        # All are scaled first: what was just captured is still near the processor then, after encoding it is not.
        for index, picture in self._pictures(frame, targets_bps):
            encoded = self._encodings[index].encode(picture, targets_bps[index])
            if encoded is not None:
                made.append(replace(encoded, layer=index))
        return made

    def _pictures(self, frame: RawFrame, targets_bps: tuple[int, ...]) -> list[tuple[int, RawFrame]]:
        """The picture in the size of each layer that is on, lowest first; the others' encoders are released."""
        pictures: list[tuple[int, RawFrame]] = []
        picture = frame
        for index in reversed(range(len(self._encodings))):
            if targets_bps[index]:
                picture = self._scaled(frame, picture, self._scales[index])
                pictures.append((index, picture))
            else:
                self._encodings[index].close()
        return pictures[::-1]

    def is_settled(self, targets_bps: tuple[int, ...]) -> bool:
        """Whether the picture that was encoded last stands so well in every layer that it need not be sent again."""
        return all(
            each.is_settled if target_bps else not each.statistics.is_on
            for each, target_bps in zip(self._encodings, targets_bps, strict=True)
        )

    def rest(self) -> None:
        """Nothing is sent for now: the picture stands still."""
        for encoding in self._encodings:
            encoding.rest()

    def layers(self) -> tuple[PublisherStatistics, ...]:
        """What each layer is now, lowest first; safe on any thread."""
        return tuple(encoding.statistics for encoding in self._encodings)

    def statistics(self) -> PublisherStatistics:
        """What is sent altogether: the size and rate of the largest layer that is on, the bits of all that are."""
        layers = self.layers()
        largest = max(layers, key=lambda each: (each.is_on, each.height_px))
        return replace(
            largest,
            fps=largest.fps if largest.is_on else 0.0,
            bitrate_bps=sum(each.bitrate_bps for each in layers if each.is_on),
            key_frames=sum(each.key_frames for each in layers),
        )

    def close(self) -> None:
        """Release the encoders."""
        for encoding in self._encodings:
            encoding.close()

    def _scaled(self, whole: RawFrame, larger: RawFrame, scale_down: float) -> RawFrame:
        """The picture in a layer's size, made from the next larger one."""
        from visio_desktop.media.scale import Fit, scale, within  # noqa: PLC0415 - OpenCV is imported late

        limit_px = (self._settings.width_px, self._settings.height_px)
        full = within((whole.width_px, whole.height_px), limit_px)
        width, height = round(full.width_px / scale_down), round(full.height_px / scale_down)
        size_px = (width + (width & 1), height + (height & 1))
        return scale(larger, Fit(0, 0, larger.width_px, larger.height_px, *size_px))


def _part(settings: EncodeSettings, layer: SendLayer) -> EncodeSettings:
    return replace(settings, bitrate_bps=layer.bitrate_bps)
