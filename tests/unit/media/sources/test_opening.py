from __future__ import annotations

from pathlib import Path

import pytest

from visio_desktop.media.errors import DeviceError, FileError
from visio_desktop.media.sources.opening import open_source
from visio_desktop.media.sources.port import CaptureSize
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.system.clock import monotonic_ms


def test_each_kind_of_spec_has_its_source(tmp_path: Path) -> None:
    assert open_source(Spec(SpecKind.TEST, "slides"), CaptureSize(64, 36), monotonic_ms).name == "test"
    with pytest.raises(FileError):
        open_source(Spec(SpecKind.FILE, str(tmp_path / "none.mp4")), CaptureSize(), monotonic_ms)
    with pytest.raises(DeviceError) as caught:
        open_source(Spec(SpecKind.DEVICE, "a camera nobody has"), CaptureSize(), monotonic_ms)
    assert caught.value.problem.code is ProblemCode.CAMERA_MISSING
    with pytest.raises(DeviceError):
        open_source(Spec(SpecKind.NONE), CaptureSize(), monotonic_ms)
