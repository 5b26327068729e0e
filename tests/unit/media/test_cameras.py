from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

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
    return [
        _Info(2, "HD Webcam", path="/dev/video2"),
        _Info(0, "HD Webcam", path="/dev/video0"),
        _Info(1, "Virtual", None, None),
    ]


def test_keys_do_not_depend_on_the_systems_numbers() -> None:
    assert list_cameras(_two) == (
        Device(DeviceKind.CAMERA, "046d:0825:HD Webcam", "HD Webcam"),
        Device(DeviceKind.CAMERA, "0000:0000:Virtual", "Virtual"),
        Device(DeviceKind.CAMERA, "046d:0825:HD Webcam#2", "HD Webcam (2)"),
    )
    assert list_cameras(lambda: [_Info(5, "HD Webcam")])[0].key == "046d:0825:HD Webcam"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere what the system calls its path says where it is")
def test_two_that_are_alike_keep_their_keys_when_they_are_numbered_anew(tmp_path: Path) -> None:
    def keys_at(ports: dict[int, str]) -> dict[str, str]:
        """The key at each port, where the system has numbered the cameras so."""
        folder = tmp_path / "-".join(ports.values())
        for index, port in ports.items():
            (tmp_path / port).mkdir(exist_ok=True)
            (folder / f"video{index}").mkdir(parents=True)
            (folder / f"video{index}" / "device").symlink_to(tmp_path / port)
        infos = [_Info(index, "HD Webcam", path=f"/dev/video{index}") for index in ports]
        found = find_cameras(lambda: infos, folder)
        assert [camera.index for camera in found] == sorted(ports)
        return {ports[camera.index]: camera.device.key for camera in found}

    before = keys_at({0: "1-1", 2: "1-2"})
    assert before == {"1-1": "046d:0825:HD Webcam", "1-2": "046d:0825:HD Webcam#2"}
    assert keys_at({0: "1-2", 2: "1-1"}) == before


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
