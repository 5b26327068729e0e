from __future__ import annotations

from tests.helpers.pictures import Sink, people
from visio_desktop.media.capture import CaptureSize, VideoCapture
from visio_desktop.media.preview import show_capture
from visio_desktop.media.raw import RawFrame
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.meeting.frames import PictureTarget
from visio_desktop.meeting.values import Problem


class _Capture(VideoCapture):
    """A capture whose pictures the test hands in."""

    def __init__(self) -> None:
        super().__init__(Spec(SpecKind.TEST), CaptureSize(), clock=lambda: 0.0, on_failed=self._none)

    @staticmethod
    def _none(problem: Problem) -> None:
        raise AssertionError(problem)

    def give(self, frame: RawFrame) -> None:
        self._deliver(frame)


def test_ones_own_picture_comes_unencoded_until_stopped() -> None:
    capture, sink = _Capture(), Sink(PictureTarget(160, 90))
    stop = show_capture(capture, sink)
    frames = people(3)
    capture.give(frames[1])
    sink.wanted = None
    capture.give(frames[2])
    sink.wanted = PictureTarget(160, 90)
    stop()
    capture.give(frames[2])
    assert [(p.width_px, p.source_width_px, p.capture_ms) for p in sink.pictures] == [(160, 320, frames[1].capture_ms)]
