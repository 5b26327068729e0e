from __future__ import annotations

import os

from visio_desktop.media.opencv import cv2


def test_opencv_uses_one_thread() -> None:
    assert cv2.getNumThreads() == 1


def test_opencv_opens_no_films() -> None:
    """In bundles its FFmpeg is an empty library, which ends the program when it is called."""
    assert os.environ["OPENCV_VIDEOIO_PRIORITY_FFMPEG"] == "0"
    assert cv2.CAP_FFMPEG not in cv2.videoio_registry.getBackends()
