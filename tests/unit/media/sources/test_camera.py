from __future__ import annotations

import sys
from dataclasses import replace
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
from visio_desktop.meeting.values import Device, DeviceKind, Problem, ProblemCode

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


class _Device:
    """A camera's handle as OpenCV's, with nothing behind it."""

    def __init__(self, *, error: bool = False) -> None:
        self._error = error

    def set(self, *_: object) -> bool:
        return False

    def read(self, _: object) -> tuple[bool, None]:
        if self._error:
            raise cv2.error("Bad number of channels")
        return False, None


def _failure(device: _Device, path: Path) -> Problem:
    clock = FakeClock()
    camera = replace(_CAMERA, path=str(path))
    source = CameraSource(device, camera, CaptureSize(), clock=clock, sleep=clock.sleep)  # type: ignore[arg-type] # enough
    with pytest.raises(DeviceError) as caught:
        source.read()
    return caught.value.problem


def test_a_format_that_cannot_be_converted_is_a_failure_and_no_crash() -> None:
    assert _failure(_Device(error=True), Path("/dev/null")) == Problem(ProblemCode.CAMERA_FAILED, "Webcam")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a camera has no file")
def test_one_that_was_unplugged_is_told_from_one_that_failed() -> None:
    assert _failure(_Device(), Path("/dev/video-that-was")) == Problem(ProblemCode.CAMERA_GONE, "Webcam")
    assert _failure(_Device(), Path("somewhere")) == Problem(ProblemCode.CAMERA_FAILED, "Webcam")
