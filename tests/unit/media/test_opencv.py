from __future__ import annotations

from visio_desktop.media.opencv import cv2


def test_opencv_uses_one_thread() -> None:
    assert cv2.getNumThreads() == 1
