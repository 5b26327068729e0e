from __future__ import annotations

from visio_desktop.media.sources.port import CaptureSize


def test_a_meeting_asks_for_720p_at_30() -> None:
    size = CaptureSize()
    assert (size.width_px, size.height_px, size.fps) == (1280, 720, 30)
