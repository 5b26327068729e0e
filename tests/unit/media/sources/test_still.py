from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.helpers.pictures import FakeClock
from visio_desktop.media.capture import CaptureSize
from visio_desktop.media.errors import EffectError
from visio_desktop.media.sources.opening import open_source
from visio_desktop.media.sources.still import StillSource
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.meeting.values import Problem, ProblemCode

SIZE = CaptureSize(640, 360, 30)


def test_it_is_given_whole_at_once_and_then_again_about_once_a_second(tmp_path: Path) -> None:
    path, clock = tmp_path / "me.png", FakeClock()
    cv2.imwrite(str(path), np.full((200, 100, 3), 255, np.uint8))
    source = StillSource(f"file:{path}", SIZE, clock=clock, sleep=clock.sleep)
    first, second = source.read(), source.read()
    assert (first.width_px, first.height_px, first.again) == (640, 360, False)
    assert (second.again, second.capture_ms - first.capture_ms) == (True, 900.0)
    assert second.stacked is first.stacked
    bright = np.flatnonzero(first.y[180] > 200)
    assert (bright[0], bright[-1], len(bright)) == (230, 409, 180), "the whole of it, in the middle"
    assert first.y[0, 320] > 200
    assert first.y[180, 0] < 80
    assert str(path) not in source.name
    source.close()


@pytest.mark.parametrize("size_px", [(17, 4000), (4000, 17), (2999, 1000), (16, 16)])
def test_any_shape_fits(tmp_path: Path, size_px: tuple[int, int]) -> None:
    path = tmp_path / "me.png"
    cv2.imwrite(str(path), np.full((*size_px, 3), 90, np.uint8))
    source = open_source(Spec(SpecKind.STILL, f"file:{path}"), SIZE, FakeClock())
    frame = source.read()
    assert (frame.width_px, frame.height_px) == (640, 360)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", None])
def test_what_is_no_picture_is_refused_as_a_background_is(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "me.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EffectError) as refused:
        StillSource(f"file:{path}", SIZE, clock=FakeClock())
    assert refused.value.problem == Problem(ProblemCode.STILL_IMAGE, "me.png")
