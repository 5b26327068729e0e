"""OpenCV as this program uses it. Importing it takes a quarter of a second: import this module late."""

from __future__ import annotations

import os

# Cameras come another way, films and addresses through PyAV: its FFmpeg is never to be used, and not in every bundle.
os.environ["OPENCV_VIDEOIO_PRIORITY_FFMPEG"] = "0"
# A camera that gives nothing is let go of after seconds, not after ten: until then nobody else can have it, we neither.
os.environ["OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT"] = "1"

import cv2

# Pictures here are small: handing parts of them to other threads costs more than it saves, and every stream has a
# thread of its own already.
cv2.setNumThreads(1)
# Its warnings go to standard error, past our log; what matters comes back as a failed call.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

__all__ = ["cv2"]
