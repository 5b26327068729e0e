"""The cameras of this machine, under names that stay the same over restarts.

Operating systems number cameras as they find them, so a key is made of what the camera says of itself: vendor, product
and name, and a count where two are alike, by where they are plugged in. Enumerating may take long: call it off the
loop.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from visio_desktop.media.errors import DeviceError
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.meeting.values import Device, DeviceKind, Problem, ProblemCode

_DEVICES: Final = Path("/sys/class/video4linux")


class CameraInfo(Protocol):
    """What the enumeration tells of a camera."""

    index: int
    backend: int
    name: str
    path: str | None
    vid: int | None
    pid: int | None


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera as OpenCV opens it."""

    device: Device
    index: int
    backend: int
    path: str = ""


def enumerate_cameras() -> list[CameraInfo]:
    """Ask the system, through the one backend of OpenCV that fits it."""
    import cv2_enumerate_cameras as library  # noqa: PLC0415 - imports OpenCV

    from visio_desktop.media.opencv import cv2  # noqa: PLC0415 - imported late

    wanted = (cv2.CAP_V4L2, cv2.CAP_MSMF, cv2.CAP_AVFOUNDATION)
    backend = next((b for b in wanted if b in library.supported_backends), cv2.CAP_ANY)
    return list(library.enumerate_cameras(backend))


def find_cameras(
    ask: Callable[[], Iterable[CameraInfo]] = enumerate_cameras, devices: Path = _DEVICES
) -> tuple[Camera, ...]:
    """All cameras, in the system's order; those that are alike keep their keys while both are there."""
    seen: dict[str, int] = {}
    cameras = []
    for info in sorted(ask(), key=lambda info: (place(info.path, devices), info.index)):
        base = f"{info.vid or 0:04x}:{info.pid or 0:04x}:{info.name}"
        seen[base] = count = seen.get(base, 0) + 1
        key = base if count == 1 else f"{base}#{count}"
        name = info.name if count == 1 else f"{info.name} ({count})"
        cameras.append(Camera(Device(DeviceKind.CAMERA, key, name), info.index, info.backend, info.path or ""))
    return tuple(sorted(cameras, key=lambda camera: camera.index))


def place(path: str | None, devices: Path) -> str:
    """Where a camera is plugged in, by its file's name; elsewhere than under Linux its path itself says that."""
    if sys.platform != "linux" or not path:
        return path or ""
    return os.path.realpath(devices / Path(path).name / "device")


def list_cameras(ask: Callable[[], Iterable[CameraInfo]] = enumerate_cameras) -> tuple[Device, ...]:
    """The cameras a person may choose from."""
    return tuple(camera.device for camera in find_cameras(ask))


def choose_camera(spec: Spec, cameras: tuple[Camera, ...]) -> Camera:
    """The camera a spec names by key, name or path, the first for `default`. Raises `DeviceError` without it."""
    wanted = spec.value.casefold()
    for camera in cameras:
        names = (camera.device.key.casefold(), camera.device.name.casefold(), camera.path.casefold())
        if spec.kind is SpecKind.DEFAULT or (wanted and wanted in names):
            return camera
    raise DeviceError(Problem(ProblemCode.CAMERA_MISSING, spec.value), f"{len(cameras)} cameras, not this one")
