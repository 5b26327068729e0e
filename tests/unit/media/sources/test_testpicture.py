from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.pictures import FakeClock
from visio_desktop.media import frame_clock
from visio_desktop.media.sources.pace import Pace
from visio_desktop.media.sources.port import CaptureSize
from visio_desktop.media.sources.scenes import Slides, TalkingHead
from visio_desktop.media.sources.testpicture import TestPicture, open_test, scene_for

_SIZE = CaptureSize(320, 180, 30)


def test_pictures_come_at_their_rate_with_the_time_on_them() -> None:
    clock = FakeClock(1000.0)
    source = TestPicture(
        scene_for("", _SIZE), 30, clock=clock, stamp_clock=lambda: clock.now_ms + 7, pace=Pace(clock, clock.sleep)
    )
    frames = [source.read() for _ in range(4)]
    assert [frame.capture_ms for frame in frames] == pytest.approx([1000, 1033.3, 1066.7, 1100], abs=0.1)
    assert [frame_clock.read(frame.y) for frame in frames] == pytest.approx([1007, 1040, 1073, 1107], abs=1)
    source.close()


def test_the_clock_can_be_left_out() -> None:
    clock = FakeClock()
    source = TestPicture(scene_for("1", _SIZE), 30, clock=clock, stamp_clock=None, pace=Pace(clock, clock.sleep))
    assert frame_clock.read(source.read().y) is None


def test_variants() -> None:
    assert isinstance(scene_for("slides", _SIZE), Slides)
    assert isinstance(scene_for("", _SIZE), TalkingHead)
    names = [scene_for(name, _SIZE).draw(0, 0).u for name in ("Ada", "Ada", "Grace")]
    assert np.array_equal(names[0], names[1])
    assert not np.array_equal(names[0], names[2])
    assert open_test("slides", _SIZE, FakeClock()).name == "test"


def test_the_plain_one_is_somebody_without_a_clock() -> None:
    assert isinstance(scene_for("plain", _SIZE), TalkingHead)
    with_clock, plain = (open_test(variant, _SIZE, FakeClock()) for variant in ("", "plain"))
    assert frame_clock.read(with_clock.read().y) is not None
    assert frame_clock.read(plain.read().y) is None
