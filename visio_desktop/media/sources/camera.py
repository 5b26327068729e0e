"""A camera through OpenCV: 1280 x 720 at 30 pictures a second as MJPG, which is what USB cameras have bandwidth for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from visio_desktop.media.cameras import Camera, choose_camera, find_cameras
from visio_desktop.media.errors import DeviceError
from visio_desktop.media.opencv import cv2
from visio_desktop.media.raw import RawFrame, blank
from visio_desktop.media.sources.pace import sleep_ms
from visio_desktop.media.sources.port import CaptureSize
from visio_desktop.media.specs import Spec
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger

_PATIENCE_MS = 3_000.0
_RETRY_MS = 20.0
_LONGEST_REASON = 200
_log = get_logger(__name__)


def open_camera(spec: Spec, size: CaptureSize, clock: Clock) -> CameraSource:
    """Open the camera a spec names. Raises `DeviceError` where it is missing, in use, or not for us."""
    camera = choose_camera(spec, find_cameras())
    device = cv2.VideoCapture(camera.index, camera.backend)
    if not device.isOpened():
        device.release()
        code = ProblemCode.CAMERA_REFUSED if _is_refused(camera.path) else ProblemCode.CAMERA_BUSY
        raise DeviceError(Problem(code, camera.device.name), "is listed but does not open")
    return CameraSource(device, camera, size, clock=clock)


def _is_refused(path: str) -> bool:
    """Whether the system keeps us from opening it. Elsewhere than under Linux the path is no file."""
    return _is_file(path) and Path(path).exists() and not os.access(path, os.R_OK | os.W_OK, effective_ids=True)


def _is_file(path: str) -> bool:
    return sys.platform == "linux" and path.startswith("/dev/")


class CameraSource:
    """An opened camera."""

    def __init__(
        self,
        device: cv2.VideoCapture,
        camera: Camera,
        size: CaptureSize,
        *,
        clock: Clock,
        sleep: Callable[[float], None] = sleep_ms,
    ) -> None:
        self._device, self._camera, self._clock, self._sleep = device, camera, clock, sleep
        self._pixels: cv2.typing.MatLike | None = None
        # The order matters: a camera knows its sizes only once it knows the format.
        device.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        device.set(cv2.CAP_PROP_FRAME_WIDTH, size.width_px)
        device.set(cv2.CAP_PROP_FRAME_HEIGHT, size.height_px)
        device.set(cv2.CAP_PROP_FPS, size.fps)
        device.set(cv2.CAP_PROP_BUFFERSIZE, 1)

    @property
    def name(self) -> str:
        """The camera's name."""
        return self._camera.device.name

    def read(self) -> RawFrame:
        """Wait for the camera's next picture; a few broken ones are passed over. Raises `DeviceError`."""
        began_ms = self._clock()
        while True:
            pixels = self._grab()
            now_ms = self._clock()
            if pixels is not None:
                self._pixels = pixels
                return self._frame(pixels, now_ms)
            if _is_file(self._camera.path) and not Path(self._camera.path).exists():
                raise DeviceError(Problem(ProblemCode.CAMERA_GONE, self.name), "was unplugged")
            if now_ms - began_ms >= _PATIENCE_MS:
                raise DeviceError(Problem(ProblemCode.CAMERA_FAILED, self.name), "gives no pictures")
            self._sleep(_RETRY_MS)

    def _grab(self) -> cv2.typing.MatLike | None:
        try:
            ok, pixels = self._device.read(self._pixels)
        except cv2.error as error:  # a format it lists and cannot convert
            _log.info("camera_picture_refused", reason=str(error)[:_LONGEST_REASON])
            return None
        return pixels if ok else None

    def close(self) -> None:
        """Release the camera; its light goes out."""
        self._device.release()

    @staticmethod
    def _frame(pixels: cv2.typing.MatLike, now_ms: float) -> RawFrame:
        height, width = pixels.shape[0] & ~1, pixels.shape[1] & ~1
        frame = blank(width, height, now_ms)
        cv2.cvtColor(pixels[:height, :width], cv2.COLOR_BGR2YUV_I420, dst=np.asarray(frame.stacked))
        return frame
