from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.media.specs import Spec, SpecKind, parse_spec
from visio_desktop.meeting.values import DeviceKind

_CAMERA, _MICROPHONE, _SPEAKER = DeviceKind.CAMERA, DeviceKind.MICROPHONE, DeviceKind.SPEAKER


@pytest.mark.parametrize(
    ("text", "kind", "spec"),
    [
        ("default", _CAMERA, Spec(SpecKind.DEFAULT)),
        ("", _MICROPHONE, Spec(SpecKind.DEFAULT)),
        (" Default ", _CAMERA, Spec(SpecKind.DEFAULT)),
        ("none", _SPEAKER, Spec(SpecKind.NONE)),
        ("null", _SPEAKER, Spec(SpecKind.NULL)),
        ("null", _CAMERA, Spec(SpecKind.DEVICE, "null")),
        ("file:a b/c:d.mp4", _CAMERA, Spec(SpecKind.FILE, "a b/c:d.mp4")),
        ("file:", _CAMERA, Spec(SpecKind.DEVICE, "file:")),
        ("file:x", _SPEAKER, Spec(SpecKind.DEVICE, "file:x")),
        ("test", _MICROPHONE, Spec(SpecKind.TEST)),
        ("test:slides", _CAMERA, Spec(SpecKind.TEST, "slides")),
        ("test", _SPEAKER, Spec(SpecKind.DEVICE, "test")),
        ("screen:1", _CAMERA, Spec(SpecKind.SCREEN, "1")),
        ("window:0x2a", _CAMERA, Spec(SpecKind.WINDOW, "0x2a")),
        ("046d:0825:HD Webcam", _CAMERA, Spec(SpecKind.DEVICE, "046d:0825:HD Webcam")),
    ],
)
def test_what_may_be_written(text: str, kind: DeviceKind, spec: Spec) -> None:
    assert parse_spec(text, kind) == spec


@given(st.text(max_size=60), st.sampled_from(DeviceKind))
def test_any_text_is_a_spec_and_writes_itself(text: str, kind: DeviceKind) -> None:
    spec = parse_spec(text, kind)
    assert parse_spec(str(spec), kind) == spec
