from __future__ import annotations

from visio_desktop.media.errors import CodecError, DeviceError, FileError, MediaError
from visio_desktop.meeting.values import Problem, ProblemCode


def test_an_error_carries_what_a_person_is_told() -> None:
    problem = Problem(ProblemCode.CAMERA_BUSY, "Cam")
    error = DeviceError(problem, "in use")
    assert error.problem is problem
    assert "camera_busy" in str(error)
    assert "in use" in str(error)


def test_every_error_is_a_media_error() -> None:
    assert issubclass(DeviceError, MediaError)
    assert issubclass(FileError, MediaError)
    assert CodecError("vp8", "broken").problem == Problem(ProblemCode.INTERNAL, "vp8")
