"""From a spec to an opened source. The libraries a source needs are imported only when it is opened."""
# ruff: noqa: PLC0415 - importing OpenCV or PyAV takes a quarter of a second, which a start without a camera saves

from __future__ import annotations

from visio_desktop.media.errors import DeviceError
from visio_desktop.media.sources.port import CaptureSize, Granted, VideoSource
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.system.clock import Clock


def open_source(spec: Spec, size: CaptureSize, clock: Clock) -> VideoSource:
    """Open what the spec names; may block for long. Raises `MediaError`."""
    match spec.kind:
        case SpecKind.TEST:
            from visio_desktop.media.sources.testpicture import open_test

            return open_test(spec.value, size, clock)
        case SpecKind.FILE:
            from visio_desktop.media.sources.file import FileSource

            return FileSource(spec.value, clock=clock)
        case SpecKind.DEFAULT | SpecKind.DEVICE:
            from visio_desktop.media.sources.camera import open_camera

            return open_camera(spec, size, clock)
        case SpecKind.SCREEN:
            from visio_desktop.media.sources.screen import open_screen

            return open_screen(spec.value, size, clock)
        case SpecKind.WINDOW:
            from visio_desktop.media.sources.x11 import open_x11_window

            return open_x11_window(spec.value, size, clock)
        case SpecKind.STILL:
            from visio_desktop.media.sources.still import StillSource

            return StillSource(spec.value, size, clock=clock)
        case SpecKind.NONE | SpecKind.NULL | SpecKind.PORTAL:
            raise DeviceError(Problem(ProblemCode.CAMERA_MISSING, str(spec)), "no source of pictures")


def open_granted(granted: Granted, size: CaptureSize, clock: Clock) -> VideoSource:
    """Open what a Wayland desktop lets us look at. Raises `DeviceError`."""
    from visio_desktop.media.sources.cast import open_cast

    return open_cast(granted, size, clock)
