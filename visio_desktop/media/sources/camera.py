"""A camera through OpenCV: 1280 x 720 at 30 pictures a second as MJPG, which is what USB cameras have bandwidth for."""

from __future__ import annotations

from collections.abc import Callable

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

_PATIENCE_MS = 3_000.0
_RETRY_MS = 20.0


def open_camera(spec: Spec, size: CaptureSize, clock: Clock) -> CameraSource:
    """Open the camera a spec names. Raises `DeviceError` where it is missing or in use."""
    camera = choose_camera(spec, find_cameras())
    device = cv2.VideoCapture(camera.index, camera.backend)
    if not device.isOpened():
        device.release()
        raise DeviceError(Problem(ProblemCode.CAMERA_BUSY, camera.device.name), "is listed but does not open")
    return CameraSource(device, camera, size, clock=clock)


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
        """Wait for the camera's next picture; a few broken ones are passed over."""
        began_ms = self._clock()
        while True:
            ok, pixels = self._device.read(self._pixels)
            now_ms = self._clock()
            if ok:
                self._pixels = pixels
                return self._frame(pixels, now_ms)
            if now_ms - began_ms >= _PATIENCE_MS:
                raise DeviceError(Problem(ProblemCode.CAMERA_FAILED, self.name), "gives no pictures")
            self._sleep(_RETRY_MS)

    def close(self) -> None:
        """Release the camera; its light goes out."""
        self._device.release()

    @staticmethod
    def _frame(pixels: cv2.typing.MatLike, now_ms: float) -> RawFrame:
        height, width = pixels.shape[0] & ~1, pixels.shape[1] & ~1
        frame = blank(width, height, now_ms)
        cv2.cvtColor(pixels[:height, :width], cv2.COLOR_BGR2YUV_I420, dst=np.asarray(frame.stacked))
        return frame
