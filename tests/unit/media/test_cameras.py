from __future__ import annotations

from dataclasses import dataclass

import pytest

from visio_desktop.media.cameras import choose_camera, enumerate_cameras, find_cameras, list_cameras
from visio_desktop.media.errors import DeviceError
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.meeting.values import Device, DeviceKind, ProblemCode


@dataclass
class _Info:
    index: int
    name: str
    vid: int | None = 0x046D
    pid: int | None = 0x0825
    path: str | None = None
    backend: int = 200


def _two() -> list[_Info]:
    return [_Info(2, "HD Webcam"), _Info(0, "HD Webcam", path="/dev/video0"), _Info(1, "Virtual", None, None)]


def test_keys_do_not_depend_on_the_systems_numbers() -> None:
    assert list_cameras(_two) == (
        Device(DeviceKind.CAMERA, "046d:0825:HD Webcam", "HD Webcam"),
        Device(DeviceKind.CAMERA, "0000:0000:Virtual", "Virtual"),
        Device(DeviceKind.CAMERA, "046d:0825:HD Webcam#2", "HD Webcam (2)"),
    )
    assert list_cameras(lambda: [_Info(5, "HD Webcam")])[0].key == "046d:0825:HD Webcam"


@pytest.mark.parametrize(
    ("spec", "index"),
    [
        (Spec(SpecKind.DEFAULT), 0),
        (Spec(SpecKind.DEVICE, "virtual"), 1),
        (Spec(SpecKind.DEVICE, "046d:0825:HD Webcam#2"), 2),
        (Spec(SpecKind.DEVICE, "HD Webcam (2)"), 2),
        (Spec(SpecKind.DEVICE, "/dev/video0"), 0),
    ],
)
def test_a_camera_goes_by_key_name_or_path(spec: Spec, index: int) -> None:
    assert choose_camera(spec, find_cameras(_two)).index == index


def test_a_missing_camera_is_named() -> None:
    for spec in (Spec(SpecKind.DEVICE, "Other"), Spec(SpecKind.DEVICE, "")):
        with pytest.raises(DeviceError) as caught:
            choose_camera(spec, find_cameras(_two))
        assert caught.value.problem.code is ProblemCode.CAMERA_MISSING
    with pytest.raises(DeviceError):
        choose_camera(Spec(SpecKind.DEFAULT), ())


def test_this_machine_can_be_asked() -> None:
    assert all(device.kind is DeviceKind.CAMERA for device in list_cameras(enumerate_cameras))
