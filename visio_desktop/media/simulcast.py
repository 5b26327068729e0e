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
        picture = frame
        for index in reversed(range(len(self._encodings))):
            encoding, target_bps = self._encodings[index], targets_bps[index]
            if not target_bps:
                encoding.close()
                continue
            picture = self._scaled(frame, picture, self._scales[index])
            encoded = encoding.encode(picture, target_bps)
            if encoded is not None:
                made.append(replace(encoded, layer=index))
        return made[::-1]

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
