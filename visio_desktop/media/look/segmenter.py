"""Where the person is in a picture: a network of 250 kB on a picture of 256 x 144 pixels.

MediaPipe's selfie segmentation (`resources/models`), run by OpenCV. The picture is squeezed into the network's shape
whatever its own is, which is how it was trained.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from visio_desktop.media.errors import EffectError
from visio_desktop.media.opencv import cv2
from visio_desktop.media.raw import RawFrame, blank
from visio_desktop.media.scale import Fit, scale_into
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.system.paths import resources

type Mask = npt.NDArray[np.float32]
"""(144, 256) values from 0, the room, to 1, the person."""

WIDTH_PX: Final = 256
HEIGHT_PX: Final = 144


def model_path() -> Path:
    """The network that comes with this program."""
    return resources() / "models" / "selfie_segmentation_landscape.tflite"


class Segmenter:
    """Used by one thread. Raises `EffectError` where the network cannot be loaded."""

    def __init__(self, path: Path | None = None) -> None:
        try:
            model = np.frombuffer((path or model_path()).read_bytes(), np.uint8)
            self._network = cv2.dnn.readNetFromTFLite(model)
        except (OSError, cv2.error) as error:
            raise failed(str(error)) from error
        self._small = blank(WIDTH_PX, HEIGHT_PX)

    def find(self, frame: RawFrame) -> Mask:
        """Where the person is. Raises `EffectError`."""
        scale_into(frame, Fit(0, 0, frame.width_px, frame.height_px, WIDTH_PX, HEIGHT_PX), self._small)
        try:
            colours = cv2.cvtColor(np.asarray(self._small.stacked), cv2.COLOR_YUV2RGB_I420)
            self._network.setInput(cv2.dnn.blobFromImage(colours, 1 / 255))
            found = np.asarray(self._network.forward(), np.float32)
        except cv2.error as error:
            raise failed(str(error)) from error
        if found.size != WIDTH_PX * HEIGHT_PX or not np.isfinite(found).all():
            raise failed(f"no mask: {found.shape}")
        return found.reshape(HEIGHT_PX, WIDTH_PX)


def failed(detail: str) -> EffectError:
    """That the background cannot be hidden."""
    return EffectError(Problem(ProblemCode.BACKGROUND_FAILED), detail)
