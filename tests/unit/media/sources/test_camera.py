from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.helpers.pictures import FakeClock, people, psnr_db
from visio_desktop.media.cameras import Camera
from visio_desktop.media.errors import DeviceError
from visio_desktop.media.opencv import cv2
from visio_desktop.media.sources.camera import CameraSource, open_camera
from visio_desktop.media.sources.port import CaptureSize
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.meeting.values import Device, DeviceKind, ProblemCode

_CAMERA = Camera(Device(DeviceKind.CAMERA, "key", "Webcam"), 0, 0)


def _film(path: Path, pictures: int) -> cv2.VideoCapture:
    """OpenCV's own capture of a film as a camera sends it: MJPG."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30, (320, 180))
    for frame in people(pictures):
        writer.write(cv2.cvtColor(np.asarray(frame.stacked), cv2.COLOR_YUV2BGR_I420))
    writer.release()
    return cv2.VideoCapture(str(path))


def test_pictures_come_as_i420_and_their_end_is_a_failure(tmp_path: Path) -> None:
    clock = FakeClock(50.0)
    source = CameraSource(_film(tmp_path / "cam.avi", 3), _CAMERA, CaptureSize(), clock=clock, sleep=clock.sleep)
    frames = [source.read() for _ in range(3)]
    for frame, original in zip(frames, people(3), strict=True):
        assert psnr_db(frame.y, original.y) > 28
        assert frame.capture_ms == 50.0
    with pytest.raises(DeviceError) as caught:
        source.read()
    assert caught.value.problem.code is ProblemCode.CAMERA_FAILED
    assert caught.value.problem.subject == source.name == "Webcam"
    assert clock.now_ms >= 3000
    source.close()


def test_a_camera_nobody_has_is_missing() -> None:
    with pytest.raises(DeviceError) as caught:
        open_camera(Spec(SpecKind.DEVICE, "no such camera"), CaptureSize(), FakeClock())
    assert caught.value.problem.code is ProblemCode.CAMERA_MISSING
