"""A frame clock over the whole of a display, or in a window of a title: python -m tests.helpers.screen_clock [TITLE]

Shows the machine's monotonic time ten times a second, says "shown", and ends with its input.
"""

from __future__ import annotations

import sys

import numpy as np
from PySide6.QtCore import QSocketNotifier, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from visio_desktop.media.frame_clock import stamp
from visio_desktop.system.clock import monotonic_ms

EVERY_MS = 100
WINDOW = (40, 50, 901, 451)
GREY = 128


class ScreenClock(QWidget):
    """Bars of time on grey."""

    def __init__(self, title: str) -> None:
        bare = Qt.WindowType.X11BypassWindowManagerHint | Qt.WindowType.FramelessWindowHint
        super().__init__(None, Qt.WindowType.Window if title else bare)
        self.setWindowTitle(title)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.update)
        self._timer.start(EVERY_MS)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the time of now."""
        luma = np.full((self.height(), self.width()), GREY, np.uint8)
        stamp(luma, monotonic_ms())
        painter = QPainter(self)
        painter.drawImage(
            0, 0, QImage(luma.tobytes(), self.width(), self.height(), self.width(), QImage.Format.Format_Grayscale8)
        )
        painter.end()


def _tell() -> None:
    sys.stdout.write("shown\n")
    sys.stdout.flush()


def main() -> None:
    application = QApplication([])
    title = " ".join(sys.argv[1:])
    clock = ScreenClock(title)
    clock.setGeometry(*WINDOW) if title else clock.setGeometry(application.primaryScreen().geometry())
    clock.show()
    ending = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    ending.activated.connect(application.quit)
    QTimer.singleShot(300, _tell)
    application.exec()


if __name__ == "__main__":
    main()
